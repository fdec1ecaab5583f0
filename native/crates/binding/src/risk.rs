//! The risk controls over their bound memory.

use std::cell::RefCell;

use napi::Env;
use napi::bindgen_prelude::{Error, Float64Array, Function, Result};
use napi_derive::napi;
use outrider_core::{call_risk, is_risk_memory};

use crate::counted::{NO_COUNT, counted_function};

/// Binds the flat memory of risk and returns `call(what)`, which works on it and answers a number;
/// see `call_risk` in the core.
#[napi]
pub fn bind_risk(env: &Env, memory: Float64Array) -> Result<Function<'_, u32, u32>> {
    if !is_risk_memory(&memory) {
        return Err(Error::from_reason("the memory of risk has another size than its header says"));
    }
    let memory = RefCell::new(memory);
    counted_function(env, c"risk", move |what| {
        let memory = &mut *memory.borrow_mut();
        Ok(call_risk(writable(memory), what.ok_or(NO_COUNT)?))
    })
}

/// The bound memory.
#[allow(unsafe_code)]
fn writable(memory: &mut Float64Array) -> &mut [f64] {
    // SAFETY: see "Bound memory" in lib.rs.
    unsafe { memory.as_mut() }
}
