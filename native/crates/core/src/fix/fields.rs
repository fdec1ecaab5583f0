//! Takes a framed FIX message apart into a table: where each value lies, and what is wrong.

use super::delimiter::{SOH, next_delimiter};
use super::frame::MESSAGE_BYTES_MAX;
use super::tags::{self, data_tag_of, is_header};

/// Three values a field, and no field has fewer than three bytes, but for the last one.
pub const FIELD_VALUES_MAX: usize = 3 * (MESSAGE_BYTES_MAX / 3 + 1);
/// A tag that occurs once more is one of the other fields.
pub const DUPLICATES_MAX: usize = FIELD_VALUES_MAX / 3;
/// Values beside the table; `native/field-scan-layout.ts` names them.
pub const SCAN_VALUES: usize = 6;
/// In place of a tag where there is none to name.
pub const NO_TAG: i32 = i32::MIN;

const TAG_MAX: usize = 65_535;
const SEQUENCE_MAX: i64 = 2_147_483_647;
const NUMBER_DIGITS_MAX: usize = 15;
/// A repeated field of the header is wrong, but for the hops (627 to 630), which are a group.
const FIRST_HOP: usize = 627;

/// SessionRejectReason (373).
#[derive(Clone, Copy)]
enum Reason {
    InvalidTag = 0,
    RequiredTagMissing = 1,
    TagWithoutValue = 4,
    DataFormatIncorrect = 6,
    TagTwice = 13,
    TagOutOfOrder = 14,
}

/// Where a scan writes; all of it is the caller's.
pub struct Table<'a> {
    /// Triples (tag, first byte of the value, byte after the value).
    pub fields: &'a mut [i32],
    /// Body tags seen before in the message.
    pub duplicates: &'a mut [i32],
    /// Number of duplicates, MsgSeqNum, first byte of the body and byte after it, reason and tag of
    /// the first problem.
    pub values: &'a mut [i32; SCAN_VALUES],
}

/// Remembers tags within a message, a bit each.
pub struct FieldScanner {
    seen: Box<[u64; (TAG_MAX + 1) / 64]>,
}

struct Scan<'a, 'b> {
    bytes: &'a [u8],
    table: &'a mut Table<'b>,
    seen: &'a mut [u64; (TAG_MAX + 1) / 64],
    /// Values in the table so far, and duplicates.
    count: usize,
    duplicates: usize,
    /// The data field that must come next and its length, behind a length field.
    data: Option<(usize, Option<usize>)>,
    body_start: Option<usize>,
    body_end: Option<usize>,
    problem: Option<(Reason, i32)>,
    /// Where MsgSeqNum's value lies.
    sequence: Option<(usize, usize)>,
}

impl Default for FieldScanner {
    fn default() -> Self {
        Self { seen: Box::new([0; _]) }
    }
}

impl FieldScanner {
    /// Returns the values written to the table's fields: 0 where `8`, `9` and `35` are not the
    /// first three fields, or where the message or the table has no allowed length.
    pub fn scan(&mut self, bytes: &[u8], mut table: Table<'_>) -> usize {
        let is_held = table.fields.len() == FIELD_VALUES_MAX
            && table.duplicates.len() == DUPLICATES_MAX
            && bytes.len() <= MESSAGE_BYTES_MAX;
        if !is_held {
            return 0;
        }
        let mut scan = Scan {
            bytes,
            table: &mut table,
            seen: &mut self.seen,
            count: 0,
            duplicates: 0,
            data: None,
            body_start: None,
            body_end: None,
            problem: None,
            sequence: None,
        };
        let mut at = 0;
        while at < bytes.len() {
            at = scan.field(at);
        }
        let count = scan.finish();
        for field in table.fields[..count.unsigned_abs()].chunks_exact(3) {
            let tag = field[0] as usize;
            self.seen[tag / 64] = 0;
        }
        count.max(0).unsigned_abs()
    }
}

impl Scan<'_, '_> {
    /// Reads the field that begins at a place and gives the place of the next one.
    fn field(&mut self, start: usize) -> usize {
        let bytes = self.bytes;
        let mut at = start;
        let mut tag = 0;
        while let Some(digit) = bytes.get(at).filter(|byte| byte.is_ascii_digit()) {
            // Beyond the last tag every number is the same mistake.
            tag = (tag * 10 + usize::from(digit - b'0')).min(TAG_MAX + 1);
            at += 1;
        }
        if at == start || bytes[start] == b'0' || tag > TAG_MAX || bytes.get(at) != Some(&b'=') {
            self.report(Reason::InvalidTag, impossible_tag(&bytes[start..]));
            return next_delimiter(bytes, at) + 1;
        }
        let value_start = at + 1;
        let end = match self.data.take() {
            Some(data) => self.data_end(tag, value_start, data),
            None => next_delimiter(bytes, value_start),
        };
        if end == value_start {
            self.report(Reason::TagWithoutValue, tag as i32);
        }
        if let Some(data_tag) = data_tag_of(tag) {
            self.data =
                Some((data_tag, self.number(value_start, end).map(|number| number as usize)));
        }
        self.place(tag, start);
        if tag == tags::MSG_SEQ_NUM && self.sequence.is_none() {
            self.sequence = Some((value_start, end));
        }
        let triple = [tag as i32, value_start as i32, end as i32];
        self.table.fields[self.count..self.count + 3].copy_from_slice(&triple);
        self.count += 3;
        end + 1
    }

