//! The heads: from the last activations to log-probabilities in Q16 (docs/law.md, 11.11).
//!
//! The linear of the choice is packed so that its groups lie side by side in lanes, and a step of
//! each group's sum is one addition of blocks:
//!
//! ```text
//!            lane 0        ...  lane 7        lane 8     lanes 9..15
//!  block 0   fine (0, 0)   ...  fine (7, 0)   coarse 0   nothing
//!  ...
//!  block 7   fine (0, 7)   ...  fine (7, 7)   coarse 7   nothing
//! ```

use super::error::NeuralError;
use super::float::{blocks, blocks_mut, exp, ln, sigmoid};
use super::gemm::Matrix;
use super::instructions::kernel;
use super::lanes::{Block, LANES, Lanes};
use super::weights::Weights;
use crate::TOKENS;

/// Coarse parts of a token, and fine parts of each.
const PARTS: usize = 8;
/// Outputs of the packed linear of the choice.
pub const CHOICE_OUTPUTS: usize = PARTS * LANES;
/// *not reached* of 1 to 32 moves by 3 horizons: `[moves - 1][0.1 s, 1 s, 10 s]`.
pub const NOT_REACHED: usize = 32 * 3;
/// Log-probabilities of two long horizons: `[1 s, 10 s][64 tokens, not at all]`.
pub const HORIZONS: usize = 2 * HORIZON;
const HORIZON: usize = TOKENS + 1;
/// Single room for a long horizon, whole blocks.
const HORIZON_BLOCKS: usize = HORIZON.div_ceil(LANES);

const Q16: f32 = 65_536.0;
/// Log-probabilities are cut off here: -2^30.
const LEAST: f32 = -1_073_741_824.0;

/// Takes the linear of the choice, packed by groups.
pub(super) fn take_choice(weights: &mut Weights, inputs: usize) -> Result<Matrix, NeuralError> {
    let order: Vec<Option<usize>> = (0..CHOICE_OUTPUTS)
        .map(|output| match (output / LANES, output % LANES) {
            (part, group @ 0..PARTS) => Some(PARTS + group * PARTS + part),
            (part, PARTS) => Some(part),
            _ => None,
        })
        .collect();
    weights.linear_in_order("head", [PARTS + TOKENS, inputs], &order)
}

kernel! {
    /// Turns the outputs of the linear of the choice into log-probabilities of the 64 tokens.
    pub fn write_logits(outputs: &[f32; CHOICE_OUTPUTS], logits: &mut [i32; TOKENS]) = choice;
}

kernel! {
    /// Turns outputs into probabilities in Q16, at most 65,535.
    pub fn write_not_reached(outputs: &[f32], not_reached: &mut [i32; NOT_REACHED]) = durations;
}

kernel! {
    /// Turns outputs into log-probabilities of both long horizons.
    pub fn write_horizons(outputs: &[f32], horizons: &mut [i32; HORIZONS]) = both_horizons;
}

#[inline(always)]
fn choice<L: Lanes>(outputs: &[f32; CHOICE_OUTPUTS], logits: &mut [i32; TOKENS]) {
    let mut x = [L::splat(0.0); PARTS];
    for (part, block) in x.iter_mut().zip(blocks(outputs)) {
        *part = L::load(block);
    }
    let mut m = x[0];
    for part in &x[1..] {
        m = m.max(*part);
    }
    let mut z = exp(x[0].sub(m));
    for part in &x[1..] {
        z = z.add(exp(part.sub(m)));
    }
    let lse = m.add(ln(z));
    let mut coarse = [0.0; LANES];
    for (part, value) in x.iter_mut().enumerate() {
        *value = value.sub(lse);
        let mut lanes = [0.0; LANES];
        value.store(&mut lanes);
        coarse[part] = lanes[PARTS];
    }
    let coarse = L::load(&coarse);
    for (part, value) in x.iter().enumerate() {
        let mut integers = [0; LANES];
        nats_q16(coarse.add(*value)).store_nearest(&mut integers);
        for group in 0..PARTS {
            logits[group * PARTS + part] = integers[group];
        }
    }
}

#[inline(always)]
fn nats_q16<L: Lanes>(x: L) -> L {
    x.mul(L::splat(Q16)).max(L::splat(LEAST))
}

#[inline(always)]
fn durations<L: Lanes>(outputs: &[f32], not_reached: &mut [i32; NOT_REACHED]) {
    let most = L::splat(Q16 - 1.0);
    let rows = not_reached.as_chunks_mut().0;
    for (block, integers) in blocks(&outputs[..NOT_REACHED]).iter().zip(rows) {
        let probability = sigmoid(L::load(block)).mul(L::splat(Q16));
        probability.min(most).store_nearest(integers);
    }
}

#[inline(always)]
fn both_horizons<L: Lanes>(outputs: &[f32], horizons: &mut [i32; HORIZONS]) {
    for (x, out) in outputs.chunks_exact(HORIZON).zip(horizons.chunks_exact_mut(HORIZON)) {
        horizon::<L>(x, out);
    }
}

#[inline(always)]
fn horizon<L: Lanes>(x: &[f32], out: &mut [i32]) {
    let m = x.iter().fold(f32::NEG_INFINITY, |a, &b| if a > b { a } else { b });
    let mut row = [m; HORIZON_BLOCKS * LANES];
    row[..HORIZON].copy_from_slice(x);
    let mut weights: [Block; HORIZON_BLOCKS] = [[0.0; LANES]; HORIZON_BLOCKS];
    for (block, weight) in blocks(&row).iter().zip(&mut weights) {
        exp(L::load(block).sub(L::splat(m))).store(weight);
    }
    let z = weights.as_flattened()[..HORIZON].iter().fold(0.0, |sum, weight| sum + weight);
    let mut lse = [0.0; LANES];
    L::splat(m).add(ln(L::splat(z))).store(&mut lse);
    for block in blocks_mut(&mut row) {
        let value = nats_q16(L::load(block).sub(L::splat(lse[0])));
        value.store(block);
    }
    let mut integers = [[0; LANES]; HORIZON_BLOCKS];
    for (block, integers) in blocks(&row).iter().zip(&mut integers) {
        L::load(block).store_nearest(integers);
    }
    out.copy_from_slice(&integers.as_flattened()[..HORIZON]);
}
