//! Lanes as an array: what the other two must equal.

use super::{Block, LANES, Lanes};

/// Sixteen singles in an array.
#[derive(Clone, Copy)]
pub struct PortableLanes(Block);

impl PortableLanes {
    #[inline(always)]
    fn with(self, other: Self, combine: impl Fn(f32, f32) -> f32) -> Self {
        Self(std::array::from_fn(|lane| combine(self.0[lane], other.0[lane])))
    }
}

impl Lanes for PortableLanes {
    type Half = [f32; LANES / 2];

    #[inline(always)]
    fn splat(value: f32) -> Self {
        Self([value; LANES])
    }

    #[inline(always)]
    fn load(block: &Block) -> Self {
        Self(*block)
    }

    #[inline(always)]
    fn store(self, block: &mut Block) {
        *block = self.0;
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self.with(other, |a, b| a + b)
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        self.with(other, |a, b| a - b)
    }

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        self.with(other, |a, b| a * b)
    }

    #[inline(always)]
    fn div(self, other: Self) -> Self {
        self.with(other, |a, b| a / b)
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        self.with(other, |a, b| if a > b { a } else { b })
    }

    #[inline(always)]
    fn min(self, other: Self) -> Self {
        self.with(other, |a, b| if a < b { a } else { b })
    }

    #[inline(always)]
    fn abs(self) -> Self {
        Self(self.0.map(f32::abs))
    }

    #[inline(always)]
    fn round(self) -> Self {
        Self(self.0.map(f32::round_ties_even))
    }

    #[inline(always)]
    fn power_of_two(self) -> Self {
        Self(self.0.map(|n| f32::from_bits(((n as i32 + 127) << 23) as u32)))
    }

    #[inline(always)]
    fn decompose(self) -> (Self, Self) {
        let mantissa = |x: f32| f32::from_bits(x.to_bits() & 0x007f_ffff | 0x3f80_0000);
        let exponent = |x: f32| ((x.to_bits() >> 23) as i32 - 127) as f32;
        (Self(self.0.map(mantissa)), Self(self.0.map(exponent)))
    }

    #[inline(always)]
    fn select_greater(self, other: Self, then: Self, otherwise: Self) -> Self {
        let choose =
            |lane| if self.0[lane] > other.0[lane] { then.0[lane] } else { otherwise.0[lane] };
        Self(std::array::from_fn(choose))
    }

    #[inline(always)]
    fn store_nearest(self, integers: &mut [i32; LANES]) {
        *integers = self.0.map(|x| x.round_ties_even() as i32);
    }

    #[inline(always)]
    fn store_biased(self, bytes: &mut [u8; LANES]) {
        *bytes = self.0.map(|x| (x.round_ties_even() as i32 + 128) as u8);
    }

    #[inline(always)]
    fn highest(self) -> f32 {
        self.0.into_iter().fold(f32::NEG_INFINITY, |a, b| if a > b { a } else { b })
    }

    #[inline(always)]
    fn fold(self) -> f32 {
        let mut lanes = self.0;
        for m in [8, 4, 2, 1] {
            for lane in 0..m {
                lanes[lane] += lanes[lane + m];
            }
        }
        lanes[0]
    }

    #[inline(always)]
    fn fold_eight(blocks: [Self; 8]) -> Self::Half {
        blocks.map(Self::fold)
    }

    #[inline(always)]
    fn join(low: Self::Half, high: Self::Half) -> Self {
        const HALF: usize = LANES / 2;
        Self(std::array::from_fn(|lane| if lane < HALF { low[lane] } else { high[lane - HALF] }))
    }
}
