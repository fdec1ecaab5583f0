//! FIX 4.4 order messages by patching templates (docs/law.md, 8).

mod digits;
mod order;
mod template;
mod time;

pub use order::{OrderEncoder, OrderUnits};
pub use template::{ORDER_BYTES_MAX, SHAPES};

/// Values of the bound order, in their order; `native/order-layout.ts` names them.
pub const ORDER_VALUES: usize = 10;
/// A CompID or symbol is at most this long.
pub const NAME_BYTES_MAX: usize = 64;
