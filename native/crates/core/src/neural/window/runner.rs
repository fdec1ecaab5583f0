//! Works on sessions of a target: reads contexts, appends moves, passes over tries.

use std::ops::Range;
use std::sync::Arc;

use super::super::error::{NeuralError, demand};
use super::super::heads::{HORIZONS, NOT_REACHED};
use super::super::instructions::Instructions;
use super::super::trie::{Pair, ROOTS, Trie, check_context};
use super::model::WindowModel;
use super::order::BranchOrder;
use super::rows::{ROWS_MAX, Row, Rows};
use super::session::WindowSession;
use crate::TOKENS;

/// Where the rows of a pass go.
///
/// ```text
///   logits       [node]  64 log-probabilities of the next token, Q16 nats
///   not_reached  [root]  [moves 1..32][0.1 s, 1 s, 10 s] probability in Q16
///   horizons     [root]  [1 s, 10 s][moved as token 0..63 means, or not at all] Q16 nats
/// ```
/// of a node, and of a root as `ROOTS` numbers them.
///
/// Only the nodes of the pass and their roots are written.
pub struct PassOutputs<'a> {
    /// 64 a node, up to the end of the pass.
    pub logits: &'a mut [i32],
    /// 96 a root: 65 * 96.
    pub not_reached: &'a mut [i32],
    /// 130 a root: 65 * 130.
    pub horizons: &'a mut [i32],
}

/// The nodes `nodes` of a trie over a session's context.
pub struct PassJob<'a> {
    /// The context.
    pub session: &'a mut WindowSession,
    /// The trie.
    pub trie: Trie<'a>,
    /// Follows the nodes of this trie's last pass; from 0 on, it is a new trie.
    pub nodes: Range<usize>,
    /// Where their rows go.
    pub outputs: PassOutputs<'a>,
}

/// A target with the memory and the threads to run it; sessions come and go.
pub struct WindowRunner {
    model: Arc<WindowModel>,
    rows: Rows,
    order: BranchOrder,
}

impl WindowRunner {
    /// A runner with these instructions on `threads` threads, the caller's among them. Neither
    /// changes a byte.
    pub fn new(model: Arc<WindowModel>, instructions: Instructions, threads: usize) -> Self {
        let rows = Rows::new(&model, instructions, threads);
        Self { model, rows, order: BranchOrder::default() }
    }

    /// The target.
    pub fn model(&self) -> &Arc<WindowModel> {
        &self.model
    }

    /// Forgets everything and reads up to C pairs, oldest first; `next_code` is the code of the
    /// scale state after the last.
    ///
    /// # Errors
    /// If the session is of another model, or the arrays differ in length or hold more than C
    /// pairs, or a token or code above 63. The session is then as it was.
    pub fn prefill(
        &mut self,
        session: &mut WindowSession,
        tokens: &[u8],
        codes: &[u8],
        next_code: u8,
    ) -> Result<(), NeuralError> {
        self.check_session(session)?;
        check_context(tokens, codes, next_code, self.model.config.context_moves)?;
        session.positions = tokens.len();
        session.evaluated = 0;
        let window = self.model.config.window;
        let first_slot = session.node_slot(0);
        let (slots, side) = (session.cache.slots(), session.side_slot());
        self.rows.begin_branch();
        for (position, pair) in Pair::of_context(tokens, codes, next_code).enumerate() {
            let oldest = (position + 1).saturating_sub(window);
            let sources = (oldest..=position).rev().map(|read| first_slot + read);
            self.rows.push(Row::new(pair, slots, side), sources);
            if self.rows.len() == ROWS_MAX || position + 1 == tokens.len() {
                self.rows.run(&self.model);
                if position + 1 < tokens.len() {
                    self.rows.clear();
                    self.rows.begin_branch();
                }
            }
        }
        for position in tokens.len().saturating_sub(window)..tokens.len() {
            let slot = session.ring_slot(position);
            session.cache.copy_slot(first_slot + position, slot);
        }
        self.keep_present(session);
        Ok(())
    }

    /// The market moved: one pair more; `next_code` as for `prefill`.
    ///
    /// # Errors
    /// If the session is of another model, or a token or code is above 63.
    pub fn append(
        &mut self,
        session: &mut WindowSession,
        token: u8,
        code: u8,
        next_code: u8,
    ) -> Result<(), NeuralError> {
        self.check_session(session)?;
        let pair = Pair { token, code, next_code };
        pair.check()?;
        let position = session.positions;
        session.positions += 1;
        session.evaluated = 0;
        let (slots, side) = (session.cache.slots(), session.side_slot());
        let oldest = (position + 1).saturating_sub(self.model.config.window);
        let sources = (oldest..=position).rev().map(|read| session.ring_slot(read));
        self.rows.begin_branch();
        self.rows.push(Row::new(pair, slots, side), sources);
        self.rows.run(&self.model);
        self.keep_present(session);
        Ok(())
    }

    /// Evaluates nodes of a trie: see `PassJob`.
    ///
    /// # Errors
    /// As for `pass_many`.
    pub fn pass(&mut self, job: PassJob) -> Result<(), NeuralError> {
        self.pass_many(&mut [job])
    }

