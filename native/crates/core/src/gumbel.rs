//! The fixed Gumbel table: 65,536 integers in Q16 nats, from a logarithm defined to the last bit.

use std::sync::LazyLock;

/// Entries of the table: one for each 16-bit lane of random bits.
pub const TABLE_ENTRIES: usize = 65_536;

const Q16: f64 = 65_536.0;
#[expect(clippy::approx_constant, reason = "the law fixes the digits")]
const LN_2: f64 = 0.693_147_180_559_945_3;
#[expect(clippy::approx_constant, reason = "the law fixes the digits")]
const SQRT_2: f64 = 1.414_213_562_373_095_1;

/// The table, computed once a process: entry i is the Gumbel quantile at (i + 0.5) / 65536.
pub fn gumbel_table() -> &'static [i32; TABLE_ENTRIES] {
    static TABLE: LazyLock<Box<[i32; TABLE_ENTRIES]>> = LazyLock::new(|| {
        let mut table = vec![0; TABLE_ENTRIES].into_boxed_slice();
        for (index, entry) in table.iter_mut().enumerate() {
            let quantile = -law_ln(-law_ln((index as f64 + 0.5) / TABLE_ENTRIES as f64));
            *entry = (Q16 * quantile + 0.5).floor() as i32;
        }
        table.try_into().expect("the table has its entries")
    });
    &TABLE
}

/// The law's logarithm: IEEE double + - * / in a fixed order, so it has the same bits everywhere.
fn law_ln(x: f64) -> f64 {
    let mut mantissa = x;
    let mut exponent = 0.0;
    while mantissa >= 2.0 {
        mantissa *= 0.5;
        exponent += 1.0;
    }
    while mantissa < 1.0 {
        mantissa *= 2.0;
        exponent -= 1.0;
    }
    if mantissa > SQRT_2 {
        mantissa *= 0.5;
        exponent += 1.0;
    }
    let z = (mantissa - 1.0) / (mantissa + 1.0);
    let z2 = z * z;
    let mut sum = 1.0 / 31.0;
    for n in (0..15).rev() {
        sum = sum * z2 + 1.0 / f64::from(2 * n + 1);
    }
    2.0 * z * sum + exponent * LN_2
}

#[cfg(test)]
mod tests {
    use super::{Q16, TABLE_ENTRIES, gumbel_table};
    use sha2::{Digest, Sha256};

    const TABLE_SHA_256: &str = "fc2d8ed7fe9b4cbc3b95bcc8c5a35b0f8f7c8897e9d9e4f3e42501a83d059cc8";

    #[test]
    fn table_bytes_are_pinned_or_recorded_runs_would_not_replay() {
        let mut hash = Sha256::new();
        for entry in gumbel_table() {
            hash.update(entry.to_le_bytes());
        }
        let hex: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, TABLE_SHA_256);
    }

    #[test]
    fn table_is_the_gumbel_quantile_within_one_unit() {
        for (index, &entry) in gumbel_table().iter().enumerate() {
            let probability = (index as f64 + 0.5) / TABLE_ENTRIES as f64;
            let exact = -(-probability.ln()).ln() * Q16;
            assert!((f64::from(entry) - exact).abs() <= 1.0, "entry {index}: {entry} for {exact}");
        }
    }
}
