//! Neural models on the CPU in one fixed arithmetic (docs/law.md, 11): a target with windowed
//! attention and a recurrent draft. Batch, threads and instruction set change no byte.
//!
//! ```text
//!   WindowRunner, GruSession      contexts, moves, packed passes over tries
//!     attention, heads, tables    what a layer does to a row
//!     gemm, quantise              products, exact in 32 bits
//!     float, lanes                singles, sixteen at a time, in the law's order
//!   crew, cache, aligned          threads and memory
//! ```

mod aligned;
mod attention;
mod cache;
mod crew;
mod error;
mod float;
mod gemm;
mod gru;
mod heads;
mod instructions;
mod lanes;
mod quantise;
mod random;
mod tables;
mod trie;
mod weights;
mod window;

pub use error::NeuralError;
pub use gru::{GruConfig, GruModel, GruSession};
pub use heads::{HORIZONS, NOT_REACHED};
pub use instructions::Instructions;
pub use random::{RandomStream, RandomTensors};
pub use trie::{ROOTS, Trie};
pub use weights::{ElementType, Tensor};
pub use window::WindowSession;
pub use window::{PassJob, PassOutputs, WindowConfig, WindowModel, WindowRunner};
