//! Windowed attention of one row over the keys and values it reads (docs/law.md, 11.9).

use super::cache::LayerSlots;
use super::float::exp;
use super::instructions::kernel;
use super::lanes::{Block, LANES, Lanes};

/// Positions the widest window reads.
pub const WINDOW_MAX: usize = 64;
/// Heads of the widest model.
pub const HEADS_MAX: usize = 32;

/// Keys are scored in groups, so that the sums of a group share their last steps.
pub const GROUP: usize = 8;

/// The shape of a layer's attention and its bias.
pub struct AttentionLayer {
    /// Values of a head.
    pub head_width: usize,
    /// The single nearest to 1 / sqrt(head width).
    pub root: f32,
    /// By head: bias of distance `window - 1` down to 0, then `BEYOND` for a block.
    bias: Vec<f32>,
    window: usize,
    heads: usize,
}

impl AttentionLayer {
    /// `bias` is `[heads][window]`, by distance from 0 on.
    pub fn new(heads: usize, head_width: usize, window: usize, bias: &[f32]) -> Self {
        let mut reversed = vec![BEYOND; heads * (window + LANES)];
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

/// Rows that attend together: head by head they read much the same keys and values, which then
/// come from the first-level cache, and the long chains of additions of several rows overlap.
pub const ROWS: usize = 8;

/// A row that attends.
#[derive(Clone, Copy)]
pub struct AttendingRow<'a> {
    /// d values.
    pub query: &'a [f32],
    /// Positions read, at least one and at most the window.
    pub count: usize,
    /// The keys and values of its layer.
    pub slots: LayerSlots<'a>,
    /// The slot of each position read, the oldest first and the row itself last; the last again
    /// and again up to a whole group of 8.
    pub sources: &'a [[usize; GROUP]],
}

/// Blocks of positions the widest window needs.
const BLOCKS_MAX: usize = WINDOW_MAX / LANES;

/// A number for each position, on cache lines of its own.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Positions([Block; BLOCKS_MAX]);

/// The bias of what is beyond the last position: its score is never the greatest.
const BEYOND: f32 = -1e38;

kernel! {
    /// Writes the attention's output of up to `ROWS` rows: `output[row][d]`.
    pub fn attend(layer: &AttentionLayer, rows: &[AttendingRow], output: &mut [f32]) = attend_sized;
}

#[inline(always)]
fn attend_sized<L: Lanes>(layer: &AttentionLayer, rows: &[AttendingRow], output: &mut [f32]) {
    match layer.head_width / LANES {
        1 => attend_heads::<L, 1>(layer, rows, output),
        2 => attend_heads::<L, 2>(layer, rows, output),
        4 => attend_heads::<L, 4>(layer, rows, output),
        8 => attend_heads::<L, 8>(layer, rows, output),
        width => unreachable!("head width {width} * 16 was refused with the config"),
    }
}

/// For heads of W blocks.
#[inline(always)]
fn attend_heads<L: Lanes, const W: usize>(
    layer: &AttentionLayer,
    rows: &[AttendingRow],
    output: &mut [f32],
) {
    let d = layer.heads * W * LANES;
    let longest = rows.iter().map(|row| row.count).max().unwrap_or(0);
    let mut weights = [Positions([[0.0; LANES]; BLOCKS_MAX]); ROWS];
    for head in 0..layer.heads {
        for (row, weights) in rows.iter().zip(&mut weights) {
            score::<L, W>(layer, head, row, &mut weights.0);
            // Zeros at the end change no sum, so all rows may be as long as the longest.
            weights.0[row.count.div_ceil(LANES)..longest.div_ceil(LANES)].fill([0.0; LANES]);
        }
        let mut totals = [0.0; ROWS];
        for position in 0..longest {
            for (total, weights) in totals.iter_mut().zip(&weights) {
                *total += weights.0.as_flattened()[position];
            }
        }
        for ((row, weights), &total) in rows.iter().zip(&mut weights).zip(&totals) {
            let total = L::splat(total);
            for block in &mut weights.0[..row.count.div_ceil(LANES)] {
                L::load(block).div(total).store(block);
            }
        }
        let mut outputs = output.chunks_exact_mut(d).map(|row| &mut row[head * W * LANES..]);
        for (rows, shares) in rows.chunks(2).zip(weights.chunks(2)) {
            let start = d + head * W * LANES;
            match rows {
                [one, two] if one.count == two.count => {
                    for sums in mix::<L, W, 2>([one, two], [&shares[0], &shares[1]], start) {
                        store(sums, outputs.next());
                    }
                }
                _ => {
                    for (row, shares) in rows.iter().zip(shares) {
                        let [sums] = mix::<L, W, 1>([row], [shares], start);
                        store(sums, outputs.next());
                    }
                }
            }
        }
    }
}

#[inline(always)]
fn store<L: Lanes, const W: usize>(sums: [L; W], output: Option<&mut [f32]>) {
    let output = output.expect("an output for each row");
    for (out, sum) in output.as_chunks_mut().0.iter_mut().zip(sums) {
        sum.store(out);
    }
}

/// The W blocks of a row from a place on.
#[inline(always)]
fn head_of<const W: usize>(row: &[f32], start: usize) -> &[Block; W] {
    row[start..].as_chunks().0.first_chunk().expect("a row holds all heads")
}

/// Writes exp(score - the greatest score) of each position, and 0 up to a whole block.
#[inline(always)]
fn score<L: Lanes, const W: usize>(
    layer: &AttentionLayer,
    head: usize,
    row: &AttendingRow,
    scores: &mut [Block; BLOCKS_MAX],
) {
    let start = head * W * LANES;
    let mut query = [L::splat(0.0); W];
    for (lanes, block) in query.iter_mut().zip(head_of::<W>(row.query, start)) {
        *lanes = L::load(block);
    }
    let root = L::splat(layer.root);
    let bias = layer.bias(head, row.count).as_chunks::<LANES>().0;
    let scores = &mut scores[..row.count.div_ceil(LANES)];
    let mut most = L::splat(BEYOND);
    for ((groups, block), bias) in row.sources.chunks(2).zip(&mut *scores).zip(bias) {
        let low = L::fold_eight(products(&query, row.slots, &groups[0], start));
        let high = match groups.get(1) {
            Some(group) => L::fold_eight(products(&query, row.slots, group, start)),
            None => low,
        };
        let score = L::join(low, high).mul(root).add(L::load(bias));
        most = most.max(score);
        score.store(block);
    }
    let most = L::splat(most.highest());
    let (zero, least) = (L::splat(0.0), L::splat(BEYOND / 2.0));
    for block in scores {
        // Not even the least exponential beyond: divided, it would be subnormal, and slow.
        let score = L::load(block);
        score.select_greater(least, exp(score.sub(most)), zero).store(block);
    }
}

/// The lanes of query * key of each position of a group.
#[inline(always)]
fn products<L: Lanes, const W: usize>(
    query: &[L; W],
    slots: LayerSlots,
    group: &[usize; GROUP],
    start: usize,
) -> [L; GROUP] {
    let mut sums = [L::splat(0.0); GROUP];
    for (sum, &slot) in sums.iter_mut().zip(group) {
        let keys = head_of::<W>(slots.row(slot), start);
        // The law adds the first product to 0. Left out, it can turn a score of 0 into -0, which
        // the exponential makes 1 all the same.
        *sum = query[0].mul(L::load(&keys[0]));
        for block in 1..W {
            *sum = sum.add(query[block].mul(L::load(&keys[block])));
        }
    }
    sums
}

/// Adds up the values of the positions by their shares, the oldest first, for R rows of as many
/// positions: what one waits for the sum before, another adds.
#[inline(always)]
fn mix<L: Lanes, const W: usize, const R: usize>(
    rows: [&AttendingRow; R],
    shares: [&Positions; R],
    start: usize,
) -> [[L; W]; R] {
    let mut sums = [[L::splat(0.0); W]; R];
    for position in 0..rows[0].count {
        for ((sums, row), shares) in sums.iter_mut().zip(rows).zip(shares) {
            let share = L::splat(shares.0.as_flattened()[position]);
            let values = head_of::<W>(row.slots.row(row.sources.as_flattened()[position]), start);
            for (sum, values) in sums.iter_mut().zip(values) {
                *sum = sum.add(share.mul(L::load(values)));
            }
        }
    }
    sums
}
