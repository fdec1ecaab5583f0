//! Where the next FIX message lies among bytes, and what stands in its place where none does.

use super::delimiter::{SOH, next_delimiter};

/// No message is longer; more is refused before it is stored.
pub const MESSAGE_BYTES_MAX: usize = 65_536;

/// What a stretch of bytes that is no message was; `native/frame-scan-layout.ts` names them too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Garbage {
    /// Bytes that begin no message.
    Noise,
    /// BodyLength is no number, 0, or does not lead to a CheckSum field.
    BadBodyLength,
    /// The bytes do not add up to what CheckSum says.
    BadCheckSum,
    /// Longer than `MESSAGE_BYTES_MAX`.
    TooLong,
    /// Whole and sound, but of another FIX version.
    WrongBeginString,
}

/// What the bytes at a place where a message may begin are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame {
    /// Not all of it is there.
    Wait,
    /// No message: `skip` bytes surely hold none, `claimed` a wrong BodyLength claims (0: none).
    Garbage {
        /// What is wrong.
        reason: Garbage,
        /// Where a message may begin next.
        skip: usize,
        /// The same where a wrong BodyLength is believed.
        claimed: usize,
    },
    /// A FIX 4.4 message of this many bytes whose length and sum hold.
    Message {
        /// Its length.
        bytes: usize,
    },
}

const START: &[u8] = b"8=FIX";
const BEGIN_STRING: &[u8] = b"8=FIX.4.4\x01";
/// `8=`, sixteen characters and a delimiter: no version's name is longer.
const BEGIN_STRING_BYTES_MAX: usize = 19;
const LENGTH_DIGITS_MAX: usize = 6;
const TRAILER_BYTES: usize = 7;

/// The place where a message may begin, and what begins there.
pub fn next_frame(bytes: &[u8]) -> (usize, Frame) {
    let at = find_start(bytes);
    let rest = &bytes[at..];
    let frame = if rest.len() < START.len() { Frame::Wait } else { frame_of(rest) };
    (at, frame)
}

/// The next `8=FIX`, or the place from which the bytes at hand may still become one.
fn find_start(bytes: &[u8]) -> usize {
    let may_begin = |at: &usize| {
        let rest = &bytes[*at..];
        let matched = rest.len().min(START.len());
        rest[..matched] == START[..matched]
    };
    (0..bytes.len()).find(may_begin).unwrap_or(bytes.len())
}

/// ```text
/// 8=FIX.4.4|9=123|35=...|10=042|
/// '- first       '-length of all between its delimiter and `10=`
/// ```
fn frame_of(bytes: &[u8]) -> Frame {
    let version = next_delimiter(&bytes[..bytes.len().min(BEGIN_STRING_BYTES_MAX)], 0);
    if version == BEGIN_STRING_BYTES_MAX {
        return skip_one(Garbage::Noise);
    }
    if version == bytes.len() {
        return Frame::Wait;
    }
    let mut at = version + 1;
    for (byte, expected) in bytes[at..].iter().zip(b"9=") {
        if byte != expected {
            return skip_one(Garbage::BadBodyLength);
        }
    }
    at += 2;
    let digits_start = at;
    let mut length = 0;
    loop {
        let Some(&byte) = bytes.get(at) else { return Frame::Wait };
        if byte == SOH {
            break;
        }
        if !byte.is_ascii_digit() {
            return skip_one(Garbage::BadBodyLength);
        }
        if at - digits_start >= LENGTH_DIGITS_MAX {
            return skip_one(Garbage::TooLong);
        }
        length = length * 10 + usize::from(byte - b'0');
        at += 1;
    }
    if length == 0 {
        return skip_one(Garbage::BadBodyLength);
    }
    let body_end = at + 1 + length;
    if body_end + TRAILER_BYTES > MESSAGE_BYTES_MAX {
        return skip_one(Garbage::TooLong);
    }
    match bytes.get(..body_end + TRAILER_BYTES) {
        Some(whole) => closed_frame(whole),
        None => Frame::Wait,
    }
}

/// All bytes are there: what the end of the frame says about it.
fn closed_frame(whole: &[u8]) -> Frame {
    let (covered, trailer) = whole.split_at(whole.len() - TRAILER_BYTES);
    let Some(said) = said_sum(covered, trailer) else {
        let claimed = covered.len() + 1;
        return Frame::Garbage { reason: Garbage::BadBodyLength, skip: 1, claimed };
    };
    let skip = whole.len();
    // Added in bytes, which the compiler does sixteen and more at once.
    let sum = covered.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
    if u32::from(sum) != said {
        return Frame::Garbage { reason: Garbage::BadCheckSum, skip, claimed: 0 };
    }
    if !whole.starts_with(BEGIN_STRING) {
        return Frame::Garbage { reason: Garbage::WrongBeginString, skip, claimed: 0 };
    }
    Frame::Message { bytes: skip }
}

/// The three digits of a well-formed trailer behind a delimiter.
fn said_sum(covered: &[u8], trailer: &[u8]) -> Option<u32> {
    let &[b'1', b'0', b'=', a, b, c, SOH] = trailer else { return None };
    let digits = [a, b, c];
    let is_framed = covered.last() == Some(&SOH) && digits.iter().all(u8::is_ascii_digit);
    is_framed.then(|| digits.iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0')))
}

/// Only the first byte is surely no beginning: whatever follows may hold a message.
fn skip_one(reason: Garbage) -> Frame {
    Frame::Garbage { reason, skip: 1, claimed: 0 }
}

#[cfg(test)]
mod tests {
    use super::{Frame, Garbage, next_frame};

    fn frame(text: &str) -> (usize, Frame) {
        next_frame(text.replace('|', "\x01").as_bytes())
    }

    fn garbage(reason: Garbage, skip: usize, claimed: usize) -> (usize, Frame) {
        (0, Frame::Garbage { reason, skip, claimed })
    }

    #[test]
    fn a_message_is_found_behind_noise_or_a_session_would_starve() {
        let heartbeat = "8=FIX.4.4|9=5|35=0|10=163|";
        let bytes = heartbeat.len();
        assert_eq!(frame(heartbeat), (0, Frame::Message { bytes }));
        assert_eq!(frame(&format!("8=8=F{heartbeat}more")), (5, Frame::Message { bytes }));
        for cut in 0..bytes {
            assert_eq!(frame(&heartbeat[..cut]), (0, Frame::Wait));
        }
    }

    #[test]
    fn what_is_no_message_is_named_or_two_sides_would_disagree_about_numbers() {
        let short = "8=FIX.4.4|9=4|35=0|10=163|";
        assert_eq!(frame(short), garbage(Garbage::BadBodyLength, 1, 19));
        assert_eq!(frame("8=FIX.4.4|9=5|35=0|10=000|"), garbage(Garbage::BadCheckSum, 26, 0));
        assert_eq!(frame("8=FIX.4.2|9=5|35=0|10=161|"), garbage(Garbage::WrongBeginString, 26, 0));
        assert_eq!(frame("8=FIX.4.4|9=99999|"), garbage(Garbage::TooLong, 1, 0));
        assert_eq!(frame("8=FIX.4.4|9=x"), garbage(Garbage::BadBodyLength, 1, 0));
        assert_eq!(frame("8=FIXXXXXXXXXXXXXXXX"), garbage(Garbage::Noise, 1, 0));
    }
}
