//! The state of a draft over one context and over the nodes of the trie that stands on it.

use std::ops::Range;
use std::sync::Arc;

use super::super::aligned::Aligned;
use super::super::error::{NeuralError, demand};
use super::super::float::{blocks, blocks_mut, sigmoid, tanh};
use super::super::gemm::{Matrix, QuantisedRows, multiply};
use super::super::heads::{CHOICE_OUTPUTS, NOT_REACHED, write_logits, write_not_reached};
use super::super::instructions::{Instructions, kernel};
use super::super::lanes::Lanes;
use super::super::quantise::{QuantisedOut, quantise_rows};
use super::super::trie::{Pair, ROOTS, Trie, check_context};
use super::model::GruModel;
use crate::TOKENS;

/// Nodes that step together.
const BATCH: usize = 64;

/// A context as a draft sees it; a step of several nodes is one product.
///
/// ```text
///   state 0           state 1     ...            one a node of the trie;
///   | h, d singles |  | h |                      node 0 is the context
///   | q, d bytes, and its scale |  | q |         h quantised: what the next step and the
///                                                heads multiply
/// ```
pub struct GruSession {
    model: Arc<GruModel>,
    instructions: Instructions,
    h: Aligned<f32>,
    q: Aligned<u8>,
    q_scales: Vec<f32>,
    nodes_max: usize,
    /// Projection of side inputs, where there are any.
    side: Aligned<f32>,
    has_side: bool,
    has_read: bool,
    /// Nodes of the present trie that have their states.
    evaluated: usize,
    batch: Batch,
}

/// Working memory of a step.
struct Batch {
    /// `[row][d]`: states before the step, quantised.
    q: Aligned<u8>,
    q_scales: Vec<f32>,
    /// `[row][3 d]`: the state's part of the gates.
    gates: Aligned<f32>,
    /// `[3 d]`: the input's part of the gates, of one row.
    input: Aligned<f32>,
    choice: Aligned<f32>,
    /// Of one row.
    duration: Aligned<f32>,
}

impl GruSession {
    /// An empty session whose tries have up to `nodes_max` nodes.
    pub fn new(model: Arc<GruModel>, instructions: Instructions, nodes_max: usize) -> Self {
        let d = model.config.d;
        let states = nodes_max.max(1);
        Self {
            instructions,
            h: Aligned::zeros(states * d),
            q: Aligned::zeros(states * d),
            q_scales: vec![0.0; states],
            nodes_max,
            side: Aligned::zeros(3 * d),
            has_side: false,
            has_read: false,
            evaluated: 0,
            batch: Batch {
                q: Aligned::zeros(BATCH * d),
                q_scales: vec![0.0; BATCH],
                gates: Aligned::zeros(BATCH * model.hidden.outputs()),
                input: Aligned::zeros(3 * d),
                choice: Aligned::zeros(BATCH * CHOICE_OUTPUTS),
                duration: Aligned::zeros(model.duration.as_ref().map_or(0, Matrix::outputs)),
            },
            model,
        }
    }

    /// Forgets everything; what is read from now on is read under these side inputs, in 1/256, or
    /// under none.
    ///
    /// # Errors
    /// If there are some, and not as many as the model takes. The session is then as it was.
    pub fn set_side_inputs(&mut self, values: &[i16]) -> Result<(), NeuralError> {
        self.has_side = self.model.tables.project(values, &mut self.side)?;
        self.forget();
        Ok(())
    }

    /// Forgets everything and reads up to C pairs from h = 0 on, oldest first; `next_code` is the
    /// code of the scale state after the last.
    ///
    /// # Errors
    /// If the arrays differ in length or hold more than C pairs, or a token or code above 63. The
    /// session is then as it was.
    pub fn prefill(
        &mut self,
        tokens: &[u8],
        codes: &[u8],
        next_code: u8,
    ) -> Result<(), NeuralError> {
        check_context(tokens, codes, next_code, self.model.config.context_moves)?;
        self.forget();
        for pair in Pair::of_context(tokens, codes, next_code) {
            self.step_context(pair);
        }
        self.has_read = !tokens.is_empty();
        Ok(())
    }

