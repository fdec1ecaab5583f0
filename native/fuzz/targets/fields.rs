//! Any bytes as one message: a table within its bounds, whatever came before.
#![no_main]

#[path = "../src/properties.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| properties::fields(bytes));
