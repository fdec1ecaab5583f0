//! FIX 4.4 bytes: order messages by patching templates (docs/law.md, 8), and messages taken apart.

mod decimal;
mod delimiter;
mod digits;
mod fields;
mod frame;
mod order;
mod plain_order;
mod plain_report;
mod session_names;
mod tags;
mod template;
mod time;

pub use fields::{DUPLICATES_MAX, FIELD_VALUES_MAX, FieldScanner, NO_TAG, SCAN_VALUES, Table};
pub use frame::{Frame, Garbage, MESSAGE_BYTES_MAX, next_frame};
pub use order::{OrderEncoder, OrderUnits};
pub use plain_order::PlainOrderReader;
pub use plain_report::{PlainReportWriter, REPORT_BYTES_MAX};
pub use template::{ORDER_BYTES_MAX, SHAPES};

/// Values of the bound order, in their order; `native/order-layout.ts` names them.
pub const ORDER_VALUES: usize = 11;
/// Values of a plain order that was read; `native/plain-order-layout.ts` names them.
pub const PLAIN_VALUES: usize = 8;
/// Values of a plain report; `native/plain-order-layout.ts` names them.
pub const REPORT_VALUES: usize = 12;
/// A CompID or symbol is at most this long.
pub const NAME_BYTES_MAX: usize = 64;