    fn forget(&mut self) {
        let d = self.model.config.d;
        self.h[..d].fill(0.0);
        self.q[..d].fill(128);
        self.q_scales[0] = 0.0;
        self.has_read = false;
        self.evaluated = 0;
    }

    /// The market moved: one pair more; `next_code` as for `prefill`.
    ///
    /// # Errors
    /// If a token or code is above 63.
    pub fn append(&mut self, token: u8, code: u8, next_code: u8) -> Result<(), NeuralError> {
        let pair = Pair { token, code, next_code };
        pair.check()?;
        self.step_context(pair);
        self.has_read = true;
        self.evaluated = 0;
        Ok(())
    }

    /// Evaluates nodes of a trie; they follow the nodes of its last pass, and from 0 on it is a
    /// new trie. Writes 64 log-probabilities in Q16 nats a node, `logits[node][64]`, and where the
    /// model foresees durations 96 probabilities in Q16 a root (see `ROOTS`):
    /// `not_reached[root][moves 1..32][0.1 s, 1 s, 10 s]`.
    ///
    /// # Errors
    /// If the session has read no move, nodes do not follow its last pass or exceed what it holds,
    /// a trie's entry is out of range, or an output is too short. Nothing is then evaluated.
    pub fn pass(
        &mut self,
        trie: Trie,
        nodes: Range<usize>,
        logits: &mut [i32],
        not_reached: &mut [i32],
    ) -> Result<(), NeuralError> {
        demand!(self.has_read, "session: has read no move");
        demand!(
            nodes.start <= nodes.end && (nodes.start == 0 || nodes.start == self.evaluated),
            "nodes: {nodes:?}, expected from 0 or {} on",
            self.evaluated
        );
        demand!(
            nodes.end <= self.nodes_max,
            "nodes: {nodes:?}, expected at most {} in this session",
            self.nodes_max
        );
        demand!(
            logits.len() >= nodes.end * TOKENS,
            "logits: {}, expected at least {}",
            logits.len(),
            nodes.end * TOKENS
        );
        let roots = if self.model.duration.is_some() { ROOTS } else { 0 };
        demand!(
            not_reached.len() >= roots * NOT_REACHED,
            "not reached: {}, expected at least {}",
            not_reached.len(),
            roots * NOT_REACHED
        );
        trie.check(&nodes)?;
        let not_reached = not_reached.as_chunks_mut().0;
        let logits = logits.as_chunks_mut().0;
        let mut first = nodes.start;
        while first < nodes.end {
            let last = first + self.batch_from(&trie, first..nodes.end);
            if first > 0 {
                self.step_nodes(&trie, first..last);
            }
            self.choose(first..last, logits);
            for node in first..last {
                if let Some(root) = trie.root(node) {
                    self.foresee(node, root, not_reached);
                }
            }
            first = last;
        }
        self.evaluated = nodes.end;
        Ok(())
    }

    /// How many nodes from the first on may step together: their parents stand before them.
    fn batch_from(&self, trie: &Trie, nodes: Range<usize>) -> usize {
        if nodes.start == 0 {
            return 1;
        }
        let first = nodes.start;
        nodes.take(BATCH).take_while(|&node| (trie.parent[node] as usize) < first).count()
    }

    /// The context's state after one pair more.
    fn step_context(&mut self, pair: Pair) {
        let d = self.model.config.d;
        let input = QuantisedRows { width: d, bytes: &self.q[..d], scales: &self.q_scales[..1] };
        multiply(self.instructions, input, &self.model.hidden, &mut self.batch.gates);
        let Batch { gates, input, .. } = &mut self.batch;
        let side = self.has_side.then_some(&self.side[..]);
        self.model.tables.write(pair, side, input);
        step(self.instructions, input, &gates[..3 * d], &mut self.h[..d]);
        self.quantise(0..1);
    }

