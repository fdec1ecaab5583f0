//! Weights of a target, checked and packed.

use super::super::aligned::Aligned;
use super::super::attention::{AttentionLayer, HEADS_MAX, WINDOW_MAX};
use super::super::error::{NeuralError, demand};
use super::super::gemm::Matrix;
use super::super::heads::{HORIZONS, NOT_REACHED, take_choice};
use super::super::lanes::LANES;
use super::super::tables::Tables;
use super::super::weights::{Tensor, Weights};

/// Inputs of the widest linear: its sums stay exact in a single.
const INPUTS_MAX: usize = 1024;
/// Layers of the deepest model.
const LAYERS_MAX: usize = 64;
/// Moves of the longest context.
const CONTEXT_MOVES_MAX: usize = 4096;

/// Sizes of a target, as in its file's `config`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WindowConfig {
    /// Width of a position.
    pub d: usize,
    /// Layers.
    pub layers: usize,
    /// Heads of a layer; d / heads is 16, 32, 64 or 128.
    pub heads: usize,
    /// w: positions that an attention reads.
    pub window: usize,
    /// C: (window - 1) * layers + 1 at least.
    pub context_moves: usize,
    /// Hidden units of a feed-forward.
    pub feed_forward: usize,
    /// K: side inputs, 0 for none.
    pub side_inputs: usize,
}

impl WindowConfig {
    /// # Errors
    /// Names the field, its value and what was expected.
    fn check(&self) -> Result<(), NeuralError> {
        let sized = |name: &str, value: usize| {
            demand!(
                value > 0 && value <= INPUTS_MAX && value.is_multiple_of(LANES),
                "config {name}: {value}, expected a multiple of 16 up to {INPUTS_MAX}"
            );
            Ok(())
        };
        sized("d", self.d)?;
        sized("feedForward", self.feed_forward)?;
        for (name, value, most) in [
            ("layers", self.layers, LAYERS_MAX),
            ("heads", self.heads, HEADS_MAX),
            ("window", self.window, WINDOW_MAX),
            ("contextMoves", self.context_moves, CONTEXT_MOVES_MAX),
        ] {
            demand!((1..=most).contains(&value), "config {name}: {value}, expected 1 to {most}");
        }
        demand!(
            [1, 2, 4, 8].contains(&(self.d / LANES / self.heads))
                && self.d.is_multiple_of(self.heads * LANES),
            "config heads: {} of d {}, expected heads of a width of 16, 32, 64 or 128",
            self.heads,
            self.d
        );
        let reach = (self.window - 1) * self.layers + 1;
        demand!(
            reach <= self.context_moves,
            "config contextMoves: {}, expected at least (window - 1) * layers + 1 = {reach}",
            self.context_moves
        );
        Ok(())
    }
}

/// A target.
pub struct WindowModel {
    pub(super) config: WindowConfig,
    pub(super) tables: Tables,
    pub(super) layers: Vec<Layer>,
    pub(super) norm: Aligned<f32>,
    pub(super) choice: Matrix,
    pub(super) duration: Matrix,
    pub(super) horizon: Matrix,
}

/// A layer: attention, then feed-forward.
pub(super) struct Layer {
    pub norm1: Aligned<f32>,
    pub qkv: Matrix,
    pub attention: AttentionLayer,
    pub out: Matrix,
    pub norm2: Aligned<f32>,
    pub up: Matrix,
    pub down: Matrix,
}

impl WindowModel {
    /// The kernel's name, as identities carry it.
    pub const KERNEL: &'static str = "window-int8/1";

    /// A target from its config and the tensors of its file.
    ///
    /// # Errors
    /// If a size of the config is out of range, or a tensor is missing, left over, of another type
    /// or shape, or holds a value out of range.
    pub fn new(config: WindowConfig, tensors: &[Tensor]) -> Result<Self, NeuralError> {
        config.check()?;
        let WindowConfig { d, .. } = config;
        let mut weights = Weights::new(tensors);
        let tables = Tables::take(&mut weights, d, config.side_inputs)?;
        let layers = (0..config.layers)
            .map(|layer| Layer::take(&mut weights, &config, layer))
            .collect::<Result<_, _>>()?;
        let model = Self {
            config,
            tables,
            layers,
            norm: weights.singles("norm", &[d])?,
            choice: take_choice(&mut weights, d)?,
            duration: weights.linear("duration", [NOT_REACHED, d])?,
            horizon: weights.linear("horizon", [HORIZONS, d])?,
        };
        weights.finish()?;
        Ok(model)
    }

    /// Its sizes.
    pub fn config(&self) -> WindowConfig {
        self.config
    }
}

impl Layer {
    fn take(
        weights: &mut Weights,
        config: &WindowConfig,
        layer: usize,
    ) -> Result<Self, NeuralError> {
        let &WindowConfig { d, heads, window, feed_forward, .. } = config;
        let name = |part: &str| format!("layers.{layer}.{part}");
        let bias = weights.singles(&name("bias"), &[heads, window])?;
        Ok(Self {
            norm1: weights.singles(&name("norm1"), &[d])?,
            qkv: weights.linear(&name("qkv"), [3 * d, d])?,
            attention: AttentionLayer::new(heads, d / heads, window, &bias),
            out: weights.linear(&name("out"), [d, d])?,
            norm2: weights.singles(&name("norm2"), &[d])?,
            up: weights.linear(&name("up"), [feed_forward, d])?,
            down: weights.linear(&name("down"), [d, feed_forward])?,
        })
    }
}
