//! Features and rings allocate nothing once they are warm: every allocation is counted.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use outrider_core::{Features, Ring, Sessions, TICK_BYTES, VIEW_VALUES};

struct Counting;

thread_local! {
    /// Of this thread alone: the test runner's own threads allocate when they like.
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: every call goes on to the system's allocator as it came.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: see above.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: see above.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

fn record(kind: u8, flags: u8, number: u64) -> [u8; TICK_BYTES] {
    let mut record = [0; TICK_BYTES];
    record[0] = kind;
    record[1] = flags;
    let price = 1000.0 + (number % 7) as f64;
    for (at, value) in [
        (8, number as f64 * 1e6),
        (32, price),
        (40, price + 9.0),
        (48, (number % 5) as f64),
        (56, 3.0),
    ] {
        record[at..at + 8].copy_from_slice(&value.to_le_bytes());
    }
    record
}

#[test]
fn a_tick_allocates_nothing_or_its_time_would_be_the_allocators() {
    let ring = Ring::new(64);
    let mut features = Features::new(&[Sessions { period: 0.0, phase: 0.0 }]);
    let mut views = [0.0; VIEW_VALUES];
    // The book takes all its memory at its first snapshot.
    features.take(&record(4, 0, 0), &mut views);
    let mut out = [0; 8 * TICK_BYTES];
    let mut walk = |numbers: std::ops::Range<u64>| {
        for number in numbers {
            let (kind, flags) = match number % 4 {
                0 => (1, 12),
                1 => (2, 4),
                2 => (3, 36),
                _ => (3, 100),
            };
            assert_eq!(ring.write(&record(kind, flags, number)), 1);
            let count = ring.read(&mut out);
            assert_eq!(features.take(&out[..count * TICK_BYTES], &mut views), 1);
        }
    };
    walk(0..8);
    let before = ALLOCATIONS.get();
    assert!(before > 0, "the counter is not the allocator in use");
    walk(8..100_000);
    assert_eq!(ALLOCATIONS.get(), before);
}