    /// The states of nodes whose parents have theirs.
    fn step_nodes(&mut self, trie: &Trie, nodes: Range<usize>) {
        let d = self.model.config.d;
        let count = nodes.len();
        for (row, node) in nodes.clone().enumerate() {
            let parent = trie.parent[node] as usize;
            self.batch.q[row * d..][..d].copy_from_slice(&self.q[parent * d..][..d]);
            self.batch.q_scales[row] = self.q_scales[parent];
        }
        let Batch { q, q_scales, gates, input, .. } = &mut self.batch;
        let rows = QuantisedRows { width: d, bytes: &q[..count * d], scales: &q_scales[..count] };
        multiply(self.instructions, rows, &self.model.hidden, gates);
        let side = self.has_side.then_some(&self.side[..]);
        for (gates, node) in gates.chunks_exact(3 * d).zip(nodes.clone()) {
            let parent = trie.parent[node] as usize;
            self.h.copy_within(parent * d..(parent + 1) * d, node * d);
            self.model.tables.write(trie.pair(node), side, input);
            step(self.instructions, input, gates, &mut self.h[node * d..][..d]);
        }
        self.quantise(nodes);
    }

    fn quantise(&mut self, nodes: Range<usize>) {
        let d = self.model.config.d;
        let (start, end) = (nodes.start * d, nodes.end * d);
        let bytes = &mut self.q[start..end];
        let out = QuantisedOut { width: d, bytes, scales: &mut self.q_scales[nodes] };
        quantise_rows(self.instructions, &self.h[start..end], out);
    }

    fn choose(&mut self, nodes: Range<usize>, logits: &mut [[i32; TOKENS]]) {
        let d = self.model.config.d;
        let bytes = &self.q[nodes.start * d..nodes.end * d];
        let rows = QuantisedRows { width: d, bytes, scales: &self.q_scales[nodes.clone()] };
        multiply(self.instructions, rows, &self.model.choice, &mut self.batch.choice);
        for (outputs, logits) in self.batch.choice.as_chunks().0.iter().zip(&mut logits[nodes]) {
            write_logits(self.instructions, outputs, logits);
        }
    }

    /// How soon moves come after a root, where the model foresees it.
    fn foresee(&mut self, node: usize, root: usize, not_reached: &mut [[i32; NOT_REACHED]]) {
        let Some(duration) = &self.model.duration else { return };
        let d = self.model.config.d;
        let bytes = &self.q[node * d..][..d];
        let row = QuantisedRows { width: d, bytes, scales: &self.q_scales[node..=node] };
        multiply(self.instructions, row, duration, &mut self.batch.duration);
        write_not_reached(self.instructions, &self.batch.duration, &mut not_reached[root]);
    }
}

kernel! {
    /// One step of a state: `input` and `gates` are the parts of r, z, n.
    fn step(input: &[f32], gates: &[f32], h: &mut [f32]) = step_lanes;
}

#[inline(always)]
fn step_lanes<L: Lanes>(input: &[f32], gates: &[f32], h: &mut [f32]) {
    let h = blocks_mut(h);
    let units = h.len();
    let (input, gates) = (blocks(input), blocks(gates));
    for (unit, state) in h.iter_mut().enumerate() {
        let [at_r, at_z, at_n] = [unit, units + unit, 2 * units + unit];
        let r = sigmoid(L::load(&input[at_r]).add(L::load(&gates[at_r])));
        let z = sigmoid(L::load(&input[at_z]).add(L::load(&gates[at_z])));
        let n = tanh(L::load(&input[at_n]).add(r.mul(L::load(&gates[at_n]))));
        n.add(z.mul(L::load(state).sub(n))).store(state);
    }
}
