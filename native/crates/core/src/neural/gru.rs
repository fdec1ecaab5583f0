//! The draft, kernel `gru-int8/1`: a gated recurrent unit over tables (docs/law.md, 11.10).

mod model;
mod session;

pub use model::{GruConfig, GruModel};
pub use session::GruSession;