    /// Evaluates nodes of several tries in one packed pass: the same bytes as one by one.
    ///
    /// # Errors
    /// If a session is of another model or has read no move, nodes do not follow its last pass or
    /// exceed what it holds, a trie's entry is out of range, or an output is too short. Nothing is
    /// then evaluated.
    pub fn pass_many(&mut self, jobs: &mut [PassJob]) -> Result<(), NeuralError> {
        for job in &mut *jobs {
            self.check_session(job.session)?;
            check_job(job)?;
        }
        for index in 0..jobs.len() {
            if jobs[index].nodes.start == 0 {
                write_present(&mut jobs[index]);
            }
            self.push_nodes(index, jobs);
        }
        self.flush(jobs);
        for job in jobs {
            job.session.evaluated = job.nodes.end;
        }
        Ok(())
    }

    fn check_session(&self, session: &WindowSession) -> Result<(), NeuralError> {
        demand!(Arc::ptr_eq(&self.model, &session.model), "session: of another model");
        Ok(())
    }

    /// Gathers the nodes of a job, branch by branch, and runs what exceeds the rows of a run.
    fn push_nodes(&mut self, index: usize, jobs: &mut [PassJob]) {
        let mut order = std::mem::take(&mut self.order);
        let PassJob { session, trie, nodes, .. } = &mut jobs[index];
        let (slots, side) = (session.cache.slots(), session.side_slot());
        for &node in order.sort(trie.parent, nodes.clone()) {
            let PassJob { session, trie, nodes, .. } = &jobs[index];
            let parent = trie.parent[node] as usize;
            if parent < nodes.start.max(1) || self.rows.len() == 0 {
                self.rows.begin_branch();
            }
            let row = Row::new(trie.pair(node), slots, side).of(index, node);
            self.rows.push(row, node_sources(session, trie, node));
            if self.rows.len() == ROWS_MAX {
                self.flush(jobs);
            }
        }
        self.order = order;
    }

    /// Runs the rows gathered and hands their results to the jobs.
    fn flush(&mut self, jobs: &mut [PassJob]) {
        self.rows.run(&self.model);
        self.rows.each_result(|row, mut result| {
            let PassJob { trie, outputs, .. } = &mut jobs[row.job];
            logits_of(outputs, row.node).copy_from_slice(result.logits());
            if let Some(root) = trie.root(row.node) {
                let (not_reached, horizons) = root_of(outputs, root);
                result.write_times(&self.model, not_reached, horizons);
            }
        });
        self.rows.clear();
    }

    /// Keeps what the last row gathered says: it is the context's last position.
    fn keep_present(&mut self, session: &mut WindowSession) {
        if let Some(mut last) = self.rows.last_result() {
            let present = &mut session.present;
            present.logits.copy_from_slice(last.logits());
            last.write_times(&self.model, &mut present.not_reached, &mut present.horizons);
        }
        self.rows.clear();
    }
}

fn check_job(job: &PassJob) -> Result<(), NeuralError> {
    let PassJob { session, trie, nodes, outputs } = job;
    demand!(session.positions > 0, "session: has read no move");
    demand!(
        nodes.start <= nodes.end && (nodes.start == 0 || nodes.start == session.evaluated),
        "nodes: {nodes:?}, expected from 0 or {} on",
        session.evaluated
    );
    demand!(
        nodes.end <= session.nodes_max,
        "nodes: {nodes:?}, expected at most {} in this session",
        session.nodes_max
    );
    demand!(
        outputs.logits.len() >= nodes.end * TOKENS
            && outputs.not_reached.len() >= ROOTS * NOT_REACHED
            && outputs.horizons.len() >= ROOTS * HORIZONS,
        "outputs: shorter than {} logits, {} times and {} horizons",
        nodes.end * TOKENS,
        ROOTS * NOT_REACHED,
        ROOTS * HORIZONS
    );
    trie.check(nodes)
}

/// Node 0 has the row of the context's last position.
fn write_present(job: &mut PassJob) {
    if job.nodes.is_empty() {
        return;
    }
    let present = &job.session.present;
    logits_of(&mut job.outputs, 0).copy_from_slice(&present.logits);
    let (not_reached, horizons) = root_of(&mut job.outputs, 0);
    not_reached.copy_from_slice(&present.not_reached);
    horizons.copy_from_slice(&present.horizons);
}

/// Slots that a node reads, the newest first: its own, its ancestors', the context's.
fn node_sources<'a>(
    session: &'a WindowSession,
    trie: &'a Trie,
    node: usize,
) -> impl Iterator<Item = usize> + 'a {
    let ancestors = std::iter::successors(Some(node), |&node| Some(trie.parent[node] as usize))
        .take_while(|&node| node > 0)
        .map(|node| session.node_slot(node));
    let context = (0..session.positions).rev().map(|position| session.ring_slot(position));
    ancestors.chain(context).take(session.model.config.window)
}

fn logits_of<'a>(outputs: &'a mut PassOutputs, node: usize) -> &'a mut [i32] {
    &mut outputs.logits[node * TOKENS..][..TOKENS]
}

fn root_of<'a>(
    outputs: &'a mut PassOutputs,
    root: usize,
) -> (&'a mut [i32; NOT_REACHED], &'a mut [i32; HORIZONS]) {
    let not_reached = &mut outputs.not_reached.as_chunks_mut().0[root];
    (not_reached, &mut outputs.horizons.as_chunks_mut().0[root])
}
