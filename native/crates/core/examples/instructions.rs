//! A kernel on fixed inputs, so often as it is told: its instructions are counted from outside.
//!
//!     valgrind --tool=cachegrind target/release/examples/instructions KERNEL TIMES
//!
//! Prints the allocations of all rounds but the first and a sum of the outcomes. The difference
//! between two counts of rounds is the kernel alone, without the start of the program.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use outrider_core::neural::{
    GruConfig, GruModel, GruSession, HORIZONS, Instructions, NOT_REACHED, PassJob, PassOutputs,
    ROOTS, RandomTensors, Trie, WindowConfig, WindowModel, WindowRunner, WindowSession,
};
use outrider_core::{Batch, OrderEncoder, OrderUnits, TOKENS, choose, fill_noise};

/// Counts what the program asks of the system's allocator.
struct Counting;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

// SAFETY: each call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Relaxed);
        // SAFETY: the caller keeps the contract of `GlobalAlloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: likewise.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// Rows of a batch, paths of a fill, moves of a path: `bench/instructions.ts` counts by them.
const ROWS: usize = 1024;
const PATHS: usize = 16;
const MOVES: usize = 8;
const ORDERS: u32 = 64;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let kernel = arguments.next().unwrap_or_default();
    let rounds: u32 = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(1);
    let mut round: Box<dyn FnMut(u32) -> i64> = match kernel.as_str() {
        "coupled-choice" => Box::new(coupled_choice()),
        "keyed-noise" => Box::new(keyed_noise()),
        "draft-steps" => Box::new(draft_steps()),
        "target-pass" => Box::new(target_pass()),
        "order-encode" => Box::new(order_encode()),
        _ => {
            eprintln!("kernel {kernel:?} is unknown: see `match` in instructions.rs");
            std::process::exit(2);
        }
    };
    let mut sum = round(0);
    let before = ALLOCATIONS.load(Relaxed);
    for number in 1..=rounds {
        sum = sum.wrapping_add(round(black_box(number)));
    }
    let allocations = ALLOCATIONS.load(Relaxed) - before;
    println!("{{\"allocations\":{allocations},\"sum\":{sum}}}");
}

/// Rows as a packed pass has them: logits shared by four paths, each with noise of its own.
fn coupled_choice() -> impl FnMut(u32) -> i64 {
    let logits: Vec<i32> = (0..ROWS * TOKENS).map(|at| scattered(at as u32)).collect();
    let mut noise = vec![0; 8 * PATHS * TOKENS];
    fill_noise([1, 2], 0, &mut noise);
    let row_offsets: Vec<i32> = (0..ROWS).map(|row| (row / 4 * TOKENS) as i32).collect();
    let noise_offsets: Vec<i32> =
        (0..ROWS).map(|row| (row % (8 * PATHS) * TOKENS) as i32).collect();
    let mut choices = vec![0; ROWS];
    move |_| {
        let batch = Batch {
            logits: &logits,
            noise: &noise,
            row_offsets: &row_offsets,
            noise_offsets: &noise_offsets,
        };
        choose(black_box(batch), &mut choices);
        i64::from(choices[ROWS - 1])
    }
}

fn keyed_noise() -> impl FnMut(u32) -> i64 {
    let mut noise = vec![0; PATHS * TOKENS];
    move |move_index| {
        fill_noise([3, 4], move_index, black_box(&mut noise));
        i64::from(noise[0])
    }
}

/// Logits of every size within the kernels' range, the same everywhere.
fn scattered(at: u32) -> i32 {
    (at.wrapping_mul(2_654_435_761) >> 12) as i32
}

