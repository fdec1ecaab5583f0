//! Any bytes as a stream: a frame or garbage, always a step on.
#![no_main]

#[path = "../src/properties.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| properties::frames(bytes));
