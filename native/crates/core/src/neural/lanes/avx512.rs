//! Lanes as one AVX-512 register.
//!
//! Every method calls intrinsics of AVX-512, so it may run only inside a function compiled for them
//! (`kernel!` makes those, and `Instructions` proves that the processor can run them).
#![allow(unsafe_code)]

use std::arch::x86_64::*;

use super::{Block, LANES, Lanes};

/// Sixteen singles in a `zmm`.
#[derive(Clone, Copy)]
pub struct Avx512Lanes(__m512);

// SAFETY, for every block below: see the head of this file; loads and stores are to whole arrays
// and ask for no alignment.
impl Lanes for Avx512Lanes {
    type Half = __m256;

    #[inline(always)]
    fn splat(value: f32) -> Self {
        unsafe { Self(_mm512_set1_ps(value)) }
    }

    #[inline(always)]
    fn load(block: &Block) -> Self {
        unsafe { Self(_mm512_loadu_ps(block.as_ptr())) }
    }

    #[inline(always)]
    fn store(self, block: &mut Block) {
        unsafe { _mm512_storeu_ps(block.as_mut_ptr(), self.0) }
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        unsafe { Self(_mm512_add_ps(self.0, other.0)) }
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        unsafe { Self(_mm512_sub_ps(self.0, other.0)) }
    }

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        unsafe { Self(_mm512_mul_ps(self.0, other.0)) }
    }

    #[inline(always)]
    fn div(self, other: Self) -> Self {
        unsafe { Self(_mm512_div_ps(self.0, other.0)) }
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        unsafe { Self(_mm512_max_ps(self.0, other.0)) }
    }

    #[inline(always)]
    fn min(self, other: Self) -> Self {
        unsafe { Self(_mm512_min_ps(self.0, other.0)) }
    }

    #[inline(always)]
    fn abs(self) -> Self {
        unsafe { Self(_mm512_abs_ps(self.0)) }
    }

    #[inline(always)]
    fn round(self) -> Self {
        const NEAREST: i32 = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
        unsafe { Self(_mm512_roundscale_ps::<NEAREST>(self.0)) }
    }

    #[inline(always)]
    fn power_of_two(self) -> Self {
        unsafe {
            let biased = _mm512_add_epi32(_mm512_cvtps_epi32(self.0), _mm512_set1_epi32(127));
            Self(_mm512_castsi512_ps(_mm512_slli_epi32::<23>(biased)))
        }
    }

    #[inline(always)]
    fn decompose(self) -> (Self, Self) {
        unsafe {
            let bits = _mm512_castps_si512(self.0);
            let mantissa = _mm512_or_si512(
                _mm512_and_si512(bits, _mm512_set1_epi32(0x007f_ffff)),
                _mm512_set1_epi32(0x3f80_0000),
            );
            let exponent = _mm512_sub_epi32(_mm512_srli_epi32::<23>(bits), _mm512_set1_epi32(127));
            (Self(_mm512_castsi512_ps(mantissa)), Self(_mm512_cvtepi32_ps(exponent)))
        }
    }

    #[inline(always)]
    fn select_greater(self, other: Self, then: Self, otherwise: Self) -> Self {
        unsafe {
            let greater = _mm512_cmp_ps_mask::<_CMP_GT_OQ>(self.0, other.0);
            Self(_mm512_mask_blend_ps(greater, otherwise.0, then.0))
        }
    }

    #[inline(always)]
    fn store_nearest(self, integers: &mut [i32; LANES]) {
        unsafe { _mm512_storeu_si512(integers.as_mut_ptr().cast(), _mm512_cvtps_epi32(self.0)) }
    }

    #[inline(always)]
    fn store_biased(self, bytes: &mut [u8; LANES]) {
        unsafe {
            let biased = _mm512_add_epi32(_mm512_cvtps_epi32(self.0), _mm512_set1_epi32(128));
            _mm_storeu_si128(bytes.as_mut_ptr().cast(), _mm512_cvtepi32_epi8(biased));
        }
    }

    #[inline(always)]
    fn highest(self) -> f32 {
        unsafe { _mm512_reduce_max_ps(self.0) }
    }

    #[inline(always)]
    fn fold(self) -> f32 {
        unsafe {
            let high = _mm512_extractf32x8_ps::<1>(self.0);
            let eight = _mm256_add_ps(_mm512_castps512_ps256(self.0), high);
            super::avx2::fold_half(eight)
        }
    }

    /// Halves the lanes of two registers into one, four times over:
    /// two blocks of 8, four of 4, eight of 2, eight sums (each twice).
    #[inline(always)]
    fn fold_eight(b: [Self; 8]) -> __m256 {
        unsafe {
            let eights = |x: Self, y: Self| {
                let low = _mm512_shuffle_f32x4::<0b01_00_01_00>(x.0, y.0);
                _mm512_add_ps(low, _mm512_shuffle_f32x4::<0b11_10_11_10>(x.0, y.0))
            };
            let fours = |x, y| {
                let low = _mm512_shuffle_f32x4::<0b10_00_10_00>(x, y);
                _mm512_add_ps(low, _mm512_shuffle_f32x4::<0b11_01_11_01>(x, y))
            };
            let first = fours(eights(b[0], b[1]), eights(b[2], b[3]));
            let second = fours(eights(b[4], b[5]), eights(b[6], b[7]));
            let twos = _mm512_add_ps(
                _mm512_shuffle_ps::<0b01_00_01_00>(first, second),
                _mm512_shuffle_ps::<0b11_10_11_10>(first, second),
            );
            let sums = _mm512_add_ps(twos, _mm512_permute_ps::<0b10_11_00_01>(twos));
            let order = _mm512_setr_epi32(0, 4, 8, 12, 2, 6, 10, 14, 0, 0, 0, 0, 0, 0, 0, 0);
            _mm512_castps512_ps256(_mm512_permutexvar_ps(order, sums))
        }
    }

    #[inline(always)]
    fn join(low: __m256, high: __m256) -> Self {
        unsafe { Self(_mm512_insertf32x8::<1>(_mm512_castps256_ps512(low), high)) }
    }
}
