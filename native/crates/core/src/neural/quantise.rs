//! Rows of singles as bytes and a scale (docs/law.md, 11.5), from what comes before it: a norm, an
//! attention's output, a feed-forward's hidden units.

use super::float::{blocks, sum_of_squares};
use super::instructions::kernel;
use super::lanes::{Block, LANES, Lanes};

/// Rows whose magnitudes stay below this are all zero: 127 / a would leave the singles.
const LEAST: f32 = f32::from_bits((127 - 100) << 23);

/// Where quantised rows go: `[row][width]` bytes q + 128, and a scale a row.
pub struct QuantisedOut<'a> {
    /// Values in a row.
    pub width: usize,
    /// Bytes of the rows.
    pub bytes: &'a mut [u8],
    /// Scale of each row.
    pub scales: &'a mut [f32],
}

kernel! {
    /// Quantises rows as they are.
    pub fn quantise_rows(rows: &[f32], out: QuantisedOut) = plain;
}

kernel! {
    /// Replaces what is below 0 by 0 and quantises the rows.
    pub fn quantise_positive_rows(rows: &[f32], out: QuantisedOut) = positive;
}

kernel! {
    /// Norms rows under a gain (11.7) and quantises them.
    pub fn quantise_normed_rows(rows: &[f32], gain: &[f32], out: QuantisedOut) = normed;
}

/// What is quantised of a row: a function of each block, worked out twice rather than kept.
trait Value<L: Lanes> {
    fn of(&self, index: usize, block: &Block) -> L;
}

struct Plain;

impl<L: Lanes> Value<L> for Plain {
    #[inline(always)]
    fn of(&self, _: usize, block: &Block) -> L {
        L::load(block)
    }
}

struct Positive;

impl<L: Lanes> Value<L> for Positive {
    #[inline(always)]
    fn of(&self, _: usize, block: &Block) -> L {
        L::load(block).max(L::splat(0.0))
    }
}

struct Normed<'a, L> {
    r: L,
    gain: &'a [Block],
}

impl<L: Lanes> Value<L> for Normed<'_, L> {
    #[inline(always)]
    fn of(&self, index: usize, block: &Block) -> L {
        L::load(block).mul(self.r).mul(L::load(&self.gain[index]))
    }
}

#[inline(always)]
fn plain<L: Lanes>(rows: &[f32], out: QuantisedOut) {
    let bytes = out.bytes.chunks_exact_mut(out.width);
    for ((row, bytes), scale) in rows.chunks_exact(out.width).zip(bytes).zip(out.scales) {
        *scale = quantise::<L>(blocks(row), bytes, &Plain);
    }
}

#[inline(always)]
fn positive<L: Lanes>(rows: &[f32], out: QuantisedOut) {
    let bytes = out.bytes.chunks_exact_mut(out.width);
    for ((row, bytes), scale) in rows.chunks_exact(out.width).zip(bytes).zip(out.scales) {
        *scale = quantise::<L>(blocks(row), bytes, &Positive);
    }
}

#[inline(always)]
fn normed<L: Lanes>(rows: &[f32], gain: &[f32], out: QuantisedOut) {
    let width = out.width as f32;
    let gain = &blocks(gain)[..out.width / LANES];
    let bytes = out.bytes.chunks_exact_mut(out.width);
    for ((row, bytes), scale) in rows.chunks_exact(out.width).zip(bytes).zip(out.scales) {
        let row = blocks(row);
        let r = L::splat(1.0 / (sum_of_squares::<L>(row) / width + 1e-5).sqrt());
        *scale = quantise::<L>(row, bytes, &Normed { r, gain });
    }
}

/// Quantises a row and returns its scale.
#[inline(always)]
fn quantise<L: Lanes>(row: &[Block], bytes: &mut [u8], value: &impl Value<L>) -> f32 {
    let mut lanes = L::splat(0.0);
    for (index, block) in row.iter().enumerate() {
        lanes = lanes.max(value.of(index, block).abs());
    }
    let most = lanes.highest();
    let bytes = bytes.as_chunks_mut::<LANES>().0;
    if most < LEAST {
        bytes.fill([128; LANES]);
        return 0.0;
    }
    let inverse = L::splat(127.0 / most);
    for (index, (block, bytes)) in row.iter().zip(bytes).enumerate() {
        value.of(index, block).mul(inverse).store_biased(bytes);
    }
    most / 127.0
}

#[cfg(test)]
mod tests {
    use super::super::instructions::Instructions;
    use super::{LEAST, QuantisedOut, quantise_positive_rows, quantise_rows};

    fn quantised(row: &[f32], is_positive: bool) -> (Vec<i32>, f32) {
        let mut all = Vec::new();
        for set in Instructions::NAMES.into_iter().filter_map(Instructions::named) {
            let (mut bytes, mut scales) = (vec![0; row.len()], [f32::NAN]);
            let out = QuantisedOut { width: row.len(), bytes: &mut bytes, scales: &mut scales };
            if is_positive {
                quantise_positive_rows(set, row, out);
            } else {
                quantise_rows(set, row, out);
            }
            all.push((bytes.iter().map(|&byte| i32::from(byte) - 128).collect(), scales[0]));
        }
        assert!(all.windows(2).all(|pair| pair[0] == pair[1]), "instruction sets differ: {all:?}");
        all.swap_remove(0)
    }

    #[test]
    fn the_greatest_is_127_and_halves_go_to_even() {
        let mut row = [0.0; 16];
        (row[0], row[1], row[2], row[3], row[15]) = (254.0, 1.0, 3.0, -5.0, -254.0);
        let (q, scale) = quantised(&row, false);
        assert_eq!((q[0], q[1], q[2], q[3], q[15], scale), (127, 0, 2, -2, -127, 2.0));
        let (q, _) = quantised(&row, true);
        assert_eq!((q[0], q[2], q[3], q[15]), (127, 2, 0, 0));
    }

    #[test]
    fn a_row_of_next_to_nothing_is_nothing_and_never_a_nan() {
        for tiny in [0.0, -0.0, f32::from_bits(1), LEAST / 2.0] {
            assert_eq!(quantised(&[tiny; 32], false), (vec![0; 32], 0.0));
        }
        let (q, scale) = quantised(&[LEAST; 32], false);
        assert_eq!((q, scale), (vec![127; 32], LEAST / 127.0));
    }
}
