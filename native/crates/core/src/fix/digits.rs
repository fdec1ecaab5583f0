//! Numbers as digits in place, at a width that is known before.

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

/// Writes a number over all of `out`, zeros in front.
pub(super) fn write(out: &mut [u8], mut value: u64) {
    let mut pairs = out.rchunks_exact_mut(2);
    for pair in pairs.by_ref() {
        pair.copy_from_slice(&PAIRS[(value % 100) as usize]);
        value /= 100;
    }
    if let [first] = pairs.into_remainder() {
        *first = b'0' + (value % 10) as u8;
    }
}

/// Bytes of a decimal: a sign, at least one digit, and a point before decimals.
pub(super) fn decimal_width(value: i64, decimals: usize) -> usize {
    let digits = width(value.unsigned_abs()).max(decimals + 1);
    usize::from(value < 0) + digits + usize::from(decimals > 0)
}

/// Writes `value` in units of 10^-decimals over all of `out`, which has its width.
pub(super) fn write_decimal(out: &mut [u8], value: i64, decimals: usize) {
    let rest = if value < 0 {
        out[0] = b'-';
        &mut out[1..]
    } else {
        out
    };
    let value = value.unsigned_abs();
    if decimals == 0 {
        return write(rest, value);
    }
    let (whole, fraction) = rest.split_at_mut(rest.len() - decimals);
    let unit = 10_u64.pow(decimals as u32);
    write(fraction, value % unit);
    if let Some((point, whole)) = whole.split_last_mut() {
        *point = b'.';
        write(whole, value / unit);
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

#[cfg(test)]
mod tests {
    use super::{decimal_width, width, write, write_decimal};

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
