//! The golden vectors of the neural kernels, as docs/law.md prints them.

use std::sync::Arc;

use outrider_core::neural::{
    GruConfig, GruModel, GruSession, HORIZONS, Instructions, NOT_REACHED, PassJob, PassOutputs,
    ROOTS, RandomTensors, Trie, WindowConfig, WindowModel, WindowRunner, WindowSession,
};
use sha2::{Digest, Sha256};

const LAW: &str = include_str!("../../../../docs/law.md");

const SEED: u32 = 1;
const CONTEXT_MOVES: usize = 5;
const WINDOW: WindowConfig = WindowConfig {
    d: 64,
    layers: 2,
    heads: 2,
    window: 3,
    context_moves: CONTEXT_MOVES,
    feed_forward: 80,
    side_inputs: 0,
};
const GRU: GruConfig = GruConfig { d: 48, context_moves: CONTEXT_MOVES, side_inputs: 0 };
/// Of the models that take some.
const SIDE_INPUTS: [i16; 3] = [-700, 255, 96];

const TOKENS: [u8; 7] = [30, 13, 32, 32, 31, 33, 31];
const CODES: [u8; 7] = [16, 15, 16, 15, 15, 15, 15];
const NEXT_CODE: u8 = 15;
const NODES: usize = 6;
const TRIE: Trie<'static> = Trie {
    parent: &[-1, 0, 0, 1, 3, 4],
    token: &[0, 32, 10, 10, 63, 30],
    token_code: &[0, 15, 15, 15, 15, 18],
    code: &[15, 15, 15, 15, 18, 18],
};
/// Nodes 0, 1 and 2 are the present and two branches.
const ROOT_ROWS: [usize; 3] = [0, 1 + 32, 1 + 10];

#[test]
fn the_target_says_what_the_law_prints_or_other_readers_would_say_otherwise() {
    let TargetRows { logits, not_reached, horizons } = target_rows(WINDOW, &[]);
    expect_in_law(&format!(
        "  \"window\": {{\n    \"seed\": {SEED},\n{}{}{}{}\
         \x20   \"sha256\": {{\n      {},\n      {},\n      {}\n    }}\n  }}",
        window_config(&WINDOW),
        rows("logits", &logits[5 * 64..]),
        rows("notReached", &not_reached[..24]),
        rows("horizons", &horizons[..HORIZONS]),
        sha256("logits", &logits),
        sha256("notReached", &not_reached),
        sha256("horizons", &horizons),
    ));
}

#[test]
fn the_target_says_what_the_law_prints_under_side_inputs() {
    let config = WindowConfig { side_inputs: SIDE_INPUTS.len(), ..WINDOW };
    let TargetRows { logits, not_reached, horizons } = target_rows(config, &SIDE_INPUTS);
    expect_in_law(&format!(
        "  \"windowSide\": {{\n    \"seed\": {SEED},\n{}    \"sideInputs\": {SIDE_INPUTS:?},\n{}\
         \x20   \"sha256\": {{\n      {},\n      {},\n      {}\n    }}\n  }}",
        window_config(&config),
        rows("logits", &logits[5 * 64..]),
        sha256("logits", &logits),
        sha256("notReached", &not_reached),
        sha256("horizons", &horizons),
    ));
}

/// All nodes' logits; of the roots, what they say of times.
struct TargetRows {
    logits: Vec<i32>,
    not_reached: Vec<i32>,
    horizons: Vec<i32>,
}

fn target_rows(config: WindowConfig, side_inputs: &[i16]) -> TargetRows {
    let tensors = RandomTensors::window(SEED, &config);
    let model = Arc::new(WindowModel::new(config, &tensors.views()).expect("a model by the rule"));
    let mut runner = WindowRunner::new(Arc::clone(&model), Instructions::best(), 1);
    let mut session = WindowSession::new(model, NODES);
    session.set_side_inputs(side_inputs).expect("side inputs");
    let (first, next) = (CONTEXT_MOVES, CODES[CONTEXT_MOVES]);
    runner.prefill(&mut session, &TOKENS[..first], &CODES[..first], next).expect("a context");
    for (token, code, next_code) in appended() {
        runner.append(&mut session, token, code, next_code).expect("a move");
    }
    let mut logits = vec![0; NODES * 64];
    let mut not_reached = vec![0; ROOTS * NOT_REACHED];
    let mut horizons = vec![0; ROOTS * HORIZONS];
    let outputs =
        PassOutputs { logits: &mut logits, not_reached: &mut not_reached, horizons: &mut horizons };
    let session = &mut session;
    runner.pass(PassJob { session, trie: TRIE, nodes: 0..NODES, outputs }).expect("a pass");
    let not_reached = root_rows(&not_reached, NOT_REACHED);
    let horizons = root_rows(&horizons, HORIZONS);
    TargetRows { logits, not_reached, horizons }
}

