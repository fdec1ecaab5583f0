//! Lanes as two AVX2 registers: `.0` holds lanes 0 to 7, `.1` lanes 8 to 15.
//!
//! Every method calls intrinsics of AVX2, so it may run only inside a function compiled for them
//! (`kernel!` makes those, and `Instructions` proves that the processor can run them).
#![allow(unsafe_code)]

use std::arch::x86_64::*;

use super::{Block, LANES, Lanes};

/// Sixteen singles in two `ymm`.
#[derive(Clone, Copy)]
pub struct Avx2Lanes(__m256, __m256);

/// The steps m = 4, 2, 1 of a fold.
///
/// # Safety
/// The processor has AVX, and the caller is compiled for it.
#[inline(always)]
pub(super) unsafe fn fold_half(eight: __m256) -> f32 {
    // SAFETY: as asked of the caller.
    unsafe {
        let four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps::<1>(eight));
        let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
        _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)))
    }
}

macro_rules! both {
    ($operation:ident, $x:expr) => {
        unsafe { Avx2Lanes($operation($x.0), $operation($x.1)) }
    };
    ($operation:ident, $x:expr, $y:expr) => {
        unsafe { Avx2Lanes($operation($x.0, $y.0), $operation($x.1, $y.1)) }
    };
}

#[inline(always)]
unsafe fn magnitude(x: __m256) -> __m256 {
    unsafe { _mm256_andnot_ps(_mm256_set1_ps(-0.0), x) }
}

#[inline(always)]
unsafe fn nearest(x: __m256) -> __m256 {
    unsafe { _mm256_round_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(x) }
}

#[inline(always)]
unsafe fn power_of_two(n: __m256) -> __m256 {
    unsafe {
        let biased = _mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127));
        _mm256_castsi256_ps(_mm256_slli_epi32::<23>(biased))
    }
}

#[inline(always)]
unsafe fn mantissa(x: __m256) -> __m256 {
    unsafe {
        let fraction = _mm256_and_si256(_mm256_castps_si256(x), _mm256_set1_epi32(0x007f_ffff));
        _mm256_castsi256_ps(_mm256_or_si256(fraction, _mm256_set1_epi32(0x3f80_0000)))
    }
}

#[inline(always)]
unsafe fn exponent(x: __m256) -> __m256 {
    unsafe {
        let biased = _mm256_srli_epi32::<23>(_mm256_castps_si256(x));
        _mm256_cvtepi32_ps(_mm256_sub_epi32(biased, _mm256_set1_epi32(127)))
    }
}

// SAFETY, for every block above and below: see the head of this file; loads and stores stay
// inside their arrays and ask for no alignment.
impl Lanes for Avx2Lanes {
    type Half = __m256;

    #[inline(always)]
    fn splat(value: f32) -> Self {
        unsafe { Self(_mm256_set1_ps(value), _mm256_set1_ps(value)) }
    }

    #[inline(always)]
    fn load(block: &Block) -> Self {
        let (low, high) = block.split_at(LANES / 2);
        unsafe { Self(_mm256_loadu_ps(low.as_ptr()), _mm256_loadu_ps(high.as_ptr())) }
    }

