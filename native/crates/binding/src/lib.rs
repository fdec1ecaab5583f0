//! The addon: forwards kernels to Node over memory that JavaScript owns, and decides nothing.
//!
//! Bound memory. A `bind_*` function takes typed arrays once and returns a JavaScript function
//! that works on them in place, so a call costs some 50 ns however long the arrays are. That is
//! sound because:
//! - an `Int32Array` here holds a reference, so the array and its memory outlive the function;
//! - the memory behind an array moves only when it is detached, and a detached array has length 0:
//!   the callers (`native/noise.ts`, `order-encoder.ts` and others) look at the lengths before each
//!   call;
//! - a call runs on the JavaScript thread, so no script writes the memory meanwhile; a shared
//!   buffer may be bound only where its writer hands it over before the call;
//! - an output never overlaps an input: checked here, once, since neither moves.

mod counted;
pub mod features;
pub mod fix_scan;
pub mod neural;
pub mod orders;
pub mod plain_orders;
#[cfg(unix)]
pub mod records;
pub mod ring;
pub mod risk;
#[cfg(unix)]
pub mod socket;
#[cfg(unix)]
mod uv;

use std::cell::RefCell;

use crate::counted::{NO_COUNT, counted_function};
use napi::Env;
use napi::bindgen_prelude::{Error, FnArgs, Function, FunctionCallContext, Int32Array, Result};
use napi_derive::napi;
use outrider_core::{Batch, TOKENS, choose, fill_noise, gumbel_table};

/// Raised with every change of this interface; the loader refuses an addon with another number.
#[napi]
pub const BINDING_VERSION: u32 = 10;

/// The law of choice this addon computes.
#[napi]
pub const KERNEL_ID: &str = outrider_core::KERNEL_ID;

/// A copy of the Gumbel table, for tests.
#[napi(js_name = "gumbelTable")]
pub fn copy_gumbel_table() -> Int32Array {
    Int32Array::with_data_copied(gumbel_table())
}

/// `fill(key0, key1, move_index)`.
type FillFunction<'env> = Function<'env, FnArgs<(u32, u32, u32)>, ()>;

/// Binds a ring of noise, `values[move_index mod indexes][path][64]`, and returns
/// `fill(key0, key1, move_index)`, which writes all paths of one move index.
#[napi]
pub fn bind_noise(env: &Env, values: Int32Array, paths: u32) -> Result<FillFunction<'_>> {
    let values_per_index = paths as usize * TOKENS;
    if values.is_empty() || !values.len().is_multiple_of(values_per_index) {
        return Err(Error::from_reason("values must be whole move indexes of noise"));
    }
    let indexes = (values.len() / values_per_index) as u32;
    let values = RefCell::new(values);
    env.create_function_from_closure("fill", move |call: FunctionCallContext| {
        let (key, move_index) = ([call.get(0)?, call.get(1)?], call.get::<u32>(2)?);
        let start = (move_index % indexes) as usize * values_per_index;
        let mut values = values.borrow_mut();
        fill_noise(key, move_index, &mut writable(&mut values)[start..start + values_per_index]);
        Ok(())
    })
}

/// What a chooser reads and writes; see `Batch` in the core.
#[napi(object, object_to_js = false)]
pub struct ChooserBuffers {
    /// Rows of 64 logits.
    pub logits: Int32Array,
    /// Rows of 64 noise values.
    pub noise: Int32Array,
    /// Start of each row in `logits`.
    pub row_offsets: Int32Array,
    /// Start of each row in `noise`.
    pub noise_offsets: Int32Array,
    /// The chosen token of each row.
    pub choices: Int32Array,
}

/// Binds a chooser and returns `choose(count)`, which chooses for rows 0..count and returns how
/// many it chose: fewer than `count` if the next row's offset leaves its table.
#[napi]
pub fn bind_chooser(env: &Env, buffers: ChooserBuffers) -> Result<Function<'_, u32, u32>> {
    let ChooserBuffers { logits, noise, row_offsets, noise_offsets, choices } = buffers;
    for input in [&logits, &noise, &row_offsets, &noise_offsets] {
        let (read, written) = (input.as_ptr_range(), choices.as_ptr_range());
        if read.start < written.end && written.start < read.end {
            return Err(Error::from_reason("choices must not overlap another buffer"));
        }
    }
    let choices = RefCell::new(choices);
    counted_function(env, c"choose", move |count| {
        let count = count.ok_or(NO_COUNT)? as usize;
        let batch = Batch {
            logits: &logits,
            noise: &noise,
            row_offsets: &row_offsets,
            noise_offsets: &noise_offsets,
        };
        let mut choices = choices.borrow_mut();
        let choices = writable(&mut choices)
            .get_mut(..count)
            .ok_or(c"count is greater than the rows bound")?;
        Ok(choose(batch, choices) as u32)
    })
}

/// The memory of a bound output.
#[allow(unsafe_code)]
fn writable(array: &mut Int32Array) -> &mut [i32] {
    // SAFETY: see "Bound memory" above.
    unsafe { array.as_mut() }
}
