//! Input tables: what a pair, a next code and side inputs are to a model (docs/law.md, 11.8).

use super::aligned::Aligned;
use super::error::{NeuralError, demand};
use super::trie::Pair;
use super::weights::Weights;
use crate::TOKENS;

/// Most side inputs of a model.
const SIDE_INPUTS_MAX: usize = 16;
/// Side inputs are in 1/256.
const SIDE_INPUT_STEP: f32 = 1.0 / 256.0;

/// A row of `width` for each token, code, next code and side input.
pub struct Tables {
    width: usize,
    token: Aligned<f32>,
    code: Aligned<f32>,
    next_code: Aligned<f32>,
    /// `[side input][width]`; empty where the model takes none.
    side: Aligned<f32>,
}

impl Tables {
    /// Takes the three tables, and that of the side inputs where there are some.
    pub fn take(
        weights: &mut Weights,
        width: usize,
        side_inputs: usize,
    ) -> Result<Self, NeuralError> {
        demand!(
            side_inputs <= SIDE_INPUTS_MAX,
            "config sideInputs: {side_inputs}, expected 0 to {SIDE_INPUTS_MAX}"
        );
        let shape = [TOKENS, width];
        Ok(Self {
            width,
            token: weights.singles("token", &shape)?,
            code: weights.singles("code", &shape)?,
            next_code: weights.singles("next_code", &shape)?,
            side: match side_inputs {
                0 => Aligned::zeros(0),
                _ => weights.singles("side", &[side_inputs, width])?,
            },
        })
    }

    /// Side inputs of the model.
    pub fn side_inputs(&self) -> usize {
        self.side.len() / self.width
    }

    /// Writes the projection of side inputs, as many as the model takes or none, and says whether
    /// there are any.
    ///
    /// # Errors
    /// If there are some, and not as many as the model takes.
    pub fn project(&self, values: &[i16], out: &mut [f32]) -> Result<bool, NeuralError> {
        demand!(
            values.is_empty() || values.len() == self.side_inputs(),
            "side inputs: {}, expected none or {}",
            values.len(),
            self.side_inputs()
        );
        out.fill(0.0);
        for (&value, row) in values.iter().zip(self.side.chunks_exact(self.width)) {
            let x = f32::from(value) * SIDE_INPUT_STEP;
            for (out, weight) in out.iter_mut().zip(row) {
                *out += x * weight;
            }
        }
        Ok(!values.is_empty())
    }

    /// Writes (T[token] + U[code]) + V[next code], plus the projection of side inputs if any.
    #[inline(always)]
    pub fn write(&self, pair: Pair, side: Option<&[f32]>, out: &mut [f32]) {
        let row = |table, index: u8| -> &[f32] {
            let table: &Aligned<f32> = table;
            &table[usize::from(index) * self.width..][..self.width]
        };
        let token = row(&self.token, pair.token);
        let code = row(&self.code, pair.code);
        let next_code = row(&self.next_code, pair.next_code);
        for (((out, t), u), v) in out.iter_mut().zip(token).zip(code).zip(next_code) {
            *out = (t + u) + v;
        }
        if let Some(side) = side {
            for (out, side) in out.iter_mut().zip(side) {
                *out += side;
            }
        }
    }
}