/// New orders of 183 bytes whose numbers, times and prices all change.
fn order_encode() -> impl FnMut(u32) -> i64 {
    let units = OrderUnits {
        symbol: b"EUR/USD",
        units_per_lot: 1000.0,
        lot_decimals: 0,
        units_per_increment: 1.0,
        price_decimals: 5,
    };
    let mut encoder = OrderEncoder::new(b"OUTRIDER-GW", b"VENUE-ONE", &[units]).expect("units");
    let mut memory = vec![0; encoder.memory_bytes()];
    move |round| {
        let mut sum = 0;
        for at in 0..ORDERS {
            let count = f64::from(round % 100 * ORDERS + at);
            let number = |start: f64| black_box(start + count);
            let order = [
                0.0,
                number(1000.0),
                number(1_399_024_800_000.0),
                1.0,
                3.0,
                number(138_700.0),
                20_140_502.0,
                number(1.0),
                0.0,
                0.0,
                0.0,
            ];
            let length = encoder.encode(&order, &mut memory);
            sum += i64::from(memory[length - 2]) + length as i64;
        }
        sum
    }
}

/// The draft of the shipped size over 16 paths of 8 moves.
fn draft_steps() -> impl FnMut(u32) -> i64 {
    let config = GruConfig { d: 96, context_moves: 64, side_inputs: 0 };
    let tensors = RandomTensors::gru(1, &config);
    let model = GruModel::new(config, &tensors.views()).expect("a random draft has its shapes");
    let nodes = Nodes::fan();
    let mut session = GruSession::new(Arc::new(model), instructions(), nodes.len());
    let (tokens, codes) = context(64);
    session.prefill(&tokens, &codes, 8).expect("the context is in range");
    let mut logits = vec![0; nodes.len() * TOKENS];
    move |_| {
        session
            .pass(nodes.trie(), 0..nodes.len(), &mut logits, &mut [])
            .expect("the trie is in range");
        i64::from(logits[logits.len() - 1])
    }
}

/// A small target over 16 paths of 8 moves: its loops are those of a large one.
fn target_pass() -> impl FnMut(u32) -> i64 {
    let config = WindowConfig {
        d: 128,
        layers: 2,
        heads: 4,
        window: 32,
        context_moves: 64,
        side_inputs: 0,
        feed_forward: 256,
    };
    let tensors = RandomTensors::window(2, &config);
    let model = WindowModel::new(config, &tensors.views()).expect("a random target has its shapes");
    let model = Arc::new(model);
    let nodes = Nodes::fan();
    let mut session = WindowSession::new(Arc::clone(&model), nodes.len());
    let mut runner = WindowRunner::new(model, instructions(), 1);
    let (tokens, codes) = context(64);
    runner.prefill(&mut session, &tokens, &codes, 8).expect("the context is in range");
    let mut logits = vec![0; nodes.len() * TOKENS];
    let mut not_reached = vec![0; ROOTS * NOT_REACHED];
    let mut horizons = vec![0; ROOTS * HORIZONS];
    move |_| {
        let outputs = PassOutputs {
            logits: &mut logits,
            not_reached: &mut not_reached,
            horizons: &mut horizons,
        };
        let session = &mut session;
        let job = PassJob { session, trie: nodes.trie(), nodes: 0..nodes.len(), outputs };
        runner.pass(job).expect("the trie is in range");
        i64::from(logits[logits.len() - 1])
    }
}

/// Valgrind has no AVX-512, and a count of another machine's best path would compare nothing.
fn instructions() -> Instructions {
    Instructions::named("avx2").expect("a processor with AVX2")
}

fn context(moves: usize) -> (Vec<u8>, Vec<u8>) {
    ((0..moves).map(|at| (at * 7 % 64) as u8).collect(), vec![8; moves])
}

/// The nodes of a trie, level by level: 16 paths that part at the first move.
struct Nodes {
    parent: Vec<i32>,
    token: Vec<u8>,
    code: Vec<u8>,
}

impl Nodes {
    fn fan() -> Self {
        let mut nodes = Self { parent: vec![-1], token: vec![0], code: vec![8] };
        for node in 1..=PATHS * MOVES {
            nodes.parent.push(node.saturating_sub(PATHS) as i32);
            nodes.token.push((node * 5 % 64) as u8);
            nodes.code.push(8);
        }
        nodes
    }

    fn len(&self) -> usize {
        self.parent.len()
    }

    fn trie(&self) -> Trie<'_> {
        let Self { parent, token, code } = self;
        Trie { parent, token, token_code: code, code }
    }
}
