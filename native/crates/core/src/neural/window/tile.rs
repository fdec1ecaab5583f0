//! A tile: a few dozen rows on their way through the layers, on one thread at a time.
#![allow(unsafe_code)]

use super::super::aligned::Aligned;
use super::super::attention::{AttendingRow, GROUP, ROWS, WINDOW_MAX, attend};
use super::super::gemm::{Matrix, QuantisedRows, multiply};
use super::super::heads::{
    CHOICE_OUTPUTS, HORIZONS, NOT_REACHED, write_horizons, write_logits, write_not_reached,
};
use super::super::instructions::Instructions;
use super::super::quantise::{
    QuantisedOut, quantise_normed_rows, quantise_positive_rows, quantise_rows,
};
use super::model::{Layer, WindowModel};
use super::rows::Gathered;
use crate::TOKENS;

/// Rows of a tile at most: the weights of a layer are read once for all of them.
pub const TILE_ROWS: usize = 48;

/// What stays with the rows from phase to phase.
pub struct Tile {
    d: usize,
    /// `[row][d]`: the residual stream.
    x: Aligned<f32>,
    /// `[row][d]`: queries of the layer whose attention is next.
    query: Aligned<f32>,
    /// `[row][d]`: f of the law, bytes and scales.
    last: Aligned<u8>,
    last_scales: Vec<f32>,
    logits: Vec<[i32; TOKENS]>,
    /// Room for the outputs of a row's other heads.
    times: Aligned<f32>,
}

/// A thread's working memory, for one tile at a time.
pub struct Bench {
    /// Activations on their way into a product.
    bytes: Aligned<u8>,
    scales: Vec<f32>,
    /// What comes out of a product.
    y: Aligned<f32>,
    /// What attention gives.
    mixed: Aligned<f32>,
}

/// A bench put to use in a phase.
pub struct Work<'a> {
    bench: &'a mut Bench,
    instructions: Instructions,
    phase: usize,
}

impl Bench {
    pub fn new(model: &WindowModel) -> Self {
        let d = model.config.d;
        let inputs = d.max(model.config.feed_forward);
        let outputs = (3 * d).max(inputs).max(CHOICE_OUTPUTS);
        Self {
            bytes: Aligned::zeros(TILE_ROWS * inputs),
            scales: vec![0.0; TILE_ROWS],
            y: Aligned::zeros(TILE_ROWS * outputs),
            mixed: Aligned::zeros(TILE_ROWS * d),
        }
    }

    pub fn at(&mut self, instructions: Instructions, phase: usize) -> Work<'_> {
        Work { bench: self, instructions, phase }
    }
}

impl Work<'_> {
    /// Where `rows` rows of this width are quantised to.
    fn quantised(&mut self, rows: usize, width: usize) -> QuantisedOut<'_> {
        let Bench { bytes, scales, .. } = &mut *self.bench;
        QuantisedOut { width, bytes: &mut bytes[..rows * width], scales: &mut scales[..rows] }
    }

    /// The product of the rows quantised last.
    fn product(&mut self, rows: usize, width: usize, matrix: &Matrix) -> &[f32] {
        let Bench { bytes, scales, y, .. } = &mut *self.bench;
        let input = QuantisedRows { width, bytes: &bytes[..rows * width], scales: &scales[..rows] };
        let y = &mut y[..rows * matrix.outputs()];
        multiply(self.instructions, input, matrix, y);
        y
    }
}

impl Tile {
    pub fn new(model: &WindowModel) -> Self {
        let d = model.config.d;
        let outputs = model.duration.outputs().max(model.horizon.outputs());
        Self {
            d,
            x: Aligned::zeros(TILE_ROWS * d),
            query: Aligned::zeros(TILE_ROWS * d),
            last: Aligned::zeros(TILE_ROWS * d),
            last_scales: vec![0.0; TILE_ROWS],
            logits: vec![[0; TOKENS]; TILE_ROWS],
            times: Aligned::zeros(outputs),
        }
    }

    /// The log-probabilities of a row, once all phases are through.
    pub fn logits(&self, row: usize) -> &[i32; TOKENS] {
        &self.logits[row]
    }

    /// Takes the rows through a phase.
    ///
    /// # Safety
    /// The caches of the rows are borrowed; nobody else writes the slots the rows read, or uses
    /// the slots they own, in the layers of this phase.
    pub unsafe fn advance(&mut self, model: &WindowModel, rows: Gathered, work: &mut Work) {
        // SAFETY, below: as asked of the caller.
        let phase = work.phase;
        match phase.checked_sub(1) {
            None => {
                for (row, x) in rows.rows.iter().zip(self.x.chunks_exact_mut(self.d)) {
                    let side = row.side.map(|slot| &unsafe { row.slots.row(0, slot) }[..self.d]);
                    model.tables.write(row.pair, side, x);
                }
            }
            Some(layer) => {
                unsafe { self.attention(&model.layers[layer], layer, rows, work) };
                self.feed_forward(&model.layers[layer], rows.rows.len(), work);
            }
        }
        match model.layers.get(phase) {
            Some(layer) => unsafe { self.queries(layer, phase, rows, work) },
            None => self.choice(model, rows.rows.len(), work),
        }
    }

