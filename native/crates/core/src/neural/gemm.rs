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
