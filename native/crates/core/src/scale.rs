//! The scale: running volatility as an integer state, and its codes (docs/law.md, 2).

/// Scale at the first move of an instrument, in 1/4096 half increments.
pub const SCALE_START: i32 = 4 * 4096;
/// The largest scale.
pub const SCALE_MAX: i32 = 1 << 27;
/// Codes of a scale: 0 to 63.
pub const SCALE_CODES: usize = 64;

/// 2048 times 2^(q/4): the four quarter steps of an octave as integers.
const OCTAVE_QUARTERS: [u64; 4] = [2048, 2435, 2896, 3444];

/// The scale, in 1/4096 half increments, from which a code holds; it goes on beyond code 63.
pub const fn scale_threshold(code: usize) -> u64 {
    OCTAVE_QUARTERS[code & 3] << (code >> 2)
}

/// Quarter-octave code of a scale from 0 on, 0 to 63.
pub fn scale_code(scale: i32) -> u8 {
    let eighth = (scale.max(0) >> 11) as u32;
    let Some(octave) = eighth.checked_ilog2() else { return 0 };
    let code = (octave as usize * 4).min(SCALE_CODES - 4);
    let begun = |&quarter: &usize| scale as u64 >= scale_threshold(code + quarter);
    (code + (1..4).filter(begun).count()) as u8
}

#[cfg(test)]
mod tests {
    use super::{SCALE_CODES, SCALE_MAX, scale_code, scale_threshold};

    #[test]
    fn golden_vectors_hold_or_tokens_would_mean_other_mids() {
        let thresholds = [
            (0, 2048),
            (1, 2435),
            (2, 2896),
            (3, 3444),
            (4, 4096),
            (12, 16_384),
            (63, 112_852_992),
            (64, 134_217_728),
            (94, 24_293_408_768),
        ];
        for (code, threshold) in thresholds {
            assert_eq!(scale_threshold(code), threshold);
        }
        let codes = [
            (1, 0),
            (2434, 0),
            (2435, 1),
            (16_383, 11),
            (16_384, 12),
            (19_480, 13),
            (112_852_991, 62),
            (112_852_992, 63),
            (SCALE_MAX, 63),
        ];
        for (scale, code) in codes {
            assert_eq!(scale_code(scale), code);
        }
    }

    #[test]
    fn a_code_begins_at_its_threshold_and_not_before() {
        for code in 1..SCALE_CODES {
            let threshold = scale_threshold(code) as i32;
            assert_eq!(usize::from(scale_code(threshold)), code);
            assert_eq!(usize::from(scale_code(threshold - 1)), code - 1);
        }
    }
}
