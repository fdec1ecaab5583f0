//! The hot kernels of Outrider: pure functions over slices, equal on every machine.

#[cfg(target_arch = "x86_64")]
mod avx2;
mod choice;
mod gumbel;
mod noise;
mod threefry;

pub use choice::{Batch, choose};
pub use gumbel::gumbel_table;
pub use noise::fill_noise;
pub use threefry::Key;

/// Names the law of choice these kernels compute; a run's record carries it.
pub const KERNEL_ID: &str = "coupled-choice/1";

/// Tokens in the alphabet: one row of logits, one row of noise.
pub const TOKENS: usize = 64;
