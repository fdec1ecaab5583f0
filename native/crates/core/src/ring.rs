//! A bounded ring of 64-byte records between one writing and one reading thread.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::tick::TICK_BYTES;

const WORDS: usize = TICK_BYTES / 8;

/// Its own cache line, so that writer and reader do not take it from each other.
#[repr(align(128))]
struct Position(AtomicU64);

/// Records between two threads. Words are atomic, which costs nothing on any machine of 64 bits
/// and leaves no race to reason about; their order comes from the two positions.
pub struct Ring {
    slots: Box<[[AtomicU64; WORDS]]>,
    /// Records written and read since the ring was opened.
    written: Position,
    read: Position,
}

impl Ring {
    /// Room for this many records, rounded up to a power of two.
    pub fn new(slots: usize) -> Self {
        let slots = slots.max(1).next_power_of_two();
        Self {
            slots: (0..slots).map(|_| [const { AtomicU64::new(0) }; WORDS]).collect(),
            written: Position(AtomicU64::new(0)),
            read: Position(AtomicU64::new(0)),
        }
    }

    /// Records it has room for.
    pub fn slots(&self) -> usize {
        self.slots.len()
    }

    /// Writes records in their order while there is room; returns how many. One thread calls it.
    pub fn write(&self, records: &[u8]) -> usize {
        let written = self.written.0.load(Ordering::Relaxed);
        let read = self.read.0.load(Ordering::Acquire);
        let room = self.slots.len() - (written - read) as usize;
        let (records, _) = records.as_chunks::<TICK_BYTES>();
        let count = records.len().min(room);
        for (at, record) in records[..count].iter().enumerate() {
            let (words, _) = record.as_chunks::<8>();
            for (slot, word) in self.slot(written + at as u64).iter().zip(words) {
                slot.store(u64::from_le_bytes(*word), Ordering::Relaxed);
            }
        }
        self.written.0.store(written + count as u64, Ordering::Release);
        count
    }

    /// Moves what waits into `records`, oldest first, as far as they hold it; returns how many.
    /// One thread calls it.
    pub fn read(&self, records: &mut [u8]) -> usize {
        let read = self.read.0.load(Ordering::Relaxed);
        let written = self.written.0.load(Ordering::Acquire);
        let (records, _) = records.as_chunks_mut::<TICK_BYTES>();
        let count = records.len().min((written - read) as usize);
        for (at, record) in records[..count].iter_mut().enumerate() {
            let (words, _) = record.as_chunks_mut::<8>();
            for (slot, word) in self.slot(read + at as u64).iter().zip(words) {
                *word = slot.load(Ordering::Relaxed).to_le_bytes();
            }
        }
        self.read.0.store(read + count as u64, Ordering::Release);
        count
    }

    fn slot(&self, position: u64) -> &[AtomicU64; WORDS] {
        &self.slots[position as usize & (self.slots.len() - 1)]
    }
}

#[cfg(test)]
mod tests {
    use super::Ring;
    use crate::tick::TICK_BYTES;

    fn record(number: u64) -> [u8; TICK_BYTES] {
        let mut record = [number as u8; TICK_BYTES];
        record[..8].copy_from_slice(&number.to_le_bytes());
        record
    }

    #[test]
    fn is_full_at_its_bound_and_gives_back_in_order() {
        let ring = Ring::new(3);
        assert_eq!(ring.slots(), 4);
        let five: Vec<u8> = (0..5).flat_map(record).collect();
        assert_eq!(ring.write(&five), 4);
        assert_eq!(ring.write(&five), 0);
        let mut out = [0; 3 * TICK_BYTES];
        assert_eq!(ring.read(&mut out), 3);
        assert_eq!(out[..], five[..3 * TICK_BYTES]);
        assert_eq!(ring.read(&mut out), 1);
        assert_eq!(out[..TICK_BYTES], record(3));
        assert_eq!(ring.read(&mut out), 0);
    }

    #[test]
    fn hands_every_record_whole_from_one_thread_to_another() {
        const COUNT: u64 = 200_000;
        let ring = Ring::new(64);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for number in 0..COUNT {
                    while ring.write(&record(number)) == 0 {
                        std::thread::yield_now();
                    }
                }
            });
            let (mut expected, mut out) = (0, [0; 16 * TICK_BYTES]);
            while expected < COUNT {
                let count = ring.read(&mut out);
                for got in out.as_chunks::<TICK_BYTES>().0[..count].iter() {
                    assert_eq!(*got, record(expected));
                    expected += 1;
                }
                if count == 0 {
                    std::thread::yield_now();
                }
            }
        });
    }
}