    #[inline(always)]
    fn store(self, block: &mut Block) {
        let (low, high) = block.split_at_mut(LANES / 2);
        unsafe {
            _mm256_storeu_ps(low.as_mut_ptr(), self.0);
            _mm256_storeu_ps(high.as_mut_ptr(), self.1);
        }
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        both!(_mm256_add_ps, self, other)
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        both!(_mm256_sub_ps, self, other)
    }

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        both!(_mm256_mul_ps, self, other)
    }

    #[inline(always)]
    fn div(self, other: Self) -> Self {
        both!(_mm256_div_ps, self, other)
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        both!(_mm256_max_ps, self, other)
    }

    #[inline(always)]
    fn min(self, other: Self) -> Self {
        both!(_mm256_min_ps, self, other)
    }

    #[inline(always)]
    fn abs(self) -> Self {
        both!(magnitude, self)
    }

    #[inline(always)]
    fn round(self) -> Self {
        both!(nearest, self)
    }

    #[inline(always)]
    fn power_of_two(self) -> Self {
        both!(power_of_two, self)
    }

    #[inline(always)]
    fn decompose(self) -> (Self, Self) {
        (both!(mantissa, self), both!(exponent, self))
    }

    #[inline(always)]
    fn select_greater(self, other: Self, then: Self, otherwise: Self) -> Self {
        let greater = both!(greater, self, other);
        unsafe {
            Self(
                _mm256_blendv_ps(otherwise.0, then.0, greater.0),
                _mm256_blendv_ps(otherwise.1, then.1, greater.1),
            )
        }
    }

    #[inline(always)]
    fn store_nearest(self, integers: &mut [i32; LANES]) {
        let (low, high) = integers.split_at_mut(LANES / 2);
        unsafe {
            _mm256_storeu_si256(low.as_mut_ptr().cast(), _mm256_cvtps_epi32(self.0));
            _mm256_storeu_si256(high.as_mut_ptr().cast(), _mm256_cvtps_epi32(self.1));
        }
    }

    #[inline(always)]
    fn store_biased(self, bytes: &mut [u8; LANES]) {
        unsafe {
            let bias = _mm256_set1_epi32(128);
            let low = _mm256_add_epi32(_mm256_cvtps_epi32(self.0), bias);
            let high = _mm256_add_epi32(_mm256_cvtps_epi32(self.1), bias);
            // The packing works in halves of 128 bits: the middle quarters change places.
            let words = _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_packus_epi32(low, high));
            let packed = _mm_packus_epi16(
                _mm256_castsi256_si128(words),
                _mm256_extracti128_si256::<1>(words),
            );
            _mm_storeu_si128(bytes.as_mut_ptr().cast(), packed);
        }
    }

    #[inline(always)]
    fn highest(self) -> f32 {
        unsafe {
            let eight = _mm256_max_ps(self.0, self.1);
            let high = _mm256_extractf128_ps::<1>(eight);
            let four = _mm_max_ps(_mm256_castps256_ps128(eight), high);
            let two = _mm_max_ps(four, _mm_movehl_ps(four, four));
            _mm_cvtss_f32(_mm_max_ss(two, _mm_movehdup_ps(two)))
        }
    }

    #[inline(always)]
    fn fold(self) -> f32 {
        unsafe { fold_half(_mm256_add_ps(self.0, self.1)) }
    }

    /// Halves the lanes: four sums of four lanes, then of two, share a register.
    #[inline(always)]
    fn fold_eight(b: [Self; 8]) -> __m256 {
        unsafe {
            let mut eight = [_mm256_setzero_ps(); 8];
            for (sum, block) in eight.iter_mut().zip(b) {
                *sum = _mm256_add_ps(block.0, block.1);
            }
            let fours = |x, y| {
                let low = _mm256_permute2f128_ps::<0x20>(x, y);
                _mm256_add_ps(low, _mm256_permute2f128_ps::<0x31>(x, y))
            };
            let twos = |x, y| {
                let low = _mm256_shuffle_ps::<0b01_00_01_00>(x, y);
                _mm256_add_ps(low, _mm256_shuffle_ps::<0b11_10_11_10>(x, y))
            };
            // Blocks 0 and 4 share a register, so that the sums come out in order.
            let first = twos(fours(eight[0], eight[4]), fours(eight[1], eight[5]));
            let second = twos(fours(eight[2], eight[6]), fours(eight[3], eight[7]));
            let even = _mm256_shuffle_ps::<0b10_00_10_00>(first, second);
            let odd = _mm256_shuffle_ps::<0b11_01_11_01>(first, second);
            _mm256_add_ps(even, odd)
        }
    }

    #[inline(always)]
    fn join(low: __m256, high: __m256) -> Self {
        Self(low, high)
    }
}

#[inline(always)]
unsafe fn greater(x: __m256, y: __m256) -> __m256 {
    unsafe { _mm256_cmp_ps::<_CMP_GT_OQ>(x, y) }
}
