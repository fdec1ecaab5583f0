//! Our side: the draft's kernel over a trie of paths that part at once.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use outrider_core::neural::{
    ElementType, GruConfig, GruModel, GruSession, Instructions, Tensor, Trie,
};
use safetensors::{Dtype, SafeTensors};

use crate::{Steps, TOKENS};

/// A session and the trie it passes over, level by level.
pub struct Own {
    session: GruSession,
    batch: usize,
    parent: Vec<i32>,
    token: Vec<u8>,
    token_code: Vec<u8>,
    code: Vec<u8>,
    logits: Vec<i32>,
}

impl Own {
    pub fn new(weights: &Path, steps: &Steps) -> Result<Self, Box<dyn Error>> {
        let &Steps { ref context, batch, ref pairs } = steps;
        let nodes = 1 + pairs.len();
        let column = |at: usize| [0].into_iter().chain(pairs.iter().map(move |p| p[at])).collect();
        let parent_of = |node: usize| node.saturating_sub(batch) as i32;
        let mut own = Self {
            session: GruSession::new(read(weights)?, Instructions::best(), nodes),
            batch,
            parent: [-1].into_iter().chain((1..nodes).map(parent_of)).collect(),
            token: column(0),
            token_code: column(1),
            code: column(2),
            logits: vec![0; nodes * TOKENS],
        };
        let (tokens, codes): (Vec<u8>, Vec<u8>) = context.iter().map(|p| (p[0], p[1])).unzip();
        own.session.prefill(&tokens, &codes, context.last().ok_or("no context")?[2])?;
        Ok(own)
    }

    /// All paths through all moves.
    pub fn run(&mut self) {
        let Self { session, batch, parent, token, token_code, code, logits } = self;
        let trie = Trie { parent, token, token_code, code };
        let mut first = 0;
        while first < trie.parent.len() {
            let last = if first == 0 { 1 + *batch } else { first + *batch };
            session.pass(trie, first..last, logits).expect("a trie by its rules");
            first = last;
        }
    }

    /// In nats, node by node.
    pub fn logits(&mut self) -> Vec<f64> {
        self.run();
        self.logits[TOKENS..].iter().map(|&q16| f64::from(q16) / 65_536.0).collect()
    }
}

/// The draft of a file; what no kernel reads is left out.
fn read(path: &Path) -> Result<Arc<GruModel>, Box<dyn Error>> {
    let bytes = fs::read(path)?;
    let file = SafeTensors::deserialize(&bytes)?;
    let (_, about) = SafeTensors::read_metadata(&bytes)?;
    let config = about.metadata().as_ref().and_then(|all| all.get("config")).ok_or("no config")?;
    let config: serde_json::Value = serde_json::from_str(config)?;
    let size = |name: &str| config[name].as_u64().ok_or(format!("config {name}: no size"));
    let config =
        GruConfig { d: size("d")? as usize, context_moves: size("contextMoves")? as usize };
    let views = file.tensors();
    let tensors: Vec<Tensor> = views
        .iter()
        .filter(|(name, _)| !name.starts_with("duration"))
        .map(|(name, view)| Tensor {
            name,
            element_type: match view.dtype() {
                Dtype::I8 => ElementType::I8,
                _ => ElementType::F32,
            },
            shape: view.shape(),
            bytes: view.data(),
        })
        .collect();
    Ok(Arc::new(GruModel::new(config, &tensors)?))
}
