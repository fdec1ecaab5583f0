//! The target, kernel `window-int8/1`: a decoder with windowed attention (docs/law.md, 11.9).
//!
//! `model` holds the weights, `session` the state of one context, `runner` works: it appends to
//! sessions and passes over tries, by `rows` that go through the layers together.

mod model;
mod order;
mod plan;
mod rows;
mod runner;
mod session;
mod tile;

pub use model::{WindowConfig, WindowModel};
pub use runner::{PassJob, PassOutputs, WindowRunner};
pub use session::WindowSession;
