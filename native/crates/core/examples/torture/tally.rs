//! What was compared, and what differed.

use std::collections::BTreeMap;
use std::fmt;

/// Tokens and differing bytes, by comparison.
#[derive(Default)]
pub struct Tally(BTreeMap<String, Counts>);

#[derive(Default)]
struct Counts {
    tokens: u64,
    differing_bytes: u64,
}

impl Tally {
    /// Compares what two ways say of `tokens` tokens.
    ///
    /// # Panics
    /// If they are not equally long: then they are not about the same rows.
    pub fn compare(&mut self, comparison: &str, tokens: usize, sides: [&[i32]; 2]) {
        assert_eq!(sides[0].len(), sides[1].len(), "{comparison}: both sides are of the same rows");
        let bytes = |(a, b): (&i32, &i32)| {
            a.to_le_bytes().iter().zip(b.to_le_bytes()).filter(|&(a, b)| *a != b).count() as u64
        };
        let counts = self.0.entry(comparison.into()).or_default();
        counts.tokens += tokens as u64;
        counts.differing_bytes += sides[0].iter().zip(sides[1]).map(bytes).sum::<u64>();
    }

    /// Of all comparisons.
    pub fn tokens(&self) -> u64 {
        self.0.values().map(|counts| counts.tokens).sum()
    }

    /// Of all comparisons.
    pub fn differing_bytes(&self) -> u64 {
        self.0.values().map(|counts| counts.differing_bytes).sum()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        for (comparison, Counts { tokens, differing_bytes }) in &self.0 {
            writeln!(
                formatter,
                "{comparison:54} {tokens:>10} tokens {differing_bytes:>8} differing bytes"
            )?;
        }
        let (tokens, bytes) = (self.tokens(), self.differing_bytes());
        writeln!(formatter, "{:54} {tokens:>10} tokens {bytes:>8} differing bytes", "all")
    }
}
