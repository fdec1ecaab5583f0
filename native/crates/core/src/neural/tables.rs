//! Input tables: what a position's pair and the next code are to a model (docs/law.md, 11.8).

use super::aligned::Aligned;
use super::error::NeuralError;
use super::trie::Pair;
use super::weights::Weights;
use crate::TOKENS;

/// A row of `width` for each token, code and next code.
pub struct Tables {
    width: usize,
    token: Aligned<f32>,
    code: Aligned<f32>,
    next_code: Aligned<f32>,
}

impl Tables {
    /// Takes the three tables.
    pub fn take(weights: &mut Weights, width: usize) -> Result<Self, NeuralError> {
        let shape = [TOKENS, width];
        Ok(Self {
            width,
            token: weights.singles("token", &shape)?,
            code: weights.singles("code", &shape)?,
            next_code: weights.singles("next_code", &shape)?,
        })
    }

    /// Writes (T[token] + U[code]) + V[next code].
    #[inline(always)]
    pub fn write(&self, pair: Pair, out: &mut [f32]) {
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
    }
}
