//! Keys and values of a session: of the context in a ring, of a trie's nodes beside it.
//!
//! ```text
//!             slot 0 .. w - 1: positions, by index mod w    slot w + n: node n of the trie
//!  layer 0   | keys d | values d |  ...                    | keys d | values d | ...
//!  layer 1   | ...
//! ```
//! The last slot, where the model takes side inputs: of layer 0, their projection in place of keys.
//!
//! Rows of one pass are worked on by several threads, each writing its own slots, while all read
//! the slots of earlier rows of the same layer: hence the raw pointer.
#![allow(unsafe_code)]

use std::marker::PhantomData;

use super::aligned::Aligned;
use super::lanes::LANES;

/// The memory of a session.
pub struct Cache {
    memory: Aligned<f32>,
    shape: Shape,
}

#[derive(Clone, Copy)]
struct Shape {
    slots: usize,
    /// Keys and values of a slot: 2 d.
    row: usize,
    /// From slot to slot: an odd number of cache lines, so that the same head of neighbouring
    /// slots does not fall into the same few sets of the cache.
    stride: usize,
}

/// A cache to be written slot by slot, from several threads.
#[derive(Clone, Copy)]
pub struct CacheSlots {
    start: *mut f32,
    shape: Shape,
}

/// The slots of one layer that are read while others may still be written.
#[derive(Clone, Copy)]
pub struct LayerSlots<'a> {
    start: *const f32,
    shape: Shape,
    cache: PhantomData<&'a f32>,
}

impl<'a> LayerSlots<'a> {
    /// Keys, then values, of a slot.
    ///
    /// # Panics
    /// If there is no such slot.
    #[inline(always)]
    pub fn row(self, slot: usize) -> &'a [f32] {
        let Shape { slots, row, stride } = self.shape;
        assert!(slot < slots);
        // SAFETY: the slot is in the layer, and who made this promised that it is not written.
        unsafe { std::slice::from_raw_parts(self.start.add(slot * stride), row) }
    }
}

// SAFETY: it is used through `layer` and `row_mut` alone, whose callers keep slots apart.
unsafe impl Send for CacheSlots {}
// SAFETY: likewise.
unsafe impl Sync for CacheSlots {}

impl Cache {
    /// Zeros for `slots` slots of keys and values of width `d` in each layer.
    pub fn new(layers: usize, slots: usize, d: usize) -> Self {
        let row = 2 * d;
        let shape = Shape { slots, row, stride: ((row / LANES) | 1) * LANES };
        Self { memory: Aligned::zeros(layers * slots * shape.stride), shape }
    }

    /// The cache, for as long as it is borrowed here.
    pub fn slots(&mut self) -> CacheSlots {
        CacheSlots { start: self.memory.as_mut_ptr(), shape: self.shape }
    }

    /// A slot of a layer, to write to: 2 d.
    pub fn slot_mut(&mut self, layer: usize, slot: usize) -> &mut [f32] {
        let Shape { slots, row, stride } = self.shape;
        &mut self.memory[(layer * slots + slot) * stride..][..row]
    }

    /// Copies all layers of one slot to another.
    pub fn copy_slot(&mut self, from: usize, to: usize) {
        let Shape { slots, row, stride } = self.shape;
        for layer in self.memory.chunks_exact_mut(slots * stride) {
            layer.copy_within(from * stride..from * stride + row, to * stride);
        }
    }
}

impl CacheSlots {
    /// A layer, to read from.
    ///
    /// # Safety
    /// The cache is still borrowed, the layer is in it, and nobody writes a slot of it that is
    /// read through what this returns.
    #[inline(always)]
    pub unsafe fn layer<'a>(self, layer: usize) -> LayerSlots<'a> {
        let Shape { slots, stride, .. } = self.shape;
        // SAFETY: as asked of the caller.
        let start = unsafe { self.start.add(layer * slots * stride) };
        LayerSlots { start, shape: self.shape, cache: PhantomData }
    }

    /// Keys, then values, of a slot, to write to.
    ///
    /// # Safety
    /// The cache is still borrowed, layer and slot are in it, and nobody else uses the slot
    /// meanwhile.
    #[inline(always)]
    pub unsafe fn row_mut<'a>(self, layer: usize, slot: usize) -> &'a mut [f32] {
        let Shape { slots, row, stride } = self.shape;
        let start = (layer * slots + slot) * stride;
        // SAFETY: as asked of the caller.
        unsafe { std::slice::from_raw_parts_mut(self.start.add(start), row) }
    }
}
