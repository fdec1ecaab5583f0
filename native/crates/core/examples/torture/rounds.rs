//! Rounds of a target and a draft, each with a model and a market of its own.

use crate::tally::Tally;
use crate::{draft, target};

/// What to run.
pub struct Options {
    /// Tokens to compare at least.
    pub tokens: u64,
    /// Of all models and markets.
    pub seed: u32,
    /// Whether one bit of the two-threaded target is flipped.
    pub is_planted: bool,
}

/// Rounds until enough tokens are compared.
pub fn run(options: &Options) -> Tally {
    let mut tally = Tally::default();
    let mut round = 0;
    while tally.tokens() < options.tokens {
        target::round(options, round, &mut tally);
        draft::round(options, round, &mut tally);
        round += 1;
    }
    tally
}
