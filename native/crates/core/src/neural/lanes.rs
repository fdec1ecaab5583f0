//! Sixteen singles side by side: the unit all floating-point work is cut into.
//!
//! ```text
//!  portable   [f32; 16]
//!  AVX2       | ymm: lanes 0..7 | ymm: lanes 8..15 |
//!  AVX-512    | zmm: lanes 0..15                   |
//! ```
//! Each operation rounds by itself, in every lane alike, so the three give equal bits.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod portable;

#[cfg(target_arch = "x86_64")]
pub use avx2::Avx2Lanes;
#[cfg(target_arch = "x86_64")]
pub use avx512::Avx512Lanes;
pub use portable::PortableLanes;

/// Singles in a block.
pub const LANES: usize = 16;

/// One block as it lies in memory.
pub type Block = [f32; LANES];

/// Sixteen singles. Methods of the wide ones may run only in a function compiled for their
/// instructions, into which they are inlined: see `kernel!`.
pub trait Lanes: Copy {
    /// Half of them, where eight sums come about.
    type Half: Copy;
    /// All lanes alike.
    fn splat(value: f32) -> Self;
    /// From memory.
    fn load(block: &Block) -> Self;
    /// To memory.
    fn store(self, block: &mut Block);
    /// self + other.
    fn add(self, other: Self) -> Self;
    /// self - other.
    fn sub(self, other: Self) -> Self;
    /// self * other.
    fn mul(self, other: Self) -> Self;
    /// self / other.
    fn div(self, other: Self) -> Self;
    /// self where self > other, else other.
    fn max(self, other: Self) -> Self;
    /// self where self < other, else other.
    fn min(self, other: Self) -> Self;
    /// The magnitude.
    fn abs(self) -> Self;
    /// The nearest integer, ties to even, as a single.
    fn round(self) -> Self;
    /// 2^n of integers n in -126..=127.
    fn power_of_two(self) -> Self;
    /// x = m * 2^e with m in [1, 2), for positive normal x: (m, e).
    fn decompose(self) -> (Self, Self);
    /// `then` where self > other, else `otherwise`.
    fn select_greater(self, other: Self, then: Self, otherwise: Self) -> Self;
    /// Writes the nearest integers, ties to even; each must fit.
    fn store_nearest(self, integers: &mut [i32; LANES]);
    /// Writes the nearest integer plus 128 of values in -127..=127.
    fn store_biased(self, bytes: &mut [u8; LANES]);
    /// The greatest lane.
    fn highest(self) -> f32;
    /// The law's fold: for m = 8, 4, 2, 1 lane j becomes lane j + lane (j + m); lane 0.
    fn fold(self) -> f32;
    /// `fold` of eight blocks at once.
    fn fold_eight(blocks: [Self; 8]) -> Self::Half;
    /// Lanes 0 to 7 and 8 to 15.
    fn join(low: Self::Half, high: Self::Half) -> Self;
}
