//! The state of a target over one context: keys and values, and the rows of the present.

use std::sync::Arc;

use super::super::cache::Cache;
use super::super::error::NeuralError;
use super::super::heads::{HORIZONS, NOT_REACHED};
use super::model::WindowModel;
use crate::TOKENS;

/// A context as a target sees it, and the nodes of the trie that now stands on it.
pub struct WindowSession {
    pub(super) model: Arc<WindowModel>,
    pub(super) cache: Cache,
    /// Nodes a trie may have.
    pub(super) nodes_max: usize,
    /// Whether the last slot holds the projection of side inputs.
    has_side: bool,
    /// Positions since the last prefill, those it read included.
    pub(super) positions: usize,
    /// Nodes of the present trie that have their keys and values.
    pub(super) evaluated: usize,
    /// The row of the last position, which node 0 of every trie has.
    pub(super) present: Present,
}

pub(super) struct Present {
    pub logits: [i32; TOKENS],
    pub not_reached: [i32; NOT_REACHED],
    pub horizons: [i32; HORIZONS],
}

impl WindowSession {
    /// An empty session whose tries have up to `nodes_max` nodes. Its memory is
    /// 8 * d * layers * (window + max(nodes_max, contextMoves)) bytes, and a slot more where the
    /// model takes side inputs.
    pub fn new(model: Arc<WindowModel>, nodes_max: usize) -> Self {
        let config = model.config;
        let side_slots = usize::from(config.side_inputs > 0);
        let slots = config.window + nodes_max.max(config.context_moves) + side_slots;
        Self {
            cache: Cache::new(config.layers, slots, config.d),
            model,
            nodes_max,
            has_side: false,
            positions: 0,
            evaluated: 0,
            present: Present {
                logits: [0; TOKENS],
                not_reached: [0; NOT_REACHED],
                horizons: [0; HORIZONS],
            },
        }
    }

    /// Forgets everything; what is read from now on is read under these side inputs, in 1/256, or
    /// under none.
    ///
    /// # Errors
    /// If there are some, and not as many as the model takes. The session is then as it was.
    pub fn set_side_inputs(&mut self, values: &[i16]) -> Result<(), NeuralError> {
        let d = self.model.config.d;
        let mut none = [];
        let side = match self.model.config.side_inputs {
            0 => &mut none[..],
            _ => &mut self.cache.slot_mut(0, self.last_slot())[..d],
        };
        self.has_side = self.model.tables.project(values, side)?;
        self.positions = 0;
        self.evaluated = 0;
        Ok(())
    }

    /// The slot of the projection of side inputs, under which this session reads.
    pub(super) fn side_slot(&self) -> Option<usize> {
        self.has_side.then(|| self.last_slot())
    }

    fn last_slot(&self) -> usize {
        let config = &self.model.config;
        config.window + self.nodes_max.max(config.context_moves)
    }

    /// Positions since the last prefill, those it read included.
    pub fn positions(&self) -> usize {
        self.positions
    }

    /// The slot of a position of the context.
    pub(super) fn ring_slot(&self, position: usize) -> usize {
        position % self.model.config.window
    }

    /// The slot of a trie's node.
    pub(super) fn node_slot(&self, node: usize) -> usize {
        self.model.config.window + node
    }
}
