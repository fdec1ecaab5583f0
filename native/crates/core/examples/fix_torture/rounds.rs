//! Rounds of hostile bytes, each from a seed of its own.

use super::mutate::{Random, hostile_stream};
use super::properties;

/// Runs all of them and returns how many bytes they had; a round that fails says its seed.
pub fn run(rounds: u64, seed: u64) -> usize {
    let mut bytes = 0;
    for round in seed..seed + rounds {
        let guard = Failing(round);
        let mut random = Random::new(round);
        let stream = hostile_stream(&mut random);
        properties::frames(&stream);
        properties::fields(&stream);
        let order: Vec<u8> = (0..10).flat_map(|_| random.next().to_le_bytes()).collect();
        properties::orders(&order);
        bytes += stream.len();
        std::mem::forget(guard);
    }
    bytes
}

/// Speaks only where a panic drops it.
struct Failing(u64);

impl Drop for Failing {
    fn drop(&mut self) {
        eprintln!("seed {} broke it: cargo run --example fix_torture -- 1 {}", self.0, self.0);
    }
}
