//! A tile on its way through the layers: a few dozen rows, on one thread.
#![allow(unsafe_code)]

use super::super::aligned::Aligned;
use super::super::attention::{AttendingRow, ROWS, attend};
use super::super::gemm::{Matrix, QuantisedRows, multiply};
use super::super::heads::{
    CHOICE_OUTPUTS, HORIZONS, NOT_REACHED, write_horizons, write_logits, write_not_reached,
};
use super::super::instructions::Instructions;
use super::super::quantise::{
    QuantisedOut, quantise_normed_rows, quantise_positive_rows, quantise_rows,
};
use super::model::{Layer, WindowModel};
use super::plan::TILE_ROWS;
use super::rows::Gathered;
use crate::TOKENS;

/// What a tile leaves behind.
pub struct Results {
    d: usize,
    /// `[row][d]`: f of the law, bytes and scales.
    last: Aligned<u8>,
    last_scales: Vec<f32>,
    logits: Vec<[i32; TOKENS]>,
    /// Room for the outputs of a row's other heads.
    times: Aligned<f32>,
}

/// A thread's working memory, for one tile at a time.
pub struct Bench {
    instructions: Instructions,
    d: usize,
    /// `[row][d]`: the residual stream.
    x: Aligned<f32>,
    /// Activations on their way into a product.
    bytes: Aligned<u8>,
    scales: Vec<f32>,
    /// What comes out of a product.
    y: Aligned<f32>,
    /// What attention gives.
    mixed: Aligned<f32>,
}

impl Bench {
    pub fn new(model: &WindowModel, instructions: Instructions) -> Self {
        let d = model.config.d;
        let inputs = d.max(model.config.feed_forward);
        let outputs = (3 * d).max(inputs).max(CHOICE_OUTPUTS);
        Self {
            instructions,
            d,
            x: Aligned::zeros(TILE_ROWS * d),
            bytes: Aligned::zeros(TILE_ROWS * inputs),
            scales: vec![0.0; TILE_ROWS],
            y: Aligned::zeros(TILE_ROWS * outputs),
            mixed: Aligned::zeros(TILE_ROWS * d),
        }
    }

    /// Multiplies the rows quantised last, into `y`.
    fn product(&mut self, rows: usize, width: usize, matrix: &Matrix) -> &[f32] {
        let Self { bytes, scales, y, .. } = self;
        let input = QuantisedRows { width, bytes: &bytes[..rows * width], scales: &scales[..rows] };
        let y = &mut y[..rows * matrix.outputs()];
        multiply(self.instructions, input, matrix, y);
        y
    }

    /// Takes in the rows' inputs.
    ///
    /// # Safety
    /// The caches of the rows are borrowed.
    pub unsafe fn enter(&mut self, model: &WindowModel, rows: Gathered) {
        for (row, x) in rows.rows.iter().zip(self.x.chunks_exact_mut(self.d)) {
            // SAFETY: as asked of the caller.
            let side = row.side.map(|slot| &unsafe { row.slots.layer(0) }.row(slot)[..self.d]);
            model.tables.write(row.pair, side, x);
        }
    }

    /// Works out what the rows ask and offer in a layer: queries, kept here, and keys and values.
    ///
    /// # Safety
    /// The caches of the rows are borrowed, and nobody else uses the slots they own in this layer.
    pub unsafe fn offer(&mut self, layer: &Layer, index: usize, rows: Gathered) {
        let (count, d, instructions) = (rows.rows.len(), self.d, self.instructions);
        let Self { bytes, scales, .. } = self;
        let out =
            QuantisedOut { width: d, bytes: &mut bytes[..count * d], scales: &mut scales[..count] };
        quantise_normed_rows(instructions, &self.x[..count * d], &layer.norm1, out);
        let y = self.product(count, d, &layer.qkv);
        for (row, y) in y.chunks_exact(3 * d).enumerate() {
            let own = rows.own(row);
            // SAFETY: as asked of the caller.
            let keys_values = unsafe { rows.rows[row].slots.row_mut(index, own) };
            keys_values.copy_from_slice(&y[d..]);
        }
    }

