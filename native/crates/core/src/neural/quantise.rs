//! Rows of singles as bytes and a scale (docs/law.md, 11.5), from what comes before it: a norm, an
//! attention's output, a feed-forward's hidden units.

use super::float::{blocks, sum};
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

#[inline(always)]
fn plain<L: Lanes>(rows: &[f32], out: QuantisedOut) {
    each_row(rows, out, |row, bytes| quantise(row, bytes, |_, x: L| x));
}

#[inline(always)]
fn positive<L: Lanes>(rows: &[f32], out: QuantisedOut) {
    let zero = L::splat(0.0);
    each_row(rows, out, |row, bytes| quantise(row, bytes, |_, x: L| x.max(zero)));
}

#[inline(always)]
fn normed<L: Lanes>(rows: &[f32], gain: &[f32], out: QuantisedOut) {
    let gain = blocks(gain);
    let width = out.width as f32;
    each_row(rows, out, |row, bytes| {
        let squares = sum(row, |x: L| x.mul(x));
        let r = L::splat(1.0 / (squares / width + 1e-5).sqrt());
        quantise(row, bytes, |block, x: L| x.mul(r).mul(L::load(&gain[block])))
    });
}

#[inline(always)]
fn each_row(
    rows: &[f32],
    out: QuantisedOut,
    mut quantise_row: impl FnMut(&[Block], &mut [[u8; LANES]]) -> f32,
) {
    let byte_rows = out.bytes.chunks_exact_mut(out.width);
    let rows = rows.chunks_exact(out.width);
    for ((row, bytes), scale) in rows.zip(byte_rows).zip(out.scales) {
        *scale = quantise_row(blocks(row), bytes.as_chunks_mut().0);
    }
}

/// Quantises a function of each block and returns the scale. The function is worked out twice
/// rather than kept: it is a product or two.
#[inline(always)]
fn quantise<L: Lanes>(
    row: &[Block],
    bytes: &mut [[u8; LANES]],
    value: impl Fn(usize, L) -> L,
) -> f32 {
    let mut lanes = L::splat(0.0);
    for (index, block) in row.iter().enumerate() {
        lanes = lanes.max(value(index, L::load(block)).abs());
    }
    let most = lanes.highest();
    if most < LEAST {
        bytes.fill([128; LANES]);
        return 0.0;
    }
    let inverse = L::splat(127.0 / most);
    for (index, (block, bytes)) in row.iter().zip(bytes).enumerate() {
        value(index, L::load(block)).mul(inverse).store_biased(bytes);
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
