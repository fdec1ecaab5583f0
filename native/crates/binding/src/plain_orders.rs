//! Plain orders in and plain reports out, over the bytes at hand and bound numbers.

use std::cell::RefCell;

use napi::Env;
use napi::bindgen_prelude::JsObjectValue;
use napi::bindgen_prelude::{
    Error, Float64Array, Function, Int32Array, Object, Result, Uint8Array,
};
use napi_derive::napi;
use outrider_core::{PLAIN_VALUES, PlainOrderReader, PlainReportWriter, REPORT_VALUES};

use crate::counted::{NO_COUNT, counted_function};
use crate::orders::{WireUnits, order_units};

/// What both read and write.
#[napi(object, object_to_js = false)]
pub struct PlainOrderBuffers {
    /// Our SenderCompID, which is the orders' TargetCompID.
    pub own: Uint8Array,
    /// The other side's SenderCompID.
    pub other: Uint8Array,
    /// One for each instrument.
    pub instruments: Vec<WireUnits>,
    /// The bytes at hand.
    pub bytes: Uint8Array,
    /// Where a message lies in them; `FRAME` in `native/frame-scan-layout.ts`.
    pub frame: Int32Array,
    /// Written: the order; `PLAIN_ORDER` in `native/plain-order-layout.ts`.
    pub order: Float64Array,
    /// One report on it; `PLAIN_REPORT` there.
    pub report: Float64Array,
    /// Written: reports, one behind another.
    pub reports: Uint8Array,
}

const AT: usize = 2;
const BYTES: usize = 3;
const ID_START: usize = 2;
const ID_END: usize = 3;

/// Binds both and returns `read()`, 1 for a plain order at the frame's place, and `write(at)`, the
/// place behind the report that it wrote at a place: 0 where it cannot be written there.
#[napi]
pub fn bind_plain_orders<'env>(env: &'env Env, buffers: PlainOrderBuffers) -> Result<Object<'env>> {
    let PlainOrderBuffers { own, other, instruments, bytes, frame, order, report, reports } =
        buffers;
    let units: Vec<_> = instruments.iter().map(order_units).collect();
    let reader = PlainOrderReader::new(&other, &own, &units);
    let writer = PlainReportWriter::new(&own, &other, &units);
    let (Some(reader), Some(writer)) = (reader, writer) else {
        return Err(Error::from_reason("names and units must be such as can be written"));
    };
    if order.len() != PLAIN_VALUES || report.len() != REPORT_VALUES {
        return Err(Error::from_reason("the order or the report has another length"));
    }
    let bytes = std::rc::Rc::new(bytes);
    let order = std::rc::Rc::new(RefCell::new(order));
    let mut object = Object::new(env)?;

    let state = RefCell::new(reader);
    let (source, written) = (bytes.clone(), order.clone());
    let read: Function<'_, (), u32> = counted_function(env, c"readPlainOrder", move |_| {
        let Some((&at, &size)) = frame.get(AT).zip(frame.get(BYTES)) else {
            return Err(c"the frame has another length");
        };
        let place = usize::try_from(at).ok().zip(usize::try_from(size).ok());
        let message = place.and_then(|(at, size)| source.get(at..at + size));
        let message = message.ok_or(c"the message leaves the bytes")?;
        let Some(mut values) = state.borrow_mut().read(message) else { return Ok(0) };
        for place in [ID_START, ID_END] {
            values[place] += f64::from(at);
        }
        let mut written = written.borrow_mut();
        let written = writable_numbers(&mut written);
        written.get_mut(..PLAIN_VALUES).ok_or(c"the order has no room")?.copy_from_slice(&values);
        Ok(1)
    })?;
    object.set_named_property("read", read)?;

    let state = RefCell::new((writer, reports));
    let write: Function<'_, u32, u32> = counted_function(env, c"writePlainReport", move |at| {
        let (writer, reports) = &mut *state.borrow_mut();
        let order = order.borrow();
        let place = order.get(ID_START).zip(order.get(ID_END));
        let id = place.and_then(|(start, end)| bytes.get(*start as usize..*end as usize));
        let at = at.ok_or(NO_COUNT)? as usize;
        let out = writable(reports).get_mut(at..);
        let (Some(id), Some(out), Some(values)) = (id, out, report.first_chunk()) else {
            return Ok(0);
        };
        match writer.write(values, id, out) {
            0 => Ok(0),
            length => Ok((at + length) as u32),
        }
    })?;
    object.set_named_property("write", write)?;
    Ok(object)
}

#[allow(unsafe_code)]
fn writable(array: &mut Uint8Array) -> &mut [u8] {
    // SAFETY: see "Bound memory" in lib.rs; the arrays are of the caller's own making.
    unsafe { array.as_mut() }
}

#[allow(unsafe_code)]
fn writable_numbers(array: &mut Float64Array) -> &mut [f64] {
    // SAFETY: as above.
    unsafe { array.as_mut() }
}
