//! The order encoder over a bound order and the memory of its templates.

use std::cell::RefCell;

use napi::Env;
use napi::bindgen_prelude::{
    Error, Float64Array, Function, FunctionCallContext, Result, Uint8Array,
};
use napi_derive::napi;
use outrider_core::{ORDER_VALUES, OrderEncoder, OrderUnits};

/// An instrument on the wire; see `OrderUnits` in the core.
#[napi(object, object_to_js = false)]
pub struct WireUnits {
    /// Symbol (55), a byte a character.
    pub symbol: Uint8Array,
    /// Units in a lot.
    pub units_per_lot: f64,
    /// Decimals of a quantity.
    pub lot_decimals: u32,
    /// Units in a price increment.
    pub units_per_increment: f64,
    /// Decimals of a price.
    pub price_decimals: u32,
}

/// The same for the core.
pub(crate) fn order_units(units: &WireUnits) -> OrderUnits<'_> {
    OrderUnits {
        symbol: &units.symbol,
        units_per_lot: units.units_per_lot,
        lot_decimals: units.lot_decimals as usize,
        units_per_increment: units.units_per_increment,
        price_decimals: units.price_decimals as usize,
    }
}

/// What the encoder reads and writes.
#[napi(object, object_to_js = false)]
pub struct OrderEncoderBuffers {
    /// SenderCompID (49).
    pub sender: Uint8Array,
    /// TargetCompID (56).
    pub target: Uint8Array,
    /// One for each instrument.
    pub instruments: Vec<WireUnits>,
    /// One order.
    pub order: Float64Array,
    /// All templates.
    pub memory: Uint8Array,
}

/// Binds an order encoder and returns `encode()`: the length of the message that the order's
/// template now holds, 0 where a value cannot be written.
#[napi]
pub fn bind_order_encoder(
    env: &Env,
    buffers: OrderEncoderBuffers,
) -> Result<Function<'_, (), u32>> {
    let OrderEncoderBuffers { sender, target, instruments, order, memory } = buffers;
    let units: Vec<_> = instruments.iter().map(order_units).collect();
    let encoder = OrderEncoder::new(&sender, &target, &units)
        .ok_or_else(|| Error::from_reason("names and units must be such as can be written"))?;
    if order.len() != ORDER_VALUES || memory.len() != encoder.memory_bytes() {
        return Err(Error::from_reason("the order or the memory has another length"));
    }
    let state = RefCell::new((encoder, memory));
    env.create_function_from_closure("encode", move |_: FunctionCallContext| {
        let (encoder, memory) = &mut *state.borrow_mut();
        let Some(values) = order.first_chunk() else { return Ok(0) };
        Ok(encoder.encode(values, writable(memory)) as u32)
    })
}

/// The memory of the templates.
#[allow(unsafe_code)]
fn writable(memory: &mut Uint8Array) -> &mut [u8] {
    // SAFETY: see "Bound memory" in lib.rs; the order is another array of the caller's own making.
    unsafe { memory.as_mut() }
}
