//! Their side: a session with everything bound beforehand.
//!
//! ```text
//!   binding 0   state start -> state 0     (the first move)
//!   binding 1   state 0     -> state 1
//!   binding 2   state 1     -> state 0
//! ```
//! All share the tensors of indices and logits, which are written and read where they lie.

use std::error::Error;
use std::path::Path;

use ort::environment::Environment;
use ort::memory::Allocator;
use ort::session::IoBinding;
use ort::session::Session;
use ort::session::builder::GraphOptimizationLevel;
use ort::value::{Tensor, TensorElementType, ValueType};

use crate::{Steps, TOKENS};

/// Inputs of a step in the order of a pair.
const INDICES: [&str; 3] = ["token", "code", "next_code"];

enum Logits {
    Q16(Tensor<i32>),
    Nats(Tensor<f32>),
}

/// A graph of one step and the paths it is run over.
pub struct Bound {
    session: Session,
    bindings: [IoBinding; 3],
    indices: [Tensor<i32>; 3],
    logits: Logits,
    batch: usize,
    pairs: Vec<[u8; 3]>,
}

impl Bound {
    pub fn new(
        environment: &Environment,
        path: &Path,
        steps: &Steps,
    ) -> Result<Self, Box<dyn Error>> {
        let &Steps { ref context, batch, ref pairs } = steps;
        // From zeros through the context, by itself; then the paths from there.
        let mut reading = Self::over(environment, path, (1, context.clone()), None)?;
        let state = reading.last_state()?;
        Self::over(environment, path, (batch, pairs.clone()), Some(&state))
    }

    fn over(
        environment: &Environment,
        path: &Path,
        (batch, pairs): (usize, Vec<[u8; 3]>),
        start: Option<&[f32]>,
    ) -> Result<Self, Box<dyn Error>> {
        let session = Session::builder(environment)?
            .with_intra_threads(1)?
            .with_optimization_level(GraphOptimizationLevel::All)?
            .commit_from_file(path)?;
        let d = width_of(&session)?;
        let memory = Allocator::default();
        let tensor = |width: usize| Tensor::<f32>::new(&memory, [batch, width]);
        let mut states = [tensor(d)?, tensor(d)?, tensor(d)?];
        for row in states[0].extract_tensor_mut().1.chunks_exact_mut(d) {
            match start {
                Some(start) => row.copy_from_slice(start),
                None => row.fill(0.0),
            }
        }
        let index = || Tensor::<i32>::new(&memory, [batch]);
        let indices = [index()?, index()?, index()?];
        let mut logits = match is_q16(&session) {
            true => Logits::Q16(Tensor::new(&memory, [batch, TOKENS])?),
            false => Logits::Nats(tensor(TOKENS)?),
        };
        let mut bind = |from: usize, to: usize| -> Result<IoBinding, ort::Error> {
            let mut binding = session.create_binding()?;
            for (name, tensor) in INDICES.iter().zip(&indices) {
                binding.bind_input(*name, tensor)?;
            }
            binding.bind_input("state", &states[from])?;
            binding.bind_output("next_state", &mut states[to])?;
            match &mut logits {
                Logits::Q16(tensor) => binding.bind_output("logits", tensor)?,
                Logits::Nats(tensor) => binding.bind_output("logits", tensor)?,
            }
            Ok(binding)
        };
        let bindings = [bind(0, 1)?, bind(1, 2)?, bind(2, 1)?];
        Ok(Self { session, bindings, indices, logits, batch, pairs })
    }

    fn step(&mut self, step: usize) -> ort::Result<()> {
        let rows = &self.pairs[step * self.batch..][..self.batch];
        for (at, tensor) in self.indices.iter_mut().enumerate() {
            for (index, pair) in tensor.extract_tensor_mut().1.iter_mut().zip(rows) {
                *index = i32::from(pair[at]);
            }
        }
        let binding = &self.bindings[if step == 0 { 0 } else { 2 - step % 2 }];
        self.session.run_binding(binding)?;
        Ok(())
    }

    /// All paths through all moves.
    pub fn run(&mut self) -> ort::Result<()> {
        (0..self.pairs.len() / self.batch).try_for_each(|step| self.step(step))
    }

    /// In nats, step by step and path by path.
    pub fn logits(&mut self) -> ort::Result<Vec<f64>> {
        let mut all = Vec::new();
        for step in 0..self.pairs.len() / self.batch {
            self.step(step)?;
            match &self.logits {
                Logits::Q16(rows) => {
                    all.extend(rows.extract_tensor().1.iter().map(|&q| f64::from(q) / 65_536.0));
                }
                Logits::Nats(rows) => {
                    all.extend(rows.extract_tensor().1.iter().map(|&x| f64::from(x)))
                }
            }
        }
        Ok(all)
    }

    /// The state after the last move of a single path.
    fn last_state(&mut self) -> ort::Result<Vec<f32>> {
        for step in 0..self.pairs.len() - 1 {
            self.step(step)?;
        }
        let last = self.pairs.len() - 1;
        let pair = self.pairs[last];
        for (at, tensor) in self.indices.iter_mut().enumerate() {
            tensor.extract_tensor_mut().1[0] = i32::from(pair[at]);
        }
        let outputs = self.session.run_binding(&self.bindings[2 - last % 2])?;
        Ok(outputs["next_state"].try_extract_tensor::<f32>()?.1.to_vec())
    }
}

/// d, of the input `state`.
fn width_of(session: &Session) -> Result<usize, Box<dyn Error>> {
    let state = session.inputs().iter().find(|input| input.name() == "state");
    match state.map(|input| input.dtype()) {
        Some(ValueType::Tensor { shape, .. }) if shape.len() == 2 => Ok(usize::try_from(shape[1])?),
        _ => Err("the graph has no input state [B, d]".into()),
    }
}

fn is_q16(session: &Session) -> bool {
    session.outputs().iter().any(|output| {
        output.name() == "logits"
            && matches!(output.dtype(), ValueType::Tensor { ty: TensorElementType::Int32, .. })
    })
}
