//! A target's rows, by all ways that must agree.

use std::sync::Arc;

use outrider_core::neural::{
    HORIZONS, Instructions, NOT_REACHED, PassJob, PassOutputs, ROOTS, RandomStream, RandomTensors,
    WindowConfig, WindowModel, WindowRunner, WindowSession,
};

use crate::market::{Future, Market};
use crate::rounds::Options;
use crate::tally::Tally;

/// Sizes that differ in all that matters to the kernels: `[d, layers, heads, window, C, hidden]`.
const SIZES: [[usize; 6]; 6] = [
    [16, 1, 1, 1, 1, 16],
    [32, 2, 2, 5, 12, 64],
    [48, 3, 3, 9, 25, 80],
    [64, 2, 2, 21, 41, 256],
    [128, 2, 1, 33, 70, 144],
    [256, 3, 8, 21, 64, 1024],
];
/// Side inputs of the models: none, some, as many as may be.
const SIDE_INPUTS: [usize; 3] = [0, 3, 16];
/// Nodes of the tries; 64 rows and the context among them.
const NODES: usize = 1 + 64;
/// The portable loops are slow: they are compared after one move of so many.
const SLOW_EVERY: usize = 4;
/// Moves of a market beyond the first context.
const MOVES: usize = 12;

/// Everything a pass writes.
struct Rows {
    logits: Vec<i32>,
    not_reached: Vec<i32>,
    horizons: Vec<i32>,
}

impl Rows {
    fn new(nodes: usize) -> Self {
        Self {
            logits: vec![0; nodes * 64],
            not_reached: vec![0; ROOTS * NOT_REACHED],
            horizons: vec![0; ROOTS * HORIZONS],
        }
    }

    fn outputs(&mut self) -> PassOutputs<'_> {
        let Self { logits, not_reached, horizons } = self;
        PassOutputs { logits, not_reached, horizons }
    }

    /// What it says of a node, of a root's times too.
    fn of(&self, node: usize, root: Option<usize>) -> Vec<i32> {
        let mut row = self.logits[node * 64..][..64].to_vec();
        if let Some(root) = root {
            row.extend(&self.not_reached[root * NOT_REACHED..][..NOT_REACHED]);
            row.extend(&self.horizons[root * HORIZONS..][..HORIZONS]);
        }
        row
    }

    fn all(&self) -> Vec<i32> {
        [&self.logits[..], &self.not_reached, &self.horizons].concat()
    }
}

/// A model that runs, and a session on it.
struct Side {
    runner: WindowRunner,
    session: WindowSession,
}

impl Side {
    fn new(model: &Arc<WindowModel>, instructions: Instructions, threads: usize) -> Self {
        let runner = WindowRunner::new(Arc::clone(model), instructions, threads);
        Self { runner, session: WindowSession::new(Arc::clone(model), NODES) }
    }

    fn prefill(&mut self, market: &Market) {
        let (tokens, codes, next) = market.context(self.runner.model().config().context_moves);
        self.session.set_side_inputs(&market.side_inputs).expect("side inputs");
        self.runner.prefill(&mut self.session, tokens, codes, next).expect("a context");
    }

    fn append(&mut self, (token, code, next_code): (u8, u8, u8)) {
        self.runner.append(&mut self.session, token, code, next_code).expect("a move");
    }

    /// All nodes of a trie, `batch` at a time.
    fn pass(&mut self, future: &Future, batch: usize) -> Rows {
        let mut rows = Rows::new(future.len());
        for first in (0..future.len()).step_by(batch) {
            let job = PassJob {
                session: &mut self.session,
                trie: future.view(),
                nodes: first..(first + batch).min(future.len()),
                outputs: rows.outputs(),
            };
            self.runner.pass(job).expect("a pass");
        }
        rows
    }
}

