//! Quantised rows times int8 weights, summed exactly (docs/law.md, 11.6).
//!
//! Weights are packed so that one 64-byte line holds four inputs of sixteen outputs, the layout of
//! `vpdpbusd`; outputs are padded to whole blocks of 16 with zeros. All three paths read it:
//!
//! ```text
//!            inputs 0..3                   inputs 4..7
//!  block 0  | o0: w w w w | ... | o15 |   | o0 ... o15 |  ...
//!  block 1  | o16: w w w w | ... | o31 |  ...
//! ```
//! Activations are bytes q + 128 (that instruction wants them unsigned). What is too much by it,
//! 128 times the sum of an output's weights, is what the output's sum starts below zero.

#[cfg(target_arch = "x86_64")]
mod avx2;
mod portable;
#[cfg(target_arch = "x86_64")]
mod vnni;

use super::aligned::Aligned;
use super::instructions::{Instructions, Set};
use super::lanes::LANES;

/// Inputs in a line of weights.
const INPUTS: usize = 4;

/// One line: `[output in block][input]`.
type Line = [[i8; INPUTS]; LANES];

/// Rows of `width` activations as bytes q + 128, each row with its scale.
#[derive(Clone, Copy)]
pub struct QuantisedRows<'a> {
    /// Activations in a row, a multiple of 16.
    pub width: usize,
    /// `[row][width]`.
    pub bytes: &'a [u8],
    /// One a row.
    pub scales: &'a [f32],
}

impl QuantisedRows<'_> {
    /// A row, four activations an element.
    #[inline(always)]
    fn row(&self, row: usize) -> &[[u8; INPUTS]] {
        self.bytes[row * self.width..][..self.width].as_chunks().0
    }
}

/// Packed int8 weights of a linear.
pub struct Matrix {
    inputs: usize,
    blocks: usize,
    weights: Aligned<i8>,
    /// Per output: the scale of its weights.
    scales: Aligned<f32>,
    /// Per output: -128 times the sum of its weights.
    starts: Aligned<i32>,
}

impl Matrix {
    /// Packs weights `[output][inputs]`; output o of the result is row `order[o]`, or zero.
    pub fn pack(inputs: usize, weights: &[i8], scales: &[f32], order: &[Option<usize>]) -> Self {
        assert_eq!(weights.len(), scales.len() * inputs, "a row of weights a scale");
        let blocks = order.len().div_ceil(LANES);
        let mut packed = Aligned::zeros(blocks * LANES * inputs);
        let mut packed_scales = Aligned::zeros(blocks * LANES);
        let mut starts = Aligned::zeros(blocks * LANES);
        for (output, &row) in order.iter().enumerate() {
            let Some(row) = row else { continue };
            let (block, lane) = (output / LANES, output % LANES);
            packed_scales[output] = scales[row];
            for (input, &weight) in weights[row * inputs..][..inputs].iter().enumerate() {
                let line = block * inputs / INPUTS + input / INPUTS;
                packed[(line * LANES + lane) * INPUTS + input % INPUTS] = weight;
                starts[output] -= 128 * i32::from(weight);
            }
        }
        Self { inputs, blocks, weights: packed, scales: packed_scales, starts }
    }

    /// Outputs, those that only fill the last block included.
    pub fn outputs(&self) -> usize {
        self.blocks * LANES
    }

    /// The lines of a block of outputs.
    #[inline(always)]
    fn lines(&self, block: usize) -> &[Line] {
        let (quads, _) = self.weights.as_chunks::<INPUTS>();
        let (lines, _) = quads.as_chunks::<LANES>();
        &lines[block * self.inputs / INPUTS..][..self.inputs / INPUTS]
    }

    #[inline(always)]
    fn starts(&self, block: usize) -> &[i32; LANES] {
        &self.starts.as_chunks().0[block]
    }

    #[inline(always)]
    fn scales(&self, block: usize) -> &[f32; LANES] {
        &self.scales.as_chunks().0[block]
    }
}

/// Writes `y[row][output]` for each row of `input`, `matrix.outputs()` a row.
///
/// # Panics
/// If the input's width is not the matrix's, or a slice is shorter than the rows need.
pub fn multiply(instructions: Instructions, input: QuantisedRows, matrix: &Matrix, y: &mut [f32]) {
    let rows = input.scales.len();
    assert_eq!(input.width, matrix.inputs, "activations as wide as the weights");
    assert!(input.bytes.len() >= rows * input.width && y.len() >= rows * matrix.outputs());
    match instructions.set() {
        Set::Portable => portable::multiply(input, matrix, y),
        #[cfg(target_arch = "x86_64")]
        Set::Avx2 => avx2::multiply(instructions, input, matrix, y),
        #[cfg(target_arch = "x86_64")]
        Set::Avx512 => vnni::multiply(instructions, input, matrix, y),
    }
}

#[cfg(test)]
mod tests {
    use super::{Instructions, Matrix, QuantisedRows, multiply};
    use crate::threefry::threefry;

    /// Sums by the law's own words: `[row][output]`.
    fn expected(rows: &[Vec<i32>], weights: &[i8], outputs: usize, scale: f32) -> Vec<f32> {
        let inputs = rows[0].len();
        let mut y = Vec::new();
        for row in rows {
            for output in 0..outputs {
                let weights = &weights[output * inputs..][..inputs];
                let sum: i32 = row.iter().zip(weights).map(|(q, w)| q * i32::from(*w)).sum();
                y.push((sum as f32 * scale) * 0.25);
            }
        }
        y
    }

    fn check(rows: &[Vec<i32>], weights: &[i8], outputs: usize) {
        let inputs = rows[0].len();
        let order: Vec<_> = (0..outputs).map(Some).collect();
        let matrix = Matrix::pack(inputs, weights, &vec![0.25; outputs], &order);
        let bytes: Vec<u8> = rows.concat().into_iter().map(|q| (q + 128) as u8).collect();
        let scales = vec![0.5; rows.len()];
        let input = QuantisedRows { width: inputs, bytes: &bytes, scales: &scales };
        for set in Instructions::NAMES.into_iter().filter_map(Instructions::named) {
            let mut y = vec![f32::NAN; rows.len() * matrix.outputs()];
            multiply(set, input, &matrix, &mut y);
            let y: Vec<f32> =
                y.chunks(matrix.outputs()).flat_map(|row| &row[..outputs]).copied().collect();
            let shape = (rows.len(), inputs, outputs);
            assert_eq!(y, expected(rows, weights, outputs, 0.5), "{} {shape:?}", set.name());
        }
    }

    #[test]
    fn the_greatest_sums_are_exact_or_a_saturating_instruction_crept_in() {
        for (q, w) in [(127, 127), (-127, 127), (127, -127), (-127, -127)] {
            check(&vec![vec![q; 1024]; 7], &vec![w as i8; 1024 * 80], 80);
        }
    }

    #[test]
    fn every_shape_of_rows_and_outputs_is_multiplied_whole() {
        let mut counter = 0;
        let mut random = || {
            counter += 1;
            (threefry([5, 6], counter, [0]).0[0] % 255) as i32 - 127
        };
        for rows in 1..=13 {
            for (inputs, outputs) in [(16, 16), (48, 72), (96, 288), (32, 33), (64, 112)] {
                let q: Vec<Vec<i32>> =
                    (0..rows).map(|_| (0..inputs).map(|_| random()).collect()).collect();
                let weights: Vec<i8> = (0..inputs * outputs).map(|_| random() as i8).collect();
                check(&q, &weights, outputs);
            }
        }
    }
}
