//! Rings that Rust owns and JavaScript threads address by handle.
//!
//! A handle is a number that any thread of the process may be given. The first writer and the
//! first reader of a ring are its only ones.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use napi::Env;
use napi::bindgen_prelude::{Error, Function, Result, Uint8Array};
use napi_derive::napi;
use outrider_core::Ring;

use crate::counted::counted_function;
use crate::features::first;

struct Shared {
    ring: Ring,
    is_written: AtomicBool,
    is_read: AtomicBool,
}

#[derive(Default)]
struct Registry {
    rings: Option<HashMap<u32, Arc<Shared>>>,
    last: u32,
}

static REGISTRY: Mutex<Registry> = Mutex::new(Registry { rings: None, last: 0 });

/// Opens a ring of at least this many records and returns its handle.
#[napi]
pub fn open_ring(slots: u32) -> Result<u32> {
    if !(1..=1 << 20).contains(&slots) {
        return Err(Error::from_reason("slots must be from 1 to 1048576"));
    }
    let shared = Shared {
        ring: Ring::new(slots as usize),
        is_written: AtomicBool::new(false),
        is_read: AtomicBool::new(false),
    };
    let mut registry = registry();
    registry.last += 1;
    let handle = registry.last;
    registry.rings.get_or_insert_default().insert(handle, Arc::new(shared));
    Ok(handle)
}

/// The handle is forgotten; the memory goes once writer and reader have gone.
#[napi]
pub fn close_ring(handle: u32) {
    registry().rings.get_or_insert_default().remove(&handle);
}

/// Binds the writer's records and returns `write(count)`: how many of the first `count` fitted.
#[napi]
pub fn bind_ring_writer(
    env: &Env,
    handle: u32,
    records: Uint8Array,
) -> Result<Function<'_, u32, u32>> {
    let shared = shared(handle)?;
    if shared.is_written.swap(true, Ordering::AcqRel) {
        return Err(Error::from_reason("the ring has its writer already"));
    }
    counted_function(env, c"write", move |count| {
        Ok(shared.ring.write(first(&records, count)?) as u32)
    })
}

/// Binds the reader's records and returns `read()`: how many of those that waited were moved there.
#[napi]
pub fn bind_ring_reader(
    env: &Env,
    handle: u32,
    records: Uint8Array,
) -> Result<Function<'_, (), u32>> {
    let shared = shared(handle)?;
    if shared.is_read.swap(true, Ordering::AcqRel) {
        return Err(Error::from_reason("the ring has its reader already"));
    }
    let records = RefCell::new(records);
    counted_function(env, c"read", move |_| {
        Ok(shared.ring.read(writable(&mut records.borrow_mut())) as u32)
    })
}

fn shared(handle: u32) -> Result<Arc<Shared>> {
    let mut registry = registry();
    let found = registry.rings.get_or_insert_default().get(&handle).cloned();
    found.ok_or_else(|| Error::from_reason(format!("ring {handle} is not open")))
}

fn registry() -> MutexGuard<'static, Registry> {
    REGISTRY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The memory of the bound records.
#[allow(unsafe_code)]
fn writable(records: &mut Uint8Array) -> &mut [u8] {
    // SAFETY: see "Bound memory" in lib.rs; a read has no input in JavaScript's memory.
    unsafe { records.as_mut() }
}
