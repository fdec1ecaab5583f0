//! Records of a log in their buffer: sealed where they stand, and handed to the system from there.
#![allow(unsafe_code)]

use std::cell::RefCell;
use std::fs::File;
use std::io::ErrorKind;
use std::mem::ManuallyDrop;
use std::os::fd::FromRawFd;
use std::os::unix::fs::FileExt;
use std::rc::Rc;

use napi::Env;
use napi::bindgen_prelude::{Float64Array, Function, JsObjectValue, Object, Result, Uint8Array};
use napi_derive::napi;
use outrider_core::crc32c;

use crate::counted::{NO_COUNT, counted_function};

/// A record is its length, the sum of that and of the payload, and the payload.
const LENGTH_BYTES: usize = 4;
const HEADER_BYTES: usize = 8;
/// What one call of the system takes on Linux, and less than a u32 holds.
const WRITE_BYTES_MAX: usize = 0x7fff_f000;

/// Binds a buffer and returns `seal(at)`, which sums the record at a place, and `write()`, which
/// writes bytes `[place[1], place[2])` of it to file `place[0]` at its byte `place[3]` and returns
/// how many were taken: 0, and the system's error in `place[0]`, below 0, where that failed.
#[napi]
pub fn bind_records<'env>(
    env: &'env Env,
    buffer: Uint8Array,
    place: Float64Array,
) -> Result<Object<'env>> {
    let buffer = Rc::new(RefCell::new(buffer));
    let mut object = Object::new(env)?;
    let own = buffer.clone();
    let seal: Function<'_, u32, u32> = counted_function(env, c"sealRecord", move |at| {
        let mut buffer = own.borrow_mut();
        // SAFETY: see "Bound memory" in lib.rs.
        let bytes = unsafe { buffer.as_mut() };
        let record = bytes.get_mut(at.ok_or(NO_COUNT)? as usize..);
        let Some((header, rest)) =
            record.and_then(|record| record.split_at_mut_checked(HEADER_BYTES))
        else {
            return Err(c"the record leaves the buffer");
        };
        let (length, sum) = header.split_at_mut(LENGTH_BYTES);
        let bytes = u32::from_le_bytes([length[0], length[1], length[2], length[3]]) as usize;
        let payload = rest.get(..bytes).ok_or(c"the payload leaves the buffer")?;
        sum.copy_from_slice(&crc32c(length, payload).to_le_bytes());
        Ok(0)
    })?;
    object.set_named_property("seal", seal)?;
    let place = RefCell::new(place);
    let write: Function<'_, (), u32> = counted_function(env, c"writeRecords", move |_| {
        let mut place = place.borrow_mut();
        // SAFETY: as above.
        let place = unsafe { place.as_mut() };
        let &mut [ref mut descriptor, start, end, position] =
            place.first_chunk_mut().ok_or(c"no place is said")?;
        let buffer = buffer.borrow();
        let end = (end as usize).min(start as usize + WRITE_BYTES_MAX);
        let bytes = buffer.get(start as usize..end).ok_or(c"the bytes leave the buffer")?;
        // SAFETY: the caller has the file open; it is not closed here, and a descriptor that is
        // none is refused by the system.
        let file = ManuallyDrop::new(unsafe { File::from_raw_fd(*descriptor as i32) });
        loop {
            match file.write_at(bytes, position as u64) {
                Ok(count) => return Ok(count as u32),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    *descriptor = -f64::from(error.raw_os_error().unwrap_or(1));
                    return Ok(0);
                }
            }
        }
    })?;
    object.set_named_property("write", write)?;
    Ok(object)
}
