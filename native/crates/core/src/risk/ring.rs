//! Rings of times in the flat memory, ascending from the first on, over the end to the beginning.

use super::layout::ring::{AT, CAPACITY, COUNT, FIRST};

/// Forgets the times at `until_ns` and before.
pub fn forget(memory: &mut [f64], ring: usize, until_ns: f64) {
    let (capacity, at) = (memory[ring + CAPACITY], memory[ring + AT]);
    let (mut first, mut count) = (memory[ring + FIRST], memory[ring + COUNT]);
    while count > 0.0 && memory[(at + first) as usize] <= until_ns {
        first = if first + 1.0 == capacity { 0.0 } else { first + 1.0 };
        count -= 1.0;
    }
    memory[ring + FIRST] = first;
    memory[ring + COUNT] = count;
}

/// In a full ring the oldest makes room.
pub fn push(memory: &mut [f64], ring: usize, time_ns: f64) {
    let (capacity, first, count) =
        (memory[ring + CAPACITY], memory[ring + FIRST], memory[ring + COUNT]);
    let place = wrapped(first + count, capacity);
    memory[(memory[ring + AT] + place) as usize] = time_ns;
    if count == capacity {
        memory[ring + FIRST] = wrapped(first + 1.0, capacity);
    } else {
        memory[ring + COUNT] = count + 1.0;
    }
}

/// A place up to twice around, brought into the ring.
pub fn wrapped(place: f64, capacity: f64) -> f64 {
    if place >= capacity { place - capacity } else { place }
}

pub fn empty(memory: &mut [f64], ring: usize) {
    memory[ring + FIRST] = 0.0;
    memory[ring + COUNT] = 0.0;
}
