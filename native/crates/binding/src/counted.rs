//! The functions of the tick path: one count in, one count out, and no allocation on the way.
//!
//! A closure of napi-rs gets its arguments in a `Vec`: memory of the heap, taken and given back in
//! each call.

use std::ffi::{CStr, c_void};
use std::ptr::null_mut;

use napi::bindgen_prelude::{FromNapiValue, Function, JsValuesTupleIntoVec, Result};
use napi::{Env, check_status, sys};

/// What a call answers, or the text of the `Error` it throws.
pub type Answer = std::result::Result<u32, &'static CStr>;

/// For a callback that cannot do without its argument.
pub const NO_COUNT: &CStr = c"count is no number from 0 to 2^32 - 1";

/// A JavaScript function that hands its first argument to `callback`: `None` where that is no
/// number.
#[allow(unsafe_code)]
pub fn counted_function<'env, Arguments: JsValuesTupleIntoVec, F>(
    env: &'env Env,
    name: &CStr,
    callback: F,
) -> Result<Function<'env, Arguments, u32>>
where
    F: Fn(Option<u32>) -> Answer + 'static,
{
    let length = name.count_bytes() as isize;
    let (env, name) = (env.raw(), name.as_ptr());
    let data: *mut c_void = Box::into_raw(Box::new(callback)).cast();
    let (call, finalize) = (Some(call::<F> as _), Some(finalize::<F> as _));
    let mut function = null_mut();
    // SAFETY: Node writes the function it makes, and keeps the data for it until `finalize`.
    unsafe {
        check_status!(sys::napi_create_function(env, name, length, call, data, &mut function))?;
        let (hint, reference) = (null_mut(), null_mut());
        check_status!(sys::napi_add_finalizer(env, function, data, finalize, hint, reference))?;
        Function::from_napi_value(env, function)
    }
}

#[allow(unsafe_code)]
unsafe extern "C" fn call<F>(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value
where
    F: Fn(Option<u32>) -> Answer,
{
    let mut arguments = [null_mut()];
    let (mut length, mut data, mut count) = (arguments.len(), null_mut(), 0);
    let mut result = null_mut();
    // SAFETY: Node fills one argument, undefined where the caller gave none, and the data that
    // `counted_function` left with the function that is called.
    unsafe {
        let (first, this) = (arguments.as_mut_ptr(), null_mut());
        sys::napi_get_cb_info(env, info, &mut length, first, this, &mut data);
        let status = sys::napi_get_value_uint32(env, arguments[0], &mut count);
        let callback = &*data.cast::<F>();
        match callback((status == sys::Status::napi_ok).then_some(count)) {
            Ok(answer) => sys::napi_create_uint32(env, answer, &mut result),
            Err(text) => sys::napi_throw_error(env, null_mut(), text.as_ptr()),
        };
    }
    result
}

#[allow(unsafe_code)]
unsafe extern "C" fn finalize<F>(_: sys::napi_env, data: *mut c_void, _: *mut c_void) {
    // SAFETY: the box of `counted_function`, once: its function has been collected.
    drop(unsafe { Box::from_raw(data.cast::<F>()) });
}
