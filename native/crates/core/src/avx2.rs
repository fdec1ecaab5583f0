//! The kernels for x86 processors with AVX2: same results as the portable loops, eight at a time.
//!
//! `checksum.rs` apart this is the one module with `unsafe`, for two reasons: a function compiled
//! for AVX2 may be called only where the processor has it, and vector loads take raw pointers.
#![allow(unsafe_code)]

use std::arch::x86_64::{
    __m256i, _mm_cvtsi128_si32, _mm_max_epi32, _mm_shuffle_epi32, _mm256_add_epi32,
    _mm256_castsi256_ps, _mm256_castsi256_si128, _mm256_cmpeq_epi32, _mm256_extracti128_si256,
    _mm256_loadu_si256, _mm256_max_epi32, _mm256_movemask_ps, _mm256_set1_epi32,
};

use crate::TOKENS;
use crate::choice::{self, Batch, Row};
use crate::noise;
use crate::threefry::Key;

const LANES: usize = 8;

/// Proof that this processor has AVX2: it comes from `detect` alone.
#[derive(Clone, Copy)]
pub struct Avx2(());

impl Avx2 {
    /// Asks the processor once; later calls read the answer.
    pub fn detect() -> Option<Self> {
        is_x86_feature_detected!("avx2").then_some(Self(()))
    }

    /// See `noise::fill_rows`.
    pub fn fill_rows(self, key: Key, move_index: u32, rows: &mut [Row]) {
        // SAFETY: `self` proves that AVX2 is there.
        unsafe { fill_rows(key, move_index, rows) }
    }

    /// See `choice::choose_rows`.
    pub fn choose_rows(self, batch: Batch, choices: &mut [i32]) -> usize {
        // SAFETY: `self` proves that AVX2 is there.
        unsafe { choose_rows(batch, choices) }
    }
}

#[target_feature(enable = "avx2")]
fn fill_rows(key: Key, move_index: u32, rows: &mut [Row]) {
    noise::fill_rows(key, move_index, rows);
}

#[target_feature(enable = "avx2")]
fn choose_rows(batch: Batch, choices: &mut [i32]) -> usize {
    choice::choose_rows(batch, choices, |logits, noise| choose_row(logits, noise))
}

/// The greatest sum first, then the first lane that equals it: so the lowest index wins a tie.
#[target_feature(enable = "avx2")]
#[inline]
fn choose_row(logits: &Row, noise: &Row) -> i32 {
    let mut sums = [_mm256_set1_epi32(0); TOKENS / LANES];
    for (lane_group, sum) in sums.iter_mut().enumerate() {
        *sum = _mm256_add_epi32(load(logits, lane_group), load(noise, lane_group));
    }
    let mut best = sums[0];
    for &sum in &sums[1..] {
        best = _mm256_max_epi32(best, sum);
    }
    let greatest = _mm256_set1_epi32(greatest_lane(best));
    let mut equal_lanes = 0_u64;
    for (lane_group, &sum) in sums.iter().enumerate() {
        let equal = _mm256_castsi256_ps(_mm256_cmpeq_epi32(sum, greatest));
        equal_lanes |= (_mm256_movemask_ps(equal) as u64) << (LANES * lane_group);
    }
    equal_lanes.trailing_zeros() as i32
}

#[target_feature(enable = "avx2")]
#[inline]
fn greatest_lane(lanes: __m256i) -> i32 {
    let halves = _mm_max_epi32(_mm256_castsi256_si128(lanes), _mm256_extracti128_si256::<1>(lanes));
    let pairs = _mm_max_epi32(halves, _mm_shuffle_epi32::<0b01_00_11_10>(halves));
    _mm_cvtsi128_si32(_mm_max_epi32(pairs, _mm_shuffle_epi32::<0b10_11_00_01>(pairs)))
}

#[target_feature(enable = "avx2")]
#[inline]
fn load(row: &Row, lane_group: usize) -> __m256i {
    let lanes: &[i32; LANES] = &row.as_chunks().0[lane_group];
    // SAFETY: the pointer is to eight readable i32, and this load asks for no alignment.
    unsafe { _mm256_loadu_si256(lanes.as_ptr().cast()) }
}
