//! Times the shipped sizes with random weights: `cargo run --release --example timing`.
//!
//! Packed passes of 1,024 and of 128 nodes, one move, a prefill; the draft's step of 1, 8 and 64
//! nodes. Prints medians in microseconds, and the best of all in brackets: what the code costs
//! where others keep the machine busy.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use outrider_core::neural::{
    GruConfig, GruModel, GruSession, HORIZONS, Instructions, NOT_REACHED, PassJob, PassOutputs,
    ROOTS, RandomTensors, Trie, WindowConfig, WindowModel, WindowRunner, WindowSession,
};

const TARGET: WindowConfig = WindowConfig {
    d: 256,
    layers: 3,
    heads: 8,
    window: 21,
    context_moves: 64,
    feed_forward: 1024,
    side_inputs: 0,
};
const DRAFT: GruConfig = GruConfig { d: 96, context_moves: 64, side_inputs: 0 };
const NODES: usize = 1 + 1024;
/// Branches of a target's trie, and paths of each.
const BRANCHES: usize = 16;
const PATHS: usize = 8;

fn main() {
    let filter = std::env::args().nth(1);
    for name in Instructions::NAMES {
        let Some(instructions) = Instructions::named(name) else {
            println!("{name}: this processor has it not");
            continue;
        };
        if filter.as_deref().is_some_and(|wanted| wanted != name) {
            continue;
        }
        target(instructions, 1);
        target(instructions, 2);
        draft(instructions);
    }
}

/// A trie that owns its arrays.
struct OwnedTrie {
    parent: Vec<i32>,
    token: Vec<u8>,
    code: Vec<u8>,
}

impl OwnedTrie {
    /// `branches` children of the context, `paths` chains from each, level by level.
    fn new(branches: usize, paths: usize) -> Self {
        let width = branches * paths;
        let parent_of = |node: usize| match node {
            _ if node <= branches => 0,
            _ if node <= branches + width => 1 + (node - branches - 1) / paths,
            _ => node - width,
        };
        let mut parent: Vec<i32> = (0..NODES).map(|node| parent_of(node) as i32).collect();
        parent[0] = -1;
        let token = (0..NODES).map(|node| (node * 7 % 64) as u8).collect();
        Self { parent, token, code: vec![20; NODES] }
    }

    fn view(&self) -> Trie<'_> {
        let Self { parent, token, code } = self;
        Trie { parent, token, token_code: code, code }
    }
}

fn target(instructions: Instructions, threads: usize) {
    let tensors = RandomTensors::window(1, &TARGET);
    let model = WindowModel::new(TARGET, &tensors.views()).expect("a model by the rule");
    let model = Arc::new(model);
    let mut runner = WindowRunner::new(Arc::clone(&model), instructions, threads);
    let mut session = WindowSession::new(model, NODES);
    let (tokens, codes) = ([30_u8; 64], [20_u8; 64]);
    let trie = OwnedTrie::new(BRANCHES, PATHS);
    let mut logits = vec![0; NODES * 64];
    let mut not_reached = vec![0; ROOTS * NOT_REACHED];
    let mut horizons = vec![0; ROOTS * HORIZONS];
    let prefill = measure(60, || {
        runner.prefill(&mut session, &tokens, &codes, 20).expect("a context");
    });
    let append = measure(2000, || {
        runner.append(&mut session, 33, 20, 20).expect("a move");
    });
    let rounds = if instructions == Instructions::PORTABLE { 6 } else { 60 };
    let mut pass = |rounds: usize, nodes: usize| {
        let time = measure(rounds, || {
            let outputs = PassOutputs {
                logits: &mut logits,
                not_reached: &mut not_reached,
                horizons: &mut horizons,
            };
            let (session, trie, nodes) = (&mut session, trie.view(), 0..1 + nodes);
            runner.pass(PassJob { session, trie, nodes, outputs }).expect("a pass");
        });
        time.of(nodes)
    };
    let (long, short) = (pass(rounds, 1024), pass(4 * rounds, 128));
    println!(
        "target {:8} {threads} thread(s): a token of 1,024 {long}, of 128 {short}, \
         move {append}, prefill {prefill}",
        instructions.name()
    );
}

fn draft(instructions: Instructions) {
    let tensors = RandomTensors::gru(1, &DRAFT);
    let model = GruModel::new(DRAFT, &tensors.views()).expect("a model by the rule");
    let mut session = GruSession::new(Arc::new(model), instructions, NODES);
    session.prefill(&[30; 64], &[20; 64], 20).expect("a context");
    let mut logits = vec![0; NODES * 64];
    for level in [1, 8, 64] {
        let trie = OwnedTrie::new(level, 1);
        let steps = 16;
        let pass = measure(2000 / level, || {
            for step in 0..steps {
                let first = if step == 0 { 0 } else { 1 + level * step };
                session
                    .pass(trie.view(), first..1 + level * (step + 1), &mut logits, &mut [])
                    .expect("a pass");
            }
        });
        println!("draft  {:8} batch {level:2}: a step {}", instructions.name(), pass.of(steps));
    }
}

/// Microseconds a run.
struct Time {
    median: f64,
    best: f64,
}

impl Time {
    /// Microseconds of each of several parts.
    fn of(self, parts: usize) -> Self {
        Self { median: self.median / parts as f64, best: self.best / parts as f64 }
    }
}

impl fmt::Display for Time {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        write!(formatter, "{:.2} us ({:.2})", self.median, self.best)
    }
}

/// Times many runs, after some to warm up.
fn measure(runs: usize, mut work: impl FnMut()) -> Time {
    for _ in 0..runs.div_ceil(10) {
        work();
    }
    let mut times: Vec<f64> = (0..runs.max(5))
        .map(|_| {
            let begin = Instant::now();
            work();
            begin.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    times.sort_by(f64::total_cmp);
    Time { median: times[times.len() / 2], best: times[0] }
}
