//! Places of FIX messages and of their fields, over bound bytes.

use std::cell::RefCell;

use napi::Env;
use napi::bindgen_prelude::{Error, Function, Int32Array, Result, Uint8Array};
use napi_derive::napi;
use outrider_core::{
    DUPLICATES_MAX, FIELD_VALUES_MAX, FieldScanner, Frame, Garbage, MESSAGE_BYTES_MAX, SCAN_VALUES,
    Table, next_frame,
};

use crate::counted::{NO_COUNT, counted_function};

/// What a look for a message reads and writes.
#[napi(object, object_to_js = false)]
pub struct FrameScanBuffers {
    /// The bytes at hand.
    pub bytes: Uint8Array,
    /// Their range, and what was found; `FRAME` in `native/frame-scan-layout.ts`.
    pub frame: Int32Array,
}

/// What a scan of fields reads and writes.
#[napi(object, object_to_js = false)]
pub struct FieldScanBuffers {
    /// One message.
    pub bytes: Uint8Array,
    /// Triples (tag, first byte of the value, byte after the value).
    pub fields: Int32Array,
    /// Body tags that occurred before.
    pub duplicates: Int32Array,
    /// `SCAN` in `native/field-scan-layout.ts`.
    pub values: Int32Array,
}

/// Binds a look for messages and returns `scan()`, which gives the kind of what it found.
#[napi]
pub fn bind_frame_scan(env: &Env, buffers: FrameScanBuffers) -> Result<Function<'_, (), u32>> {
    let FrameScanBuffers { bytes, frame } = buffers;
    let frame = RefCell::new(frame);
    counted_function(env, c"scanFrame", move |_| {
        let mut frame = frame.borrow_mut();
        let Some([start, end, at, size, claimed]) = writable(&mut frame).first_chunk_mut() else {
            return Err(c"the frame has another length");
        };
        let range = usize::try_from(*start).ok().zip(usize::try_from(*end).ok());
        let range = range.and_then(|(start, end)| bytes.get(start..end));
        let Some(given) = range else { return Err(c"the range leaves the bytes") };
        let (place, found) = next_frame(given);
        *at = *start + place as i32;
        let (kind, found_bytes, found_claimed) = match found {
            Frame::Wait => (0, 1, 0),
            Frame::Message { bytes } => (1, bytes, 0),
            Frame::Garbage { reason, skip, claimed } => (number_of(reason), skip, claimed),
        };
        (*size, *claimed) = (found_bytes as i32, found_claimed as i32);
        Ok(kind)
    })
}

/// `GARBAGE` in `native/frame-scan-layout.ts`.
fn number_of(reason: Garbage) -> u32 {
    match reason {
        Garbage::Noise => 2,
        Garbage::BadBodyLength => 3,
        Garbage::BadCheckSum => 4,
        Garbage::TooLong => 5,
        Garbage::WrongBeginString => 6,
    }
}

/// Binds a scanner and returns `scan(length)`: how many values of the table it wrote.
#[napi]
pub fn bind_field_scan(env: &Env, buffers: FieldScanBuffers) -> Result<Function<'_, u32, u32>> {
    let FieldScanBuffers { bytes, fields, duplicates, values } = buffers;
    let is_whole = bytes.len() == MESSAGE_BYTES_MAX
        && fields.len() == FIELD_VALUES_MAX
        && duplicates.len() == DUPLICATES_MAX
        && values.len() == SCAN_VALUES;
    if !is_whole {
        return Err(Error::from_reason("the message or the table has another length"));
    }
    let state = RefCell::new((FieldScanner::default(), fields, duplicates, values));
    counted_function(env, c"scanFields", move |length| {
        let (scanner, fields, duplicates, values) = &mut *state.borrow_mut();
        let given = bytes.get(..length.ok_or(NO_COUNT)? as usize);
        let Some((given, values)) = given.zip(writable(values).first_chunk_mut()) else {
            return Err(c"the message leaves its memory");
        };
        let table = Table { fields: writable(fields), duplicates: writable(duplicates), values };
        Ok(scanner.scan(given, table) as u32)
    })
}

/// The memory of a bound output.
#[allow(unsafe_code)]
fn writable(array: &mut Int32Array) -> &mut [i32] {
    // SAFETY: see "Bound memory" in lib.rs; the arrays are of the caller's own making.
    unsafe { array.as_mut() }
}
