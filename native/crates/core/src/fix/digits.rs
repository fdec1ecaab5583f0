//! Numbers as digits in place, at a width that is known before.
//!
//! Up to eight digits are made at once, side by side in one number, the first digit highest:
//!
//! ```text
//! 138700 -> 0x30_30_31_33_38_37_30_30 "00138700" -> with five decimals "1.38700"
//! ```

/// The most digits that are made at once.
pub(super) const SHORT_MAX: usize = 8;

/// Digits of a number; 0 has one.
pub(super) fn width(value: u64) -> usize {
    // 1233 / 4096 is a little more than log10(2), so it is this or one digit more; 0 has one too.
    let value = value | 1;
    let least = ((u64::BITS - value.leading_zeros()) as usize * 1233) >> 12;
    least + usize::from(value >= POWERS[least])
}

const POWERS: [u64; 20] = {
    let mut powers = [1; 20];
    let mut at = 1;
    while at < 20 {
        powers[at] = powers[at - 1] * 10;
        at += 1;
    }
    powers
};

/// Writes a number over all of `out`, zeros in front, and returns what is left above its digits.
pub(super) fn write(out: &mut [u8], mut value: u64) -> u64 {
    let mut pairs = out.rchunks_exact_mut(2);
    for pair in pairs.by_ref() {
        pair.copy_from_slice(&PAIRS[(value % 100) as usize]);
        value /= 100;
    }
    if let [first] = pairs.into_remainder() {
        *first = b'0' + (value % 10) as u8;
        value /= 10;
    }
    value
}

/// Bytes of a decimal: a sign, at least one digit, and a point before decimals.
pub(super) fn decimal_width(value: i64, decimals: usize) -> usize {
    let digits = width(value.unsigned_abs()).max(decimals + 1);
    usize::from(value < 0) + digits + usize::from(decimals > 0)
}

/// Writes a number of at most eight digits in units of 10^-decimals over all of `out`, which has
/// its width or, without decimals, up to eight: zeros in front.
pub(super) fn write_short(out: &mut [u8], value: u64, decimals: usize) {
    if let [only] = out {
        *only = b'0' + value as u8;
        return;
    }
    let digits = eight_digits(value);
    if decimals == 0 {
        return write_characters(out, digits);
    }
    let fraction_bits = 8 * decimals;
    let fraction = digits & ((1 << fraction_bits) - 1);
    let with_point =
        (((digits >> fraction_bits) << 8 | u64::from(b'.')) << fraction_bits) | fraction;
    if let (9, Some((first, rest))) = (out.len(), out.split_first_mut()) {
        *first = (digits >> 56) as u8;
        return write_characters(rest, with_point);
    }
    write_characters(out, with_point);
}

/// Eight digits of a number below 10^8: halves, then pairs, then digits, each side by side.
fn eight_digits(value: u64) -> u64 {
    let halves = ((value / 10_000) << 32) | (value % 10_000);
    let hundreds = ((halves * 10_486) >> 20) & 0x0000_007f_0000_007f;
    let pairs = (hundreds << 16) | (halves - 100 * hundreds);
    let tens = ((pairs * 103) >> 10) & 0x000f_000f_000f_000f;
    let digits = (tens << 8) | (pairs - 10 * tens);
    digits | 0x3030_3030_3030_3030
}

/// Writes the last characters over all of `out`: in two pieces that may overlap.
fn write_characters(out: &mut [u8], characters: u64) {
    let width = out.len();
    let above = |bytes: usize| characters >> (8 * (width - bytes));
    match width {
        ..2 => out.fill(characters as u8),
        2..=3 => {
            put(out, 0, (above(2) as u16).to_be_bytes());
            put(out, width - 2, (characters as u16).to_be_bytes());
        }
        4..=7 => {
            put(out, 0, (above(4) as u32).to_be_bytes());
            put(out, width - 4, (characters as u32).to_be_bytes());
        }
        _ => put(out, 0, characters.to_be_bytes()),
    }
}

fn put<const BYTES: usize>(out: &mut [u8], at: usize, bytes: [u8; BYTES]) {
    if let Some(place) = out.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
        *place = bytes;
    }
}

/// Writes `value` in units of 10^-decimals over all of `out`, which has its width or, without
/// decimals, more: zeros in front.
pub(super) fn write_decimal(out: &mut [u8], value: i64, decimals: usize) {
    let rest = if value < 0 {
        out[0] = b'-';
        &mut out[1..]
    } else {
        out
    };
    let value = value.unsigned_abs();
    if decimals == 0 {
        write(rest, value);
        return;
    }
    let (whole, fraction) = rest.split_at_mut(rest.len() - decimals);
    let above = write(fraction, value);
    if let Some((point, whole)) = whole.split_last_mut() {
        *point = b'.';
        write(whole, above);
    }
}

const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[b'0'; 2]; 100];
    let mut value = 0;
    while value < 100 {
        pairs[value] = [b'0' + (value / 10) as u8, b'0' + (value % 10) as u8];
        value += 1;
    }
    pairs
};

/// Three digits of each byte, as a checksum has them.
pub(super) const TRIPLES: [[u8; 3]; 256] = {
    let mut triples = [[b'0'; 3]; 256];
    let mut value = 0;
    while value < 256 {
        let [tens, ones] = PAIRS[value % 100];
        triples[value] = [b'0' + (value / 100) as u8, tens, ones];
        value += 1;
    }
    triples
};

#[cfg(test)]
mod tests {
    use super::{decimal_width, width, write, write_decimal, write_short};

    fn decimal(value: i64, decimals: usize) -> String {
        let mut out = vec![b'?'; decimal_width(value, decimals)];
        write_decimal(&mut out, value, decimals);
        String::from_utf8(out).expect("digits")
    }

    #[test]
    fn a_number_fills_its_width() {
        for (value, length) in [(0, 1), (9, 1), (10, 2), (99, 2), (100, 3), (u64::MAX, 20)] {
            assert_eq!(width(value), length);
            let mut out = vec![0; length + 3];
            write(&mut out, value);
            assert_eq!(String::from_utf8(out).expect("digits"), format!("000{value}"));
        }
    }

    #[test]
    fn digits_made_at_once_are_those_made_one_after_another() {
        for step in 0..2_000_000_u64 {
            let value = step * 48_271 % 100_000_000;
            let decimals = step as usize % 8;
            let digits = width(value).max(decimals + 1);
            let mut short = vec![b'?'; digits + usize::from(decimals > 0)];
            write_short(&mut short, value, decimals);
            assert_eq!(String::from_utf8(short).expect("digits"), decimal(value as i64, decimals));
        }
    }

    #[test]
    fn a_decimal_has_all_its_digits_or_a_price_would_be_another() {
        for (value, decimals, text) in [
            (138_700, 5, "1.38700"),
            (7, 3, "0.007"),
            (0, 2, "0.00"),
            (-25, 2, "-0.25"),
            (-1_000, 0, "-1000"),
            (0, 0, "0"),
            (9_007_199_254_740_991, 15, "9.007199254740991"),
        ] {
            assert_eq!(decimal(value, decimals), text);
        }
    }
}
