//! Rows that go through the layers together: tiles of them, shared out over threads.
//!
//! A thread takes a tile through all layers. Within a layer a row reads the keys and values of its
//! sources; where those are rows of other tiles (see `plan`), the thread waits for these:
//!
//! ```text
//!   inputs | layer 0: keys and values | wait | attention, feed-forward | layer 1: ... | choice
//! ```
#![allow(unsafe_code)]

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::super::attention::GROUP;
use super::super::cache::CacheSlots;
use super::super::crew::{Crew, Pieces};
use super::super::heads::{HORIZONS, NOT_REACHED};
use super::super::instructions::Instructions;
use super::super::trie::Pair;
use super::model::WindowModel;
use super::plan::{TILE_ROWS, Tile, cut, tiles_max};
use super::tile::{Bench, Results};
use crate::TOKENS;

/// Rows that go together at most.
pub const ROWS_MAX: usize = 21 * TILE_ROWS;

/// Passes shorter than this stay on the caller's thread: a helper would wake too late.
const SHARED_ROWS: usize = 24;

/// A row to evaluate: its input, and the session whose slots it reads and writes.
#[derive(Clone, Copy)]
pub struct Row {
    pub pair: Pair,
    pub slots: CacheSlots,
    /// The slot of the projection of side inputs, if any.
    pub side: Option<usize>,
    /// Of which job it is, and which node there.
    pub job: usize,
    pub node: usize,
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
    /// Rows that begin a branch: see `plan`.
    branches: Vec<usize>,
    /// `[row][groups]`: slots read, the oldest first, the row's own last; it fills its group up.
    sources: Vec<[usize; GROUP]>,
    source_counts: Vec<usize>,
    /// Groups of a row.
    groups: usize,
    tiles: Vec<Tile>,
    pieces: Pieces,
    /// One a tile.
    results: Vec<Mutex<Results>>,
    /// One a thread.
    benches: Vec<Mutex<Bench>>,
}

impl Rows {
    pub fn new(model: &WindowModel, instructions: Instructions, threads: usize) -> Self {
        let crew = Crew::new(threads);
        let groups = model.config.window.div_ceil(GROUP);
        let tiles = tiles_max(ROWS_MAX, crew.threads());
        let bench = |_| Mutex::new(Bench::new(model, instructions));
        Self {
            instructions,
            rows: Vec::with_capacity(ROWS_MAX),
            branches: Vec::with_capacity(ROWS_MAX),
            sources: vec![[0; GROUP]; ROWS_MAX * groups],
            source_counts: vec![0; ROWS_MAX],
            groups,
            tiles: Vec::with_capacity(tiles),
            pieces: Pieces::with_room(tiles),
            results: (0..tiles).map(|_| Mutex::new(Results::new(model))).collect(),
            benches: (0..crew.threads()).map(bench).collect(),
            crew,
        }
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn clear(&mut self) {
        self.rows.clear();
        self.branches.clear();
        self.tiles.clear();
    }

    /// The next row pushed begins a branch: it reads no row pushed so far.
    pub fn begin_branch(&mut self) {
        self.branches.push(self.rows.len());
    }

    /// Adds a row that reads these slots, the newest, its own, first; at most the window of them.
    pub fn push(&mut self, row: Row, sources: impl Iterator<Item = usize>) {
        let index = self.rows.len();
        let slots = self.sources[index * self.groups..][..self.groups].as_flattened_mut();
        let mut count = 0;
        for (slot, source) in slots.iter_mut().zip(sources) {
            *slot = source;
            count += 1;
        }
        let own = slots[0];
        slots[..count].reverse();
        slots[count..].fill(own);
        self.source_counts[index] = count;
        self.rows.push(row);
    }

    /// Takes all rows through all layers.
    pub fn run(&mut self, model: &WindowModel) {
        let count = self.rows.len();
        let threads = if count < SHARED_ROWS { 1 } else { self.crew.threads() };
        cut(&self.branches, count, threads, &mut self.tiles);
        self.pieces.reset(self.tiles.len());
        let Self { rows, sources, source_counts, groups, tiles, .. } = self;
        let Self { results, benches, pieces, crew, .. } = self;
        let work = |member: usize| {
            let mut bench = locked(&benches[member]);
            while let Some(piece) = pieces.claim() {
                let Tile { rows: own, reads_from } = tiles[piece].clone();
                let gathered = Gathered {
                    rows: &rows[own.clone()],
                    sources: &sources[own.start * *groups..own.end * *groups],
                    source_counts: &source_counts[own],
                    groups: *groups,
                };
                // SAFETY: a tile is claimed once and writes the slots of its own rows alone, each
                // layer's before it says so; what others wrote it reads after they said so.
                unsafe {
                    bench.enter(model, gathered);
                    for (index, layer) in model.layers.iter().enumerate() {
                        bench.offer(layer, index, gathered);
                        pieces.pass(piece);
                        pieces.wait(reads_from..piece, index + 1);
                        bench.attend(layer, index, gathered);
                        bench.feed_forward(layer, gathered.rows.len());
                    }
                }
                bench.choose(model, gathered.rows.len(), &mut locked(&results[piece]));
            }
        };
        if threads == 1 { work(0) } else { crew.run(&work) }
    }

    /// Hands out what each row that has run says, in the order they were pushed.
    pub fn each_result(&mut self, mut take: impl FnMut(&Row, RowResult)) {
        for (tile, results) in self.tiles.iter().zip(&mut self.results) {
            let results = results.get_mut().unwrap_or_else(PoisonError::into_inner);
            for (place, row) in self.rows[tile.rows.clone()].iter().enumerate() {
                take(row, RowResult { instructions: self.instructions, results, place });
            }
        }
    }

    /// What the last row says, if any has run.
    pub fn last_result(&mut self) -> Option<RowResult<'_>> {
        let last = self.tiles.len().checked_sub(1)?;
        let results = self.results[last].get_mut().unwrap_or_else(PoisonError::into_inner);
        let place = self.tiles[last].rows.len() - 1;
        Some(RowResult { instructions: self.instructions, results, place })
    }
}

/// What a row that has run says.
pub struct RowResult<'a> {
    instructions: Instructions,
    results: &'a mut Results,
    place: usize,
}

impl RowResult<'_> {
    /// Its log-probabilities.
    pub fn logits(&self) -> &[i32; TOKENS] {
        self.results.logits(self.place)
    }

    /// Writes what it says of times and long horizons.
    pub fn write_times(
        &mut self,
        model: &WindowModel,
        not_reached: &mut [i32; NOT_REACHED],
        horizons: &mut [i32; HORIZONS],
    ) {
        let Self { instructions, place, .. } = *self;
        self.results.write_times(model, instructions, place, (not_reached, horizons));
    }
}

/// The rows of a tile.
#[derive(Clone, Copy)]
pub struct Gathered<'a> {
    pub rows: &'a [Row],
    sources: &'a [[usize; GROUP]],
    source_counts: &'a [usize],
    groups: usize,
}

impl Gathered<'_> {
    /// Slots that a row reads, in whole groups, and how many there are: see `AttendingRow`.
    pub fn sources(&self, row: usize) -> (&[[usize; GROUP]], usize) {
        let count = self.source_counts[row];
        (&self.sources[row * self.groups..][..count.div_ceil(GROUP)], count)
    }

    /// The slot of a row itself.
    pub fn own(&self, row: usize) -> usize {
        let (sources, count) = self.sources(row);
        sources.as_flattened()[count - 1]
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
