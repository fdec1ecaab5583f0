//! The delimiter between FIX fields, looked for eight bytes at a time.

/// Ends each field.
pub(super) const SOH: u8 = 1;

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH_BITS: u64 = 0x8080_8080_8080_8080;

/// The place of the first delimiter from `from` on, or the end.
///
/// `bytes ^ ONES` has a zero where the delimiter stands, and only zeros and bytes behind the first
/// one have their high bit set by the subtraction.
#[inline]
pub(super) fn next_delimiter(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(eight) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let word = u64::from_le_bytes(*eight) ^ ONES;
        let zeros = word.wrapping_sub(ONES) & !word & HIGH_BITS;
        if zeros != 0 {
            return at + zeros.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    bytes[at.min(bytes.len())..]
        .iter()
        .position(|byte| *byte == SOH)
        .map_or(bytes.len(), |place| at + place)
}

#[cfg(test)]
mod tests {
    use super::next_delimiter;

    #[test]
    fn the_first_delimiter_is_found_wherever_it_stands_or_a_value_would_swallow_a_field() {
        for length in 0..40 {
            for place in 0..length {
                for other in [0, 2, 0x80, 0x81, 0xff] {
                    let mut bytes = vec![other; length];
                    bytes[place] = 1;
                    bytes[length - 1] = 1;
                    for from in 0..=place {
                        assert_eq!(next_delimiter(&bytes, from), place);
                    }
                }
            }
            assert_eq!(next_delimiter(&vec![0; length], 0), length);
        }
    }
}
