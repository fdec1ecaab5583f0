//! The product with AVX-512 VNNI: 64 exact products an instruction.
//!
//! A tile of R rows and N blocks of outputs keeps its R * N sums in registers while it walks the
//! inputs: each line of weights is loaded once for R rows, each quad of activations once for N
//! blocks. The panel of N blocks stays in the first-level cache from one group of rows to the next.
#![allow(unsafe_code)]

use std::arch::x86_64::*;

use super::{Line, Matrix, QuantisedRows};
use crate::neural::instructions::{Instructions, Set};
use crate::neural::lanes::LANES;

/// Rows and blocks of the largest tile: 24 sums, 4 lines of weights and a quad in 32 registers.
const ROWS: usize = 6;
const BLOCKS: usize = 4;

/// See `gemm::multiply`.
pub fn multiply(instructions: Instructions, input: QuantisedRows, matrix: &Matrix, y: &mut [f32]) {
    assert!(instructions.set() == Set::Avx512);
    // SAFETY: such a value exists only where the processor has the instructions.
    unsafe { panels(input, matrix, y) }
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
fn panels(input: QuantisedRows, matrix: &Matrix, y: &mut [f32]) {
    let mut block = 0;
    while block < matrix.blocks {
        match matrix.blocks - block {
            1 => panel::<1>(input, matrix, block, y),
            2 => panel::<2>(input, matrix, block, y),
            3 => panel::<3>(input, matrix, block, y),
            _ => panel::<BLOCKS>(input, matrix, block, y),
        }
        block += BLOCKS;
    }
}

/// N blocks of outputs, all rows.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
fn panel<const N: usize>(input: QuantisedRows, matrix: &Matrix, block: usize, y: &mut [f32]) {
    let rows = input.scales.len();
    let mut row = 0;
    while row < rows {
        match rows - row {
            1 => tile::<1, N>(input, matrix, [row, block], y),
            2 => tile::<2, N>(input, matrix, [row, block], y),
            3 => tile::<3, N>(input, matrix, [row, block], y),
            4 => tile::<4, N>(input, matrix, [row, block], y),
            5 => tile::<5, N>(input, matrix, [row, block], y),
            _ => tile::<ROWS, N>(input, matrix, [row, block], y),
        }
        row += ROWS;
    }
}

/// R rows and N blocks from `[row, block]` on.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
fn tile<const R: usize, const N: usize>(
    input: QuantisedRows,
    matrix: &Matrix,
    [row, block]: [usize; 2],
    y: &mut [f32],
) {
    let quads = matrix.inputs / 4;
    // Loops where `from_fn` would do: its closures are not inlined here.
    let (mut rows, mut lines): ([&[[u8; 4]]; R], [&[Line]; N]) = ([&[]; R], [&[]; N]);
    for (r, place) in rows.iter_mut().enumerate() {
        *place = &input.row(row + r)[..quads];
    }
    let mut starts = [_mm512_setzero_si512(); N];
    for n in 0..N {
        lines[n] = &matrix.lines(block + n)[..quads];
        starts[n] = load(matrix.starts(block + n));
    }
    let mut sums = [starts; R];
    for quad in 0..quads {
        let mut weights = starts;
        for n in 0..N {
            weights[n] = load_line(&lines[n][quad]);
        }
        for r in 0..R {
            let activations = _mm512_set1_epi32(i32::from_le_bytes(rows[r][quad]));
            for n in 0..N {
                sums[r][n] = _mm512_dpbusd_epi32(sums[r][n], activations, weights[n]);
            }
        }
    }
    for (r, sums) in sums.iter().enumerate() {
        let scale = _mm512_set1_ps(input.scales[row + r]);
        let start = (row + r) * matrix.outputs() + block * LANES;
        let out = y[start..start + N * LANES].as_chunks_mut::<LANES>().0;
        for n in 0..N {
            let scaled = _mm512_mul_ps(_mm512_cvtepi32_ps(sums[n]), scale);
            let scales = matrix.scales(block + n);
            // SAFETY: whole arrays of sixteen singles, without alignment asked.
            unsafe {
                let value = _mm512_mul_ps(scaled, _mm512_loadu_ps(scales.as_ptr()));
                _mm512_storeu_ps(out[n].as_mut_ptr(), value);
            }
        }
    }
}

#[target_feature(enable = "avx512f")]
#[inline]
fn load(integers: &[i32; LANES]) -> __m512i {
    // SAFETY: sixteen readable integers, without alignment asked.
    unsafe { _mm512_loadu_si512(integers.as_ptr().cast()) }
}

#[target_feature(enable = "avx512f")]
#[inline]
fn load_line(line: &Line) -> __m512i {
    // SAFETY: 64 readable bytes, without alignment asked.
    unsafe { _mm512_loadu_si512(line.as_ptr().cast()) }
}
