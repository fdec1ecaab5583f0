//! Rows that go through the layers together: tiles of them, shared out over threads.
//!
//! Within a layer a row reads the keys and values of its sources, which may be rows of other
//! tiles. So the work is cut into phases, and a phase begins when all tiles are through the last:
//!
//! ```text
//!   phase 0                   phase l                            phase `layers`
//!   input                     attention of layer l - 1           attention of the last layer
//!   q, k, v of layer 0        its feed-forward                   its feed-forward
//!                             q, k, v of layer l                 choice
//! ```
#![allow(unsafe_code)]

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::super::cache::CacheSlots;
use super::super::crew::{Crew, Phase};
use super::super::heads::{HORIZONS, NOT_REACHED};
use super::super::instructions::Instructions;
use super::super::trie::Pair;
use super::model::WindowModel;
use super::tile::{Bench, TILE_ROWS, Tile};
use crate::TOKENS;

/// Rows that go together at most.
pub const ROWS_MAX: usize = 42 * TILE_ROWS;

/// Passes shorter than this stay on the caller's thread: a helper would wake too late.
const SHARED_ROWS: usize = 24;

/// Rows of a tile are a multiple of what the product takes at once.
const ROW_STEP: usize = 6;

/// A row to evaluate: its input, and the session whose slots it reads and writes.
#[derive(Clone, Copy)]
pub struct Row {
    pub pair: Pair,
    pub slots: CacheSlots,
    /// The slot of the projection of side inputs, if any.
    pub side: Option<usize>,
    job: usize,
    node: usize,
}

impl Row {
    /// A row of a context; `slots` must stay borrowed until the rows have run.
    pub fn new(pair: Pair, slots: CacheSlots, side: Option<usize>) -> Self {
        Self { pair, slots, side, job: 0, node: 0 }
    }

    /// The row of a job's node.
    pub fn of(self, job: usize, node: usize) -> Self {
        Self { job, node, ..self }
    }
}

/// The rows gathered, and all memory to run them.
pub struct Rows {
    instructions: Instructions,
    crew: Crew,
    rows: Vec<Row>,
    /// `[row][window]`: slots read, the newest first; the first is the row's own.
    sources: Vec<usize>,
    source_counts: Vec<usize>,
    window: usize,
    tile_rows: usize,
    tiles: Vec<Mutex<Tile>>,
    /// One a thread.
    benches: Vec<Mutex<Bench>>,
    phases: Vec<Phase>,
}

impl Rows {
    pub fn new(model: &WindowModel, instructions: Instructions, threads: usize) -> Self {
        let crew = Crew::new(threads);
        let window = model.config.window;
        let tiles = ROWS_MAX / TILE_ROWS;
        Self {
            instructions,
            rows: Vec::with_capacity(ROWS_MAX),
            sources: vec![0; ROWS_MAX * window],
            source_counts: vec![0; ROWS_MAX],
            window,
            tile_rows: TILE_ROWS,
            tiles: (0..tiles).map(|_| Mutex::new(Tile::new(model))).collect(),
            benches: (0..crew.threads()).map(|_| Mutex::new(Bench::new(model))).collect(),
            phases: (0..=model.layers.len()).map(|_| Phase::default()).collect(),
            crew,
        }
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn clear(&mut self) {
        self.rows.clear();
    }

    /// Adds a row that reads these slots, the newest, its own, last; at most the window of them.
    pub fn push(&mut self, row: Row, sources: impl DoubleEndedIterator<Item = usize>) {
        self.push_newest_first(row, sources.rev());
    }

    /// As `push`, its own slot first.
    pub fn push_newest_first(&mut self, row: Row, sources: impl Iterator<Item = usize>) {
        let index = self.rows.len();
        let slots = &mut self.sources[index * self.window..][..self.window];
        let mut count = 0;
        for (slot, source) in slots.iter_mut().zip(sources) {
            *slot = source;
            count += 1;
        }
        self.source_counts[index] = count;
        self.rows.push(row);
    }

    /// Takes all rows through all layers.
    pub fn run(&mut self, model: &WindowModel) {
        let count = self.rows.len();
        let threads = if count < SHARED_ROWS { 1 } else { self.crew.threads() };
        let tiles = count.div_ceil(TILE_ROWS).next_multiple_of(threads);
        if tiles == 0 {
            return;
        }
        self.tile_rows = count.div_ceil(tiles).next_multiple_of(ROW_STEP);
        self.phases.iter_mut().for_each(Phase::reset);
        let Self { rows, sources, source_counts, window, tile_rows, .. } = self;
        let Self { tiles: state, benches, phases, crew, instructions, .. } = self;
        let work = |member: usize| {
            let mut bench = locked(&benches[member]);
            for (phase, pieces) in phases.iter().enumerate() {
                pieces.work(tiles, |piece| {
                    let first = (piece * *tile_rows).min(count);
                    let last = (first + *tile_rows).min(count);
                    let gathered = Gathered {
                        rows: &rows[first..last],
                        sources: &sources[first * *window..last * *window],
                        source_counts: &source_counts[first..last],
                        window: *window,
                    };
                    // SAFETY: a tile is claimed once a phase and writes the slots of its own rows
                    // alone; the others it reads were written in an earlier phase.
                    unsafe {
                        locked(&state[piece]).advance(
                            model,
                            gathered,
                            &mut bench.at(*instructions, phase),
                        );
                    }
                });
            }
        };
        if threads == 1 { work(0) } else { crew.run(&work) }
    }

    /// The job and node of a row.
    pub fn place(&self, row: usize) -> (usize, usize) {
        (self.rows[row].job, self.rows[row].node)
    }

    /// The log-probabilities of a row that has run.
    pub fn logits(&mut self, row: usize) -> &[i32; TOKENS] {
        let tile_rows = self.tile_rows;
        self.tile(row).logits(row % tile_rows)
    }

    /// Writes what a row that has run says of times and long horizons.
    pub fn write_times(
        &mut self,
        model: &WindowModel,
        row: usize,
        not_reached: &mut [i32; NOT_REACHED],
        horizons: &mut [i32; HORIZONS],
    ) {
        let (instructions, tile_rows) = (self.instructions, self.tile_rows);
        self.tile(row).write_times(model, instructions, row % tile_rows, (not_reached, horizons));
    }

    fn tile(&mut self, row: usize) -> &mut Tile {
        self.tiles[row / self.tile_rows].get_mut().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The rows of a tile.
#[derive(Clone, Copy)]
pub struct Gathered<'a> {
    pub rows: &'a [Row],
    sources: &'a [usize],
    source_counts: &'a [usize],
    window: usize,
}

impl Gathered<'_> {
    /// Slots that a row reads, the newest, its own, first.
    pub fn sources(&self, row: usize) -> &[usize] {
        &self.sources[row * self.window..][..self.source_counts[row]]
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
