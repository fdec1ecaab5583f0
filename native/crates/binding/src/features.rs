//! Features over bound records and views, and their state over a bound array.

use std::cell::RefCell;
use std::ffi::CStr;
use std::rc::Rc;

use napi::Env;
use napi::bindgen_prelude::JsObjectValue;
use napi::bindgen_prelude::{Error, Float64Array, Function, Object, Result, Uint8Array};
use napi_derive::napi;
use outrider_core::{Features, STATE_VALUES, Sessions, TICK_BYTES, VIEW_VALUES};

use crate::counted::{NO_COUNT, counted_function};

/// What the features read and write; `tokens` of the twin is not looked at.
#[napi(object, object_to_js = false)]
pub struct FeatureBuffers {
    /// Records of 64 bytes.
    pub records: Uint8Array,
    /// Values of each instrument's view.
    pub views: Float64Array,
    /// Period and phase of each instrument's sessions.
    pub sessions: Float64Array,
    /// Of one instrument, as it is saved and restored.
    pub state: Float64Array,
}

/// Binds features and returns `take(count)`, which takes the first `count` records and returns how
/// many it took (fewer at one that is no tick of an instrument bound), `save(instrument)`, which
/// returns how many values of its state it wrote, and `restore(instrument)`, 1 if it took them.
#[napi]
pub fn bind_features<'env>(env: &'env Env, buffers: FeatureBuffers) -> Result<Object<'env>> {
    let FeatureBuffers { records, views, sessions, state } = buffers;
    let sessions: Vec<Sessions> =
        sessions.chunks_exact(2).map(|pair| Sessions { period: pair[0], phase: pair[1] }).collect();
    if views.len() != sessions.len() * VIEW_VALUES || state.len() < STATE_VALUES {
        return Err(Error::from_reason("views must hold one view an instrument, state a state"));
    }
    let bound = Rc::new(RefCell::new((Features::new(&sessions), views, state)));
    let mut object = Object::new(env)?;

    let taking = bound.clone();
    let take: Function<'_, u32, u32> = counted_function(env, c"take", move |count| {
        let records = first(&records, count)?;
        let (features, views, _) = &mut *taking.borrow_mut();
        Ok(features.take(records, writable(views)) as u32)
    })?;
    object.set_named_property("take", take)?;

    let saving = bound.clone();
    let save: Function<'_, u32, u32> = counted_function(env, c"save", move |instrument| {
        let instrument = instrument.ok_or(NO_COUNT)? as usize;
        let (features, _, state) = &mut *saving.borrow_mut();
        Ok(features.save(instrument, writable(state)) as u32)
    })?;
    object.set_named_property("save", save)?;

    let restore: Function<'_, u32, u32> = counted_function(env, c"restore", move |instrument| {
        let instrument = instrument.ok_or(NO_COUNT)? as usize;
        let (features, views, state) = &mut *bound.borrow_mut();
        Ok(u32::from(features.restore(instrument, state, writable(views))))
    })?;
    object.set_named_property("restore", restore)?;
    Ok(object)
}

/// The first `count` records.
pub(crate) fn first(
    records: &[u8],
    count: Option<u32>,
) -> std::result::Result<&[u8], &'static CStr> {
    let count = count.ok_or(NO_COUNT)? as usize;
    records.get(..count * TICK_BYTES).ok_or(c"count is greater than the records bound")
}

/// The memory of the bound views, or of the state.
#[allow(unsafe_code)]
fn writable(values: &mut Float64Array) -> &mut [f64] {
    // SAFETY: see "Bound memory" in lib.rs; views, state and records are arrays of the caller's own
    // making that overlap nowhere.
    unsafe { values.as_mut() }
}
