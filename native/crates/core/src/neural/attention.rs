//! Windowed attention of one row over the keys and values it reads (docs/law.md, 11.9).

use super::float::{blocks, blocks_mut, exp};
use super::instructions::kernel;
use super::lanes::{Block, LANES, Lanes};

/// Positions the widest window reads.
pub const WINDOW_MAX: usize = 64;
/// Heads of the widest model.
pub const HEADS_MAX: usize = 32;

/// Keys are scored in groups, so that the sums of a group share their last steps.
const GROUP: usize = 8;

/// The shape of a layer's attention and its bias.
pub struct AttentionLayer {
    /// Values of a head.
    pub head_width: usize,
    /// The single nearest to 1 / sqrt(head width).
    pub root: f32,
    /// By head: bias of distance `window - 1` down to 0, then room for a block.
    bias: Vec<f32>,
    window: usize,
    heads: usize,
}

impl AttentionLayer {
    /// `bias` is `[heads][window]`, by distance from 0 on.
    pub fn new(heads: usize, head_width: usize, window: usize, bias: &[f32]) -> Self {
        let mut reversed = vec![0.0; heads * (window + LANES)];
        let rows = reversed.chunks_exact_mut(window + LANES);
        for (row, bias) in rows.zip(bias.chunks_exact(window)) {
            for (out, value) in row.iter_mut().zip(bias.iter().rev()) {
                *out = *value;
            }
        }
        let root = (1.0 / (head_width as f64).sqrt()) as f32;
        Self { head_width, root, bias: reversed, window, heads }
    }

    /// Biases of a head for the oldest of `count` positions on.
    #[inline(always)]
    fn bias(&self, head: usize, count: usize) -> &[f32] {
        &self.bias[(head + 1) * (self.window + LANES) - LANES - count..]
    }
}

kernel! {
    /// Writes the attention's output. `sources` are the keys, then values, of each position read,
    /// the oldest first and the row itself last, at most the window and at least one.
    pub fn attend(
        layer: &AttentionLayer,
        query: &[f32],
        sources: &[&[f32]],
        output: &mut [f32],
    ) = attend_heads;
}

/// Weights of the positions, room for whole blocks: `[head][position]`.
type Weights = [[Block; WINDOW_MAX / LANES]; HEADS_MAX];

#[inline(always)]
fn attend_heads<L: Lanes>(
    layer: &AttentionLayer,
    query: &[f32],
    sources: &[&[f32]],
    output: &mut [f32],
) {
    let count = sources.len();
    let used = count.div_ceil(LANES);
    let mut weights: Weights = [[[0.0; LANES]; WINDOW_MAX / LANES]; HEADS_MAX];
    for (head, weights) in weights[..layer.heads].iter_mut().enumerate() {
        let weights = &mut weights[..used];
        score::<L>(layer, [head, head * layer.head_width], query, sources, weights);
    }
    let mut totals = [0.0_f32; HEADS_MAX];
    for position in 0..count {
        for (total, weights) in totals[..layer.heads].iter_mut().zip(&weights) {
            *total += weights.as_flattened()[position];
        }
    }
    for (head, weights) in weights[..layer.heads].iter_mut().enumerate() {
        let total = L::splat(totals[head]);
        for block in &mut weights[..used] {
            L::load(block).div(total).store(block);
        }
        let start = head * layer.head_width;
        let output = &mut output[start..start + layer.head_width];
        mix::<L>(&weights.as_flattened()[..count], sources, query.len() + start, output);
    }
}

/// Writes exp(score - the greatest score) of each position; what is beyond them is of no meaning.
#[inline(always)]
fn score<L: Lanes>(
    layer: &AttentionLayer,
    [head, start]: [usize; 2],
    query: &[f32],
    sources: &[&[f32]],
    scores: &mut [Block],
) {
    let count = sources.len();
    let query = blocks(&query[start..start + layer.head_width]);
    for (group, out) in scores.as_flattened_mut().as_chunks_mut::<GROUP>().0.iter_mut().enumerate()
    {
        let first = group * GROUP;
        if first >= count {
            break;
        }
        // Beyond the last position its keys are scored again.
        let keys: [&[Block]; GROUP] = std::array::from_fn(|index| {
            let source = sources[(first + index).min(count - 1)];
            blocks(&source[start..start + layer.head_width])
        });
        let mut lanes = [L::splat(0.0); GROUP];
        for (index, q) in query.iter().enumerate() {
            let q = L::load(q);
            for (lanes, keys) in lanes.iter_mut().zip(keys) {
                *lanes = lanes.add(q.mul(L::load(&keys[index])));
            }
        }
        *out = L::fold_eight(lanes);
    }
    let bias = layer.bias(head, count);
    for (block, bias) in scores.iter_mut().zip(bias.as_chunks::<LANES>().0) {
        L::load(block).mul(L::splat(layer.root)).add(L::load(bias)).store(block);
    }
    let flat = scores.as_flattened_mut();
    let last = flat[count - 1];
    flat[count..].fill(last);
    let mut most = L::load(&scores[0]);
    for block in &scores[1..] {
        most = most.max(L::load(block));
    }
    let most = L::splat(most.highest());
    for block in scores {
        exp(L::load(block).sub(most)).store(block);
    }
}

/// Adds up the values of the positions by their weights, the oldest first.
#[inline(always)]
fn mix<L: Lanes>(weights: &[f32], sources: &[&[f32]], start: usize, output: &mut [f32]) {
    for (index, out) in blocks_mut(output).iter_mut().enumerate() {
        let at = start + index * LANES;
        let mut sum = L::splat(0.0);
        for (&weight, source) in weights.iter().zip(sources) {
            let values: &[f32] = &source[at..at + LANES];
            let values: &Block = values.try_into().expect("a block");
            sum = sum.add(L::splat(weight).mul(L::load(values)));
        }
        sum.store(out);
    }
}
