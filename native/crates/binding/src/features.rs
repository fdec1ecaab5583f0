//! Features over bound records and views.

use std::cell::RefCell;
use std::ffi::CStr;

use napi::Env;
use napi::bindgen_prelude::{Error, Float64Array, Function, Result, Uint8Array};
use napi_derive::napi;
use outrider_core::{Features, Sessions, TICK_BYTES, VIEW_VALUES};

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
}

/// Binds features and returns `take(count)`, which takes the first `count` records and returns how
/// many it took: fewer at one that is no tick of an instrument bound.
#[napi]
pub fn bind_features(env: &Env, buffers: FeatureBuffers) -> Result<Function<'_, u32, u32>> {
    let FeatureBuffers { records, views, sessions } = buffers;
    let sessions: Vec<Sessions> =
        sessions.chunks_exact(2).map(|pair| Sessions { period: pair[0], phase: pair[1] }).collect();
    if views.len() != sessions.len() * VIEW_VALUES {
        return Err(Error::from_reason("views must hold one view an instrument"));
    }
    let state = RefCell::new((Features::new(&sessions), views));
    counted_function(env, c"take", move |count| {
        let records = first(&records, count)?;
        let (features, views) = &mut *state.borrow_mut();
        Ok(features.take(records, writable(views)) as u32)
    })
}

/// The first `count` records.
pub(crate) fn first(
    records: &[u8],
    count: Option<u32>,
) -> std::result::Result<&[u8], &'static CStr> {
    let count = count.ok_or(NO_COUNT)? as usize;
    records.get(..count * TICK_BYTES).ok_or(c"count is greater than the records bound")
}

/// The memory of the bound views.
#[allow(unsafe_code)]
fn writable(views: &mut Float64Array) -> &mut [f64] {
    // SAFETY: see "Bound memory" in lib.rs; the views overlap no records, which are another array
    // of the caller's own making.
    unsafe { views.as_mut() }
}