    /// A data field ends where its length says, delimiters in it or not.
    fn data_end(&mut self, tag: usize, start: usize, data: (usize, Option<usize>)) -> usize {
        let (data_tag, length) = data;
        let end = length.map(|length| start + length);
        match end.filter(|end| tag == data_tag && self.bytes.get(*end) == Some(&SOH)) {
            Some(end) => end,
            None => {
                self.report(Reason::DataFormatIncorrect, data_tag as i32);
                next_delimiter(self.bytes, start)
            }
        }
    }

    /// Header before body, CheckSum last, no header field twice.
    fn place(&mut self, tag: usize, start: usize) {
        let bit = 1 << (tag % 64);
        let twice = self.seen[tag / 64] & bit != 0;
        self.seen[tag / 64] |= bit;
        if is_header(tag) {
            if twice && tag < FIRST_HOP {
                self.report(Reason::TagTwice, tag as i32);
            } else if self.body_start.is_some() {
                self.report(Reason::TagOutOfOrder, tag as i32);
            }
            return;
        }
        if self.body_end.is_some() {
            self.report(Reason::TagOutOfOrder, tag as i32);
        }
        self.body_start.get_or_insert(start);
        if tag == tags::CHECK_SUM {
            self.body_end = Some(start);
        } else if twice {
            self.table.duplicates[self.duplicates] = tag as i32;
            self.duplicates += 1;
        }
    }

    /// Values of the table, negative for a message without its first three fields.
    fn finish(&mut self) -> isize {
        let count = self.count as isize;
        let fields = &self.table.fields[..self.count];
        let first: Option<&[i32; 9]> = fields.first_chunk();
        let Some(&[8, _, _, 9, _, _, 35, type_start, type_end]) = first else { return -count };
        for tag in tags::REQUIRED {
            if self.seen[tag / 64] & (1 << (tag % 64)) == 0 {
                self.report(Reason::RequiredTagMissing, tag as i32);
            }
        }
        let is_reset = &self.bytes[type_start as usize..type_end as usize] == b"4";
        let sequence = self.sequence_number(i64::from(!is_reset));
        let body_end = self.body_end.unwrap_or(self.bytes.len());
        let body_start = self.body_start.unwrap_or(body_end);
        let (reason, tag) = self.problem.map_or((-1, NO_TAG), |(reason, tag)| (reason as i32, tag));
        *self.table.values =
            [self.duplicates as i32, sequence, body_start as i32, body_end as i32, reason, tag];
        count
    }

    /// A SequenceReset that sets the number may carry any, 0 too; -1 for one that is none.
    fn sequence_number(&mut self, least: i64) -> i32 {
        let Some((start, end)) = self.sequence else { return -1 };
        match self.number(start, end).filter(|number| (least..=SEQUENCE_MAX).contains(number)) {
            Some(number) => number as i32,
            None => {
                self.report(Reason::DataFormatIncorrect, tags::MSG_SEQ_NUM as i32);
                -1
            }
        }
    }

    /// The number that 1 to 15 digits spell.
    fn number(&self, start: usize, end: usize) -> Option<i64> {
        let digits = &self.bytes[start..end];
        if digits.is_empty() || digits.len() > NUMBER_DIGITS_MAX {
            return None;
        }
        digits.iter().try_fold(0, |number, byte| {
            byte.is_ascii_digit().then(|| number * 10 + i64::from(byte - b'0'))
        })
    }

    fn report(&mut self, reason: Reason, tag: i32) {
        self.problem.get_or_insert((reason, tag));
    }
}

/// A number that is no tag, such as 0 or -1, where one to nine digits and `=` spell it.
fn impossible_tag(field: &[u8]) -> i32 {
    let (sign, digits) = match field {
        [b'-', rest @ ..] => (-1, rest),
        _ => (1, field),
    };
    let count = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if !(1..=9).contains(&count) || digits.get(count) != Some(&b'=') {
        return NO_TAG;
    }
    sign * digits[..count].iter().fold(0, |tag, byte| tag * 10 + i32::from(byte - b'0'))
}
