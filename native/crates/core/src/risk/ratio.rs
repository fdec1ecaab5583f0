//! Ratios of integers in doubles, exact where a rounded quotient could pass a limit by a hair.

const SAFE_MAX: f64 = 9_007_199_254_740_991.0;

/// Rounded up; of a numerator that is not below 0 and a denominator above it.
pub fn ceil_ratio(numerator: f64, denominator: f64) -> f64 {
    if numerator <= SAFE_MAX && denominator <= SAFE_MAX {
        let (numerator, denominator) = (numerator as u64, denominator as u64);
        if denominator > 0 {
            return numerator.div_ceil(denominator) as f64;
        }
    }
    let rest = numerator % denominator;
    (numerator - rest) / denominator + if rest > 0.0 { 1.0 } else { 0.0 }
}
