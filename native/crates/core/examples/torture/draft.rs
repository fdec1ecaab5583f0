//! A draft's rows, by all ways that must agree.

use std::sync::Arc;

use outrider_core::neural::{
    GruConfig, GruModel, GruSession, Instructions, NOT_REACHED, ROOTS, RandomStream, RandomTensors,
};

use crate::market::{Future, Market};
use crate::rounds::Options;
use crate::tally::Tally;

const UNITS: [usize; 4] = [16, 48, 96, 160];
/// Side inputs of the models: none, some, as many as may be.
const SIDE_INPUTS: [usize; 3] = [0, 3, 16];
const CONTEXT_MOVES: usize = 32;
/// Nodes of the tries; 64 rows and the context among them.
const NODES: usize = 1 + 64;
/// Moves of a market beyond the first context.
const MOVES: usize = 12;

/// A round: a model, a market, and after each of its moves a trie of futures.
pub fn round(options: &Options, round: u32, tally: &mut Tally) {
    let side_inputs = SIDE_INPUTS[round as usize % SIDE_INPUTS.len()];
    let d = UNITS[round as usize % UNITS.len()];
    let config = GruConfig { d, context_moves: CONTEXT_MOVES, side_inputs };
    let role = if side_inputs > 0 { "draft, side inputs" } else { "draft" };
    let mut tensors = RandomTensors::gru(options.seed.wrapping_add(round), &config);
    if round.is_multiple_of(2) {
        tensors = tensors.with_durations(&config);
    }
    let model = GruModel::new(config, &tensors.views()).expect("a model by the rule");
    let model = Arc::new(model);
    let random = &mut RandomStream::new(options.seed ^ round << 8 ^ 1);
    let mut market = Market::default();
    for _ in 0..CONTEXT_MOVES {
        market.step(random);
    }
    let mut sides: Vec<_> = Instructions::NAMES
        .into_iter()
        .filter_map(Instructions::named)
        .map(|set| (set, GruSession::new(Arc::clone(&model), set, NODES)))
        .collect();
    let mut first = market.clone();
    for (_, session) in &mut sides {
        prefill(session, &first);
    }
    let mut fresh = GruSession::new(model, Instructions::best(), NODES);
    for step in 0..MOVES {
        if side_inputs > 0 && step % 5 == 2 {
            market.freeze_side_inputs(side_inputs, random);
            first = market.clone();
            for (_, session) in &mut sides {
                prefill(session, &first);
            }
        }
        let (token, code, next_code) = market.step(random);
        for (_, session) in &mut sides {
            session.append(token, code, next_code).expect("a move");
        }
        let future = Future::random(&market, NODES, random);
        let ((best, lived), others) = sides.split_first_mut().expect("portable at least");
        let rows = pass(lived, &future, NODES);
        for (set, session) in others {
            let comparison = format!("{role}: {} and {}", best.name(), set.name());
            let others = pass(session, &future, NODES);
            tally.compare(&comparison, NODES, [&rows.all(), &others.all()]);
        }
        let one_by_one = pass(lived, &future, 1);
        tally.compare(&format!("{role}: batch 64 and 1"), NODES, [&rows.all(), &one_by_one.all()]);
        let node = random.below(NODES);
        let present = hear_branch([&first, &market], &mut fresh, (&future, node));
        let comparison = format!("{role}: branch drafted before and fresh");
        tally.compare(&comparison, 1, [&rows.of(node, &future), &present]);
    }
}

/// The row of the context that the moves of a node lead to. A draft remembers all moves, so the
/// fresh one hears them from the same first context on.
fn hear_branch(
    [first, market]: [&Market; 2],
    fresh: &mut GruSession,
    (future, node): (&Future, usize),
) -> Vec<i32> {
    prefill(fresh, first);
    let mut heard = first.clone();
    let known = &market.tokens[first.tokens.len()..];
    for &token in known.iter().chain(&future.path(node)) {
        let (token, code, next_code) = heard.push(token);
        fresh.append(token, code, next_code).expect("a move");
    }
    let present = Future::random(&heard, 1, &mut RandomStream::new(0));
    let row = pass(fresh, &present, 1).of(0, &present);
    let is_root = node == 0 || future.parent[node] == 0;
    if is_root { row } else { row[..64].to_vec() }
}

fn prefill(session: &mut GruSession, market: &Market) {
    let (tokens, codes, next_code) = market.context(CONTEXT_MOVES);
    session.set_side_inputs(&market.side_inputs).expect("side inputs");
    session.prefill(tokens, codes, next_code).expect("a context");
}

/// Everything a pass writes.
struct Rows {
    logits: Vec<i32>,
    not_reached: Vec<i32>,
}

impl Rows {
    /// What it says of a node, of a root's times too.
    fn of(&self, node: usize, future: &Future) -> Vec<i32> {
        let mut row = self.logits[node * 64..][..64].to_vec();
        let root = match node {
            0 => Some(0),
            _ => (future.parent[node] == 0).then(|| 1 + usize::from(future.token[node])),
        };
        if let Some(root) = root {
            row.extend(&self.not_reached[root * NOT_REACHED..][..NOT_REACHED]);
        }
        row
    }

    fn all(&self) -> Vec<i32> {
        [&self.logits[..], &self.not_reached].concat()
    }
}

/// All nodes of a trie, `batch` at a time.
fn pass(session: &mut GruSession, future: &Future, batch: usize) -> Rows {
    let mut logits = vec![0; future.len() * 64];
    let mut not_reached = vec![0; ROOTS * NOT_REACHED];
    for first in (0..future.len()).step_by(batch) {
        let nodes = first..(first + batch).min(future.len());
        session.pass(future.view(), nodes, &mut logits, &mut not_reached).expect("a pass");
    }
    Rows { logits, not_reached }
}