    /// Attention, after `offer`.
    ///
    /// # Safety
    /// The caches of the rows are borrowed, and nobody writes the slots they read in this layer.
    pub unsafe fn attend(&mut self, layer: &Layer, index: usize, rows: Gathered) {
        let (count, d) = (rows.rows.len(), self.d);
        let mixed = &mut self.mixed[..count * d];
        for (group, mixed) in mixed.chunks_mut(ROWS * d).enumerate() {
            let length = mixed.len() / d;
            let attending: [AttendingRow; ROWS] = std::array::from_fn(|place| {
                // A group that is not full is filled up with its first row, and cut below.
                let row = group * ROWS + if place < length { place } else { 0 };
                let (sources, count) = rows.sources(row);
                // SAFETY: as asked of the caller.
                let slots = unsafe { rows.rows[row].slots.layer(index) };
                AttendingRow { query: &self.y[3 * row * d..][..d], count, slots, sources }
            });
            attend(self.instructions, &layer.attention, &attending[..length], mixed);
        }
        let Self { bytes, scales, .. } = self;
        let out =
            QuantisedOut { width: d, bytes: &mut bytes[..count * d], scales: &mut scales[..count] };
        quantise_rows(self.instructions, &self.mixed[..count * d], out);
        self.add_product(count, d, &layer.out);
    }

    pub fn feed_forward(&mut self, layer: &Layer, count: usize) {
        let (d, hidden, instructions) = (self.d, layer.up.outputs(), self.instructions);
        let Self { bytes, scales, .. } = self;
        let scales = &mut scales[..count];
        let out = QuantisedOut { width: d, bytes: &mut bytes[..count * d], scales };
        quantise_normed_rows(instructions, &self.x[..count * d], &layer.norm2, out);
        self.product(count, d, &layer.up);
        let Self { bytes, scales, y, .. } = self;
        let bytes = &mut bytes[..count * hidden];
        let out = QuantisedOut { width: hidden, bytes, scales: &mut scales[..count] };
        quantise_positive_rows(instructions, &y[..count * hidden], out);
        self.add_product(count, hidden, &layer.down);
    }

    /// Writes what the rows choose from, after the last layer.
    pub fn choose(&mut self, model: &WindowModel, count: usize, results: &mut Results) {
        let (d, instructions) = (self.d, self.instructions);
        let Results { last, last_scales, logits, .. } = results;
        let (last, last_scales) = (&mut last[..count * d], &mut last_scales[..count]);
        let out = QuantisedOut { width: d, bytes: last, scales: last_scales };
        quantise_normed_rows(instructions, &self.x[..count * d], &model.norm, out);
        let input = QuantisedRows { width: d, bytes: last, scales: last_scales };
        let y = &mut self.y[..count * CHOICE_OUTPUTS];
        multiply(instructions, input, &model.choice, y);
        for (outputs, logits) in y.as_chunks().0.iter().zip(logits) {
            write_logits(instructions, outputs, logits);
        }
    }

    /// Adds the product of the rows quantised last to the residual stream.
    fn add_product(&mut self, rows: usize, width: usize, matrix: &Matrix) {
        self.product(rows, width, matrix);
        for (x, y) in self.x.iter_mut().zip(&self.y[..rows * self.d]) {
            *x += y;
        }
    }
}

impl Results {
    pub fn new(model: &WindowModel) -> Self {
        let d = model.config.d;
        let outputs = model.duration.outputs().max(model.horizon.outputs());
        Self {
            d,
            last: Aligned::zeros(TILE_ROWS * d),
            last_scales: vec![0.0; TILE_ROWS],
            logits: vec![[0; TOKENS]; TILE_ROWS],
            times: Aligned::zeros(outputs),
        }
    }

    /// The log-probabilities of a row.
    pub fn logits(&self, row: usize) -> &[i32; TOKENS] {
        &self.logits[row]
    }

    /// Writes what a row says of times and long horizons.
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