/// All ways to compute a market's rows.
struct Ways {
    /// What the comparisons are called by.
    role: &'static str,
    lived: Side,
    rebuilt: Side,
    two_threads: Side,
    other_sets: Vec<(&'static str, Side)>,
}

/// A round: a model, a market, and after each of its moves a trie of futures.
pub fn round(options: &Options, round: u32, tally: &mut Tally) {
    let [d, layers, heads, window, context_moves, feed_forward] =
        SIZES[round as usize % SIZES.len()];
    // Each size meets each number of side inputs.
    let side_inputs =
        SIDE_INPUTS[(round as usize + round as usize / SIZES.len()) % SIDE_INPUTS.len()];
    let config =
        WindowConfig { d, layers, heads, window, context_moves, feed_forward, side_inputs };
    let role = if side_inputs > 0 { "target, side inputs" } else { "target" };
    let mut tensors = RandomTensors::window(options.seed.wrapping_add(round), &config);
    let model = WindowModel::new(config, &tensors.views()).expect("a model by the rule");
    if options.is_planted {
        tensors.flip_bit("head", 0);
    }
    let other = WindowModel::new(config, &tensors.views()).expect("a model by the rule");

    let random = &mut RandomStream::new(options.seed ^ round << 8);
    let mut market = Market::default();
    for _ in 0..context_moves {
        market.step(random);
    }
    let mut ways = Ways::new(role, Arc::new(model), &Arc::new(other));
    ways.lived.prefill(&market);
    for step in 0..MOVES {
        if side_inputs > 0 && step % 5 == 2 {
            market.freeze_side_inputs(side_inputs, random);
            ways.lived.prefill(&market);
        }
        ways.lived.append(market.step(random));
        let future = Future::random(&market, NODES, random);
        let rows = ways.lived.pass(&future, NODES);
        ways.compare_machines(&market, &future, &rows, (step % SLOW_EVERY == 0, tally));
        ways.compare_passes(&market, &future, &rows, tally);
        ways.compare_contexts(&market, &future, &rows, (random.below(NODES), tally));
    }
}

impl Ways {
    fn new(role: &'static str, model: Arc<WindowModel>, planted: &Arc<WindowModel>) -> Self {
        let best = Instructions::best();
        let others = Instructions::NAMES.into_iter().filter_map(Instructions::named);
        let others = others.filter(|&instructions| instructions != best);
        Self {
            role,
            lived: Side::new(&model, best, 1),
            rebuilt: Side::new(&model, best, 1),
            two_threads: Side::new(planted, best, 2),
            other_sets: others.map(|other| (other.name(), Side::new(&model, other, 1))).collect(),
        }
    }

    /// Instruction sets and threads.
    fn compare_machines(
        &mut self,
        market: &Market,
        future: &Future,
        rows: &Rows,
        (with_slow, tally): (bool, &mut Tally),
    ) {
        for (name, side) in &mut self.other_sets {
            if *name == Instructions::PORTABLE.name() && !with_slow {
                continue;
            }
            side.prefill(market);
            let others = side.pass(future, NODES);
            let comparison = format!("{}: {} and {name}", self.role, Instructions::best().name());
            tally.compare(&comparison, NODES, [&rows.all(), &others.all()]);
        }
        self.two_threads.prefill(market);
        let others = self.two_threads.pass(future, NODES);
        tally.compare(
            &format!("{}: one thread and two", self.role),
            NODES,
            [&rows.all(), &others.all()],
        );
    }

    /// Batches of one and of a few, and a pass shared with another market.
    fn compare_passes(&mut self, market: &Market, future: &Future, rows: &Rows, tally: &mut Tally) {
        for batch in [1, 7] {
            let others = self.lived.pass(future, batch);
            let comparison = format!("{}: batch {} and {batch}", self.role, NODES - 1);
            tally.compare(&comparison, NODES, [&rows.all(), &others.all()]);
        }
        let mut market = market.clone();
        market.push(3);
        market.side_inputs.reverse();
        self.rebuilt.prefill(&market);
        let alone = self.rebuilt.pass(future, NODES);
        let mut together = [Rows::new(NODES), Rows::new(NODES)];
        let [ours, theirs] = &mut together;
        let mut jobs = [
            job(&mut self.lived.session, future, ours),
            job(&mut self.rebuilt.session, future, theirs),
        ];
        self.lived.runner.pass_many(&mut jobs).expect("a pass");
        for (apart, shared) in [rows, &alone].into_iter().zip(&together) {
            let sides = [&apart.all()[..], &shared.all()];
            let comparison = format!("{}: markets apart and together", self.role);
            tally.compare(&comparison, NODES, sides);
        }
    }

    /// A context that lived on, one rebuilt, and one that a node of the trie leads to.
    fn compare_contexts(
        &mut self,
        market: &Market,
        future: &Future,
        rows: &Rows,
        (node, tally): (usize, &mut Tally),
    ) {
        self.rebuilt.prefill(market);
        let others = self.rebuilt.pass(future, NODES);
        let comparison = format!("{}: cache lived on and rebuilt", self.role);
        tally.compare(&comparison, NODES, [&rows.all(), &others.all()]);
        let mut market = market.clone();
        let path = future.path(node);
        for &token in &path {
            self.rebuilt.append(market.push(token));
        }
        let present = self.rebuilt.pass(&Future::random(&market, 1, &mut RandomStream::new(0)), 1);
        let (branch, fresh) = match path[..] {
            [] => (Some(0), Some(0)),
            [token] => (Some(1 + usize::from(token)), Some(0)),
            _ => (None, None),
        };
        let sides = [&rows.of(node, branch)[..], &present.of(0, fresh)];
        tally.compare(&format!("{}: branch verified before and fresh", self.role), 1, sides);
    }
}

/// All nodes of a trie.
fn job<'a>(session: &'a mut WindowSession, future: &'a Future, rows: &'a mut Rows) -> PassJob<'a> {
    PassJob { session, trie: future.view(), nodes: 0..NODES, outputs: rows.outputs() }
}
