//! Weights of a draft, checked and packed.

use super::super::error::{NeuralError, demand};
use super::super::gemm::Matrix;
use super::super::heads::{NOT_REACHED, take_choice};
use super::super::lanes::LANES;
use super::super::tables::Tables;
use super::super::weights::{Tensor, Weights};

/// Units of the widest draft.
const UNITS_MAX: usize = 1024;
/// Moves of the longest context.
const CONTEXT_MOVES_MAX: usize = 4096;

/// Sizes of a draft, as in its file's `config`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GruConfig {
    /// Units, a multiple of 16.
    pub d: usize,
    /// C: pairs a prefill reads.
    pub context_moves: usize,
    /// K: side inputs, 0 for none.
    pub side_inputs: usize,
}

/// A draft.
pub struct GruModel {
    pub(super) config: GruConfig,
    /// Rows of 3 d: the input's part of the gates r, z, n.
    pub(super) tables: Tables,
    pub(super) hidden: Matrix,
    pub(super) choice: Matrix,
    /// Where its file has one.
    pub(super) duration: Option<Matrix>,
}

impl GruModel {
    /// The kernel's name.
    pub const KERNEL: &'static str = "gru-int8/1";

    /// A draft from its config and the tensors of its file.
    ///
    /// # Errors
    /// If a size of the config is out of range, or a tensor is missing, left over, of another type
    /// or shape, or holds a value out of range.
    pub fn new(config: GruConfig, tensors: &[Tensor]) -> Result<Self, NeuralError> {
        let GruConfig { d, context_moves, side_inputs } = config;
        demand!(
            d > 0 && d <= UNITS_MAX && d.is_multiple_of(LANES),
            "config d: {d}, expected a multiple of 16 up to {UNITS_MAX}"
        );
        demand!(
            (1..=CONTEXT_MOVES_MAX).contains(&context_moves),
            "config contextMoves: {context_moves}, expected 1 to {CONTEXT_MOVES_MAX}"
        );
        let mut weights = Weights::new(tensors);
        let model = Self {
            config,
            tables: Tables::take(&mut weights, 3 * d, side_inputs)?,
            hidden: weights.linear("hidden", [3 * d, d])?,
            choice: take_choice(&mut weights, d)?,
            duration: match weights.has("duration") {
                true => Some(weights.linear("duration", [NOT_REACHED, d])?),
                false => None,
            },
        };
        weights.finish()?;
        Ok(model)
    }

    /// Its sizes.
    pub fn config(&self) -> GruConfig {
        self.config
    }
}
