//! The product as plain loops, for processors without the wide instructions.

use super::{Matrix, QuantisedRows};
use crate::neural::lanes::LANES;

/// See `gemm::multiply`.
pub fn multiply(input: QuantisedRows, matrix: &Matrix, y: &mut [f32]) {
    let y_rows = y.chunks_exact_mut(matrix.outputs());
    for (row, (&scale, y_row)) in input.scales.iter().zip(y_rows).enumerate() {
        for (block, out) in y_row.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
            let mut sums = *matrix.starts(block);
            for (quad, line) in input.row(row).iter().zip(matrix.lines(block)) {
                for (sum, weights) in sums.iter_mut().zip(line) {
                    for (&activation, &weight) in quad.iter().zip(weights) {
                        *sum += i32::from(activation) * i32::from(weight);
                    }
                }
            }
            let scales = matrix.scales(block);
            *out = std::array::from_fn(|lane| sums[lane] as f32 * scale * scales[lane]);
        }
    }
}
