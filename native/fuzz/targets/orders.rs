//! Any values as an order: refused, or bytes that read as that very order.
#![no_main]

#[path = "../src/properties.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| properties::orders(bytes));
