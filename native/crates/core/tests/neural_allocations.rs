//! Once warm, appending moves and passing over tries asks for no memory.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use outrider_core::neural::{
    GruConfig, GruModel, GruSession, HORIZONS, Instructions, NOT_REACHED, PassJob, PassOutputs,
    ROOTS, RandomTensors, Trie, WindowConfig, WindowModel, WindowRunner, WindowSession,
};

/// Counts allocations of all threads.
struct Counting;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

// SAFETY: forwards to the system's allocator as it is asked.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: as asked of this function's caller.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as asked of this function's caller.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const NODES: usize = 100;

/// One test for all, since another would allocate while this one counts.
#[test]
fn the_steady_state_allocates_nothing_or_a_tick_would_wait_for_the_allocator() {
    let mut parent: Vec<i32> = (0..NODES as i32).map(|node| (node - 1) / 2).collect();
    parent[0] = -1;
    let parent = &parent;
    let codes = &[20; NODES];
    let trie = Trie { parent, token: &[33; NODES], token_code: codes, code: codes };
    let mut target = target(trie);
    let mut draft = draft(trie);
    let mut round = || {
        target();
        draft();
    };
    round();
    assert!(ALLOCATIONS.load(Ordering::Relaxed) > 0, "the counter is not the allocator in use");
    // The test runner's own thread may allocate meanwhile; a round that allocates does so always.
    let allocations = (0..5).map(|_| {
        let before = ALLOCATIONS.load(Ordering::Relaxed);
        for _ in 0..20 {
            round();
        }
        ALLOCATIONS.load(Ordering::Relaxed) - before
    });
    assert_eq!(allocations.min(), Some(0));
}

/// A move, a pass of two threads, a pass of one node.
fn target(trie: Trie<'_>) -> impl FnMut() {
    let config = WindowConfig {
        d: 32,
        layers: 2,
        heads: 2,
        window: 5,
        context_moves: 12,
        feed_forward: 64,
        side_inputs: 0,
    };
    let tensors = RandomTensors::window(1, &config);
    let model = Arc::new(WindowModel::new(config, &tensors.views()).expect("a model by the rule"));
    let mut runner = WindowRunner::new(Arc::clone(&model), Instructions::best(), 2);
    let mut session = WindowSession::new(model, NODES);
    runner.prefill(&mut session, &[30; 12], &[20; 12], 20).expect("a context");
    let mut logits = vec![0; NODES * 64];
    let mut not_reached = vec![0; ROOTS * NOT_REACHED];
    let mut horizons = vec![0; ROOTS * HORIZONS];
    move || {
        runner.append(&mut session, 33, 20, 20).expect("a move");
        for nodes in [0..NODES - 1, NODES - 1..NODES] {
            let outputs = PassOutputs {
                logits: &mut logits,
                not_reached: &mut not_reached,
                horizons: &mut horizons,
            };
            let session = &mut session;
            runner.pass(PassJob { session, trie, nodes, outputs }).expect("a pass");
        }
    }
}

fn draft(trie: Trie<'_>) -> impl FnMut() {
    let config = GruConfig { d: 48, context_moves: 12, side_inputs: 0 };
    let tensors = RandomTensors::gru(1, &config).with_durations(&config);
    let model = Arc::new(GruModel::new(config, &tensors.views()).expect("a model by the rule"));
    let mut session = GruSession::new(model, Instructions::best(), NODES);
    let mut logits = vec![0; NODES * 64];
    let mut not_reached = vec![0; ROOTS * NOT_REACHED];
    move || {
        session.append(33, 20, 20).expect("a move");
        session.pass(trie, 0..NODES, &mut logits, &mut not_reached).expect("a pass");
    }
}
