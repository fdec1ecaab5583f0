//! The exact integer that the text of a decimal says.

const SAFE_MAX: i64 = 9_007_199_254_740_991;

/// Units of 10^-decimals: `1.387` with 5 decimals is 138,700. `None` for a text that is no decimal,
/// is finer than that (zeros aside), or beyond what a double holds exactly.
pub(super) fn units_of(text: &[u8], decimals: usize) -> Option<i64> {
    let (is_negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    let mut value: i64 = 0;
    let mut places = None;
    let mut count = 0;
    for byte in digits {
        match byte {
            b'.' if places.is_none() => places = Some(0),
            b'0'..=b'9' => {
                count += 1;
                if places.is_some_and(|places| places >= decimals) {
                    if *byte != b'0' {
                        return None;
                    }
                    continue;
                }
                value = times_ten(value)? + i64::from(byte - b'0');
                places = places.map(|places| places + 1);
            }
            _ => return None,
        }
    }
    for _ in places.unwrap_or(0)..decimals {
        value = times_ten(value)?;
    }
    (count > 0 && value <= SAFE_MAX).then_some(if is_negative { -value } else { value })
}

fn times_ten(value: i64) -> Option<i64> {
    (value <= SAFE_MAX).then_some(value * 10)
}

#[cfg(test)]
mod tests {
    use super::units_of;

    #[test]
    fn a_decimal_is_read_exactly_or_not_at_all() {
        for (text, decimals, units) in [
            ("1.387", 5, Some(138_700)),
            ("1.38700000", 5, Some(138_700)),
            ("-0.25", 2, Some(-25)),
            ("7", 0, Some(7)),
            ("7.", 0, Some(7)),
            (".5", 1, Some(5)),
            ("9007199254740991", 0, Some(9_007_199_254_740_991)),
            ("9007199254740992", 0, None),
            ("99999999999999999999999999", 0, None),
            ("9007199254740991", 1, None),
            ("1.3870001", 5, None),
            ("1.2.3", 5, None),
            ("", 2, None),
            (".", 2, None),
            ("-", 2, None),
            ("+1", 2, None),
            ("1e3", 2, None),
        ] {
            assert_eq!(units_of(text.as_bytes(), decimals), units, "{text}");
        }
    }
}