fn window_config(config: &WindowConfig) -> String {
    let WindowConfig { d, layers, heads, window, context_moves, feed_forward, side_inputs } =
        *config;
    let sizes = format!("\"d\": {d}, \"layers\": {layers}, \"heads\": {heads}");
    let reach = format!("\"window\": {window}, \"contextMoves\": {context_moves}");
    let side = side_config(side_inputs);
    format!("    \"config\": {{{sizes}, {reach}, \"feedForward\": {feed_forward}{side}}},\n")
}

/// A model without side inputs does not speak of them.
fn side_config(side_inputs: usize) -> String {
    if side_inputs == 0 { String::new() } else { format!(", \"sideInputs\": {side_inputs}") }
}

#[test]
fn the_draft_says_what_the_law_prints() {
    let (logits, _) = draft_rows(GRU, &[]);
    expect_in_law(&format!(
        "  \"gru\": {{\n    \"seed\": {SEED},\n{}{}    \"sha256\": {{{}}}\n  }}",
        gru_config(&GRU),
        rows("logits", &logits[5 * 64..]),
        sha256("logits", &logits),
    ));
}

#[test]
fn the_draft_says_what_the_law_prints_under_side_inputs() {
    let config = GruConfig { side_inputs: SIDE_INPUTS.len(), ..GRU };
    let (logits, _) = draft_rows(config, &SIDE_INPUTS);
    expect_in_law(&format!(
        "  \"gruSide\": {{\n    \"seed\": {SEED},\n{}    \"sideInputs\": {SIDE_INPUTS:?},\n{}    \
         \"sha256\": {{{}}}\n  }}",
        gru_config(&config),
        rows("logits", &logits[5 * 64..]),
        sha256("logits", &logits),
    ));
}

#[test]
fn the_draft_foresees_what_the_law_prints() {
    let (_, not_reached) = draft_rows(GRU, &[]);
    expect_in_law(&format!(
        "  \"gruDurations\": {{\n    \"seed\": {SEED},\n{}{}    \"sha256\": {{{}}}\n  }}",
        gru_config(&GRU),
        rows("notReached", &not_reached[..24]),
        sha256("notReached", &not_reached),
    ));
}

fn gru_config(config: &GruConfig) -> String {
    let GruConfig { d, context_moves, side_inputs } = *config;
    let side = side_config(side_inputs);
    format!("    \"config\": {{\"d\": {d}, \"contextMoves\": {context_moves}{side}}},\n")
}

/// All nodes' logits, and what the roots say of times. The head of durations is the last tensor, so
/// the logits are those of a draft without it.
fn draft_rows(config: GruConfig, side_inputs: &[i16]) -> (Vec<i32>, Vec<i32>) {
    let tensors = RandomTensors::gru(SEED, &config).with_durations(&config);
    let model = Arc::new(GruModel::new(config, &tensors.views()).expect("a model by the rule"));
    let mut session = GruSession::new(model, Instructions::best(), NODES);
    session.set_side_inputs(side_inputs).expect("side inputs");
    let (first, next) = (CONTEXT_MOVES, CODES[CONTEXT_MOVES]);
    session.prefill(&TOKENS[..first], &CODES[..first], next).expect("a context");
    for (token, code, next_code) in appended() {
        session.append(token, code, next_code).expect("a move");
    }
    let mut logits = vec![0; NODES * 64];
    let mut not_reached = vec![0; ROOTS * NOT_REACHED];
    session.pass(TRIE, 0..NODES, &mut logits, &mut not_reached).expect("a pass");
    (logits, root_rows(&not_reached, NOT_REACHED))
}

#[test]
fn the_context_and_the_trie_are_those_of_the_law() {
    let Trie { parent, token, token_code, code } = TRIE;
    expect_in_law(&format!(
        "    \"tokens\": {TOKENS:?}, \"codes\": {CODES:?}, \"nextCode\": {NEXT_CODE},\n    \
         \"parent\": {parent:?}, \"token\": {token:?},\n    \
         \"tokenCode\": {token_code:?}, \"code\": {code:?}"
    ));
}

/// What follows the first `CONTEXT_MOVES` pairs: token, code, next code.
fn appended() -> impl Iterator<Item = (u8, u8, u8)> {
    let next_codes = CODES.into_iter().skip(1).chain([NEXT_CODE]);
    let pairs = TOKENS.into_iter().zip(CODES).zip(next_codes);
    pairs.map(|((token, code), next)| (token, code, next)).skip(CONTEXT_MOVES)
}

fn root_rows(values: &[i32], width: usize) -> Vec<i32> {
    ROOT_ROWS.iter().flat_map(|root| &values[root * width..][..width]).copied().collect()
}

/// A named list, twelve numbers a line.
fn rows(name: &str, values: &[i32]) -> String {
    let lines: Vec<String> = values
        .chunks(12)
        .map(|line| line.iter().map(i32::to_string).collect::<Vec<_>>().join(", "))
        .collect();
    format!("    \"{name}\": [\n      {}\n    ],\n", lines.join(",\n      "))
}

/// A named hash.
fn sha256(name: &str, values: &[i32]) -> String {
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    let hex: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\"{name}\": \"{hex}\"")
}

fn expect_in_law(text: &str) {
    assert!(LAW.contains(text), "docs/law.md does not print\n{text}");
}
