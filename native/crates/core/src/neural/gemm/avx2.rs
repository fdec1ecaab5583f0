//! The product with AVX2: bytes are widened to 16 bits, whose products `vpmaddwd` adds exactly.
//!
//! `vpmaddubsw` would do it in half the instructions, but it saturates.
#![allow(unsafe_code)]

use std::arch::x86_64::*;

use super::{Line, Matrix, QuantisedRows};
use crate::neural::instructions::{Instructions, Set};
use crate::neural::lanes::LANES;

/// Rows of the largest tile: 12 sums, a widened quarter of a line and a quad in 16 registers.
const ROWS: usize = 3;

/// Registers for the sums of a block: two partial sums of each of four outputs.
const QUARTERS: usize = 4;

/// See `gemm::multiply`.
pub fn multiply(instructions: Instructions, input: QuantisedRows, matrix: &Matrix, y: &mut [f32]) {
    assert!(instructions.set() == Set::Avx2);
    // SAFETY: such a value exists only where the processor has the instructions.
    unsafe { blocks(input, matrix, y) }
}

#[target_feature(enable = "avx2")]
fn blocks(input: QuantisedRows, matrix: &Matrix, y: &mut [f32]) {
    let rows = input.scales.len();
    for block in 0..matrix.blocks {
        let mut row = 0;
        while row < rows {
            match rows - row {
                1 => tile::<1>(input, matrix, [row, block], y),
                2 => tile::<2>(input, matrix, [row, block], y),
                _ => tile::<ROWS>(input, matrix, [row, block], y),
            }
            row += ROWS;
        }
    }
}

/// R rows and one block from `[row, block]` on.
#[target_feature(enable = "avx2")]
fn tile<const R: usize>(
    input: QuantisedRows,
    matrix: &Matrix,
    [row, block]: [usize; 2],
    y: &mut [f32],
) {
    let quads = matrix.inputs / 4;
    let rows: [&[[u8; 4]]; R] = std::array::from_fn(|r| &input.row(row + r)[..quads]);
    let lines = &matrix.lines(block)[..quads];
    let mut sums = [[_mm256_setzero_si256(); R]; QUARTERS];
    for (quad, line) in lines.iter().enumerate() {
        let activations: [__m256i; R] = std::array::from_fn(|r| {
            let bytes = _mm_set1_epi32(i32::from_le_bytes(rows[r][quad]));
            _mm256_cvtepu8_epi16(bytes)
        });
        for (quarter, sums) in sums.iter_mut().enumerate() {
            let weights = widen(line, quarter);
            for (sum, activations) in sums.iter_mut().zip(activations) {
                *sum = _mm256_add_epi32(*sum, _mm256_madd_epi16(activations, weights));
            }
        }
    }
    let starts = matrix.starts(block);
    let scales = matrix.scales(block);
    for (r, &scale) in input.scales[row..row + R].iter().enumerate() {
        let scale = _mm256_set1_ps(scale);
        let start = (row + r) * matrix.outputs() + block * LANES;
        let out = &mut y[start..start + LANES];
        for half in 0..2 {
            // Adding neighbours works in halves of 128 bits: the middle quarters change places.
            let pairs = _mm256_hadd_epi32(sums[2 * half][r], sums[2 * half + 1][r]);
            let whole = _mm256_permute4x64_epi64::<0b11_01_10_00>(pairs);
            let at = 8 * half;
            // SAFETY: eight numbers inside each slice, without alignment asked.
            unsafe {
                let start = _mm256_loadu_si256(starts[at..at + 8].as_ptr().cast());
                let sum = _mm256_cvtepi32_ps(_mm256_add_epi32(whole, start));
                let weight_scales = _mm256_loadu_ps(scales[at..at + 8].as_ptr());
                let value = _mm256_mul_ps(_mm256_mul_ps(sum, scale), weight_scales);
                _mm256_storeu_ps(out[at..at + 8].as_mut_ptr(), value);
            }
        }
    }
}

/// A quarter of a line, four outputs by four inputs, as 16-bit integers.
#[target_feature(enable = "avx2")]
#[inline]
fn widen(line: &Line, quarter: usize) -> __m256i {
    let outputs = &line[4 * quarter..4 * quarter + 4];
    // SAFETY: 16 readable bytes, without alignment asked.
    _mm256_cvtepi8_epi16(unsafe { _mm_loadu_si128(outputs.as_ptr().cast()) })
}
