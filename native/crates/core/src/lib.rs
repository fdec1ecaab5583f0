//! The hot kernels of Outrider: what they write is equal on every machine.

#[cfg(target_arch = "x86_64")]
mod avx2;
mod checksum;
mod choice;
mod features;
mod fix;
mod gumbel;
pub mod neural;
mod noise;
mod ring;
mod risk;
mod scale;
mod threefry;
mod tick;
mod tokeniser;

pub use checksum::crc32c;
pub use choice::{Batch, choose};
pub use features::{Features, STATE_VALUES, Sessions, VIEW_VALUES};
pub use fix::{
    DUPLICATES_MAX, FIELD_VALUES_MAX, FieldScanner, Frame, Garbage, MESSAGE_BYTES_MAX,
    NAME_BYTES_MAX, NO_TAG, ORDER_BYTES_MAX, ORDER_VALUES, OrderEncoder, OrderUnits, PLAIN_VALUES,
    PlainOrderReader, PlainReportWriter, REPORT_BYTES_MAX, REPORT_VALUES, SCAN_VALUES, SHAPES,
    Table, next_frame,
};
pub use gumbel::gumbel_table;
pub use noise::fill_noise;
pub use ring::Ring;
pub use risk::{call_risk, is_risk_memory};
pub use scale::{SCALE_CODES, SCALE_MAX, SCALE_START, scale_code, scale_threshold};
pub use threefry::Key;
pub use tick::{Kind, Side, TICK_BYTES, Tick};
pub use tokeniser::{ScaleState, is_clipped, scale_step, token_moves, token_of};

/// Names the law of choice these kernels compute; a run's record carries it.
pub const KERNEL_ID: &str = "coupled-choice/1";

/// Tokens in the alphabet: one row of logits, one row of noise.
pub const TOKENS: usize = 64;