    /// # Safety
    /// As for `advance`.
    unsafe fn queries(&mut self, layer: &Layer, index: usize, rows: Gathered, work: &mut Work) {
        let (count, d) = (rows.rows.len(), self.d);
        let instructions = work.instructions;
        let out = work.quantised(count, d);
        quantise_normed_rows(instructions, &self.x[..count * d], &layer.norm1, out);
        let y = work.product(count, d, &layer.qkv);
        for (row, (y, query)) in
            y.chunks_exact(3 * d).zip(self.query.chunks_exact_mut(d)).enumerate()
        {
            query.copy_from_slice(&y[..d]);
            let own = rows.sources(row)[0];
            // SAFETY: as asked of the caller.
            let keys_values = unsafe { rows.rows[row].slots.row_mut(index, own) };
            keys_values.copy_from_slice(&y[d..]);
        }
    }

    /// # Safety
    /// As for `advance`.
    unsafe fn attention(&mut self, layer: &Layer, index: usize, rows: Gathered, work: &mut Work) {
        let (count, d) = (rows.rows.len(), self.d);
        let mixed = &mut work.bench.mixed[..count * d];
        for (group, mixed) in mixed.chunks_mut(ROWS * d).enumerate() {
            let group = group * ROWS..group * ROWS + mixed.len() / d;
            let mut sources: [[[&[f32]; GROUP]; WINDOW_MAX / GROUP]; ROWS] =
                [[[&[]; GROUP]; WINDOW_MAX / GROUP]; ROWS];
            for (row, sources) in group.clone().zip(&mut sources) {
                let slots = rows.sources(row).iter().rev();
                // The last, the row's own, fills its group up.
                let padding = std::iter::repeat(&rows.sources(row)[0]);
                let padded = rows.sources(row).len().next_multiple_of(GROUP);
                let slots = slots.chain(padding).take(padded);
                for (source, &slot) in sources.as_flattened_mut().iter_mut().zip(slots) {
                    // SAFETY: as asked of the caller.
                    *source = unsafe { rows.rows[row].slots.row(index, slot) };
                }
            }
            let attending: [AttendingRow; ROWS] = std::array::from_fn(|place| {
                // A group that is not full is filled up with its first row, and cut below.
                let place = if place < group.len() { place } else { 0 };
                let row = group.start + place;
                let count = rows.sources(row).len();
                AttendingRow {
                    query: &self.query[row * d..][..d],
                    count,
                    sources: &sources[place][..count.div_ceil(GROUP)],
                }
            });
            attend(work.instructions, &layer.attention, &attending[..group.len()], mixed);
        }
        let Bench { bytes, scales, mixed, .. } = &mut *work.bench;
        let out =
            QuantisedOut { width: d, bytes: &mut bytes[..count * d], scales: &mut scales[..count] };
        quantise_rows(work.instructions, &mixed[..count * d], out);
        add(&mut self.x, work.product(count, d, &layer.out));
    }

    fn feed_forward(&mut self, layer: &Layer, count: usize, work: &mut Work) {
        let (d, hidden) = (self.d, layer.up.outputs());
        let instructions = work.instructions;
        let out = work.quantised(count, d);
        quantise_normed_rows(instructions, &self.x[..count * d], &layer.norm2, out);
        work.product(count, d, &layer.up);
        let Bench { bytes, scales, y, .. } = &mut *work.bench;
        let bytes = &mut bytes[..count * hidden];
        let out = QuantisedOut { width: hidden, bytes, scales: &mut scales[..count] };
        quantise_positive_rows(instructions, &y[..count * hidden], out);
        add(&mut self.x, work.product(count, hidden, &layer.down));
    }

    fn choice(&mut self, model: &WindowModel, count: usize, work: &mut Work) {
        let d = self.d;
        let Self { x, last, last_scales, .. } = self;
        let (last, last_scales) = (&mut last[..count * d], &mut last_scales[..count]);
        let out = QuantisedOut { width: d, bytes: last, scales: last_scales };
        quantise_normed_rows(work.instructions, &x[..count * d], &model.norm, out);
        let input = QuantisedRows { width: d, bytes: last, scales: last_scales };
        let y = &mut work.bench.y[..count * CHOICE_OUTPUTS];
        multiply(work.instructions, input, &model.choice, y);
        for (outputs, logits) in y.as_chunks().0.iter().zip(&mut self.logits) {
            write_logits(work.instructions, outputs, logits);
        }
    }

    /// Writes what a row says of times and long horizons, once all phases are through.
    pub fn write_times(
        &mut self,
        model: &WindowModel,
        instructions: Instructions,
        row: usize,
        (not_reached, horizons): (&mut [i32; NOT_REACHED], &mut [i32; HORIZONS]),
    ) {
        let d = self.d;
        let input = QuantisedRows {
            width: d,
            bytes: &self.last[row * d..][..d],
            scales: &self.last_scales[row..=row],
        };
        multiply(instructions, input, &model.duration, &mut self.times);
        write_not_reached(instructions, &self.times, not_reached);
        multiply(instructions, input, &model.horizon, &mut self.times);
        write_horizons(instructions, &self.times, horizons);
    }
}

/// x + y, element by element.
fn add(x: &mut [f32], y: &[f32]) {
    for (x, y) in x.iter_mut().zip(y) {
        *x += y;
    }
}
