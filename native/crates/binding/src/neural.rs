//! Neural models: weights are copied and packed once, sessions work on bound memory.
//!
//! Why that is sound stands at the head of this crate; `native/neural.ts` looks at the lengths
//! before each call.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use napi::Env;
use napi::bindgen_prelude::{
    Error, FnArgs, Function, FunctionCallContext, Int16Array, Int32Array, JsObjectValue, Object,
    Result, Uint8Array,
};
use napi_derive::napi;
use outrider_core::neural::{
    ElementType, GruConfig, GruModel, GruSession, Instructions, NeuralError, PassJob, PassOutputs,
    Tensor, Trie, WindowConfig, WindowModel, WindowRunner, WindowSession,
};

use crate::writable;

/// The config of either kernel: a draft has the first three fields alone.
#[napi(object, object_to_js = false)]
pub struct NeuralConfig {
    /// Width of a position, or units.
    pub d: u32,
    /// Moves of a context.
    pub context_moves: u32,
    /// Side inputs; absent for none.
    pub side_inputs: Option<u32>,
    /// Layers of a target.
    pub layers: Option<u32>,
    /// Heads of a layer.
    pub heads: Option<u32>,
    /// Positions that a layer reads.
    pub window: Option<u32>,
    /// Hidden units of a feed-forward.
    pub feed_forward: Option<u32>,
}

/// A tensor as a file has it.
#[napi(object, object_to_js = false)]
pub struct NeuralTensor {
    /// Its name.
    pub name: String,
    /// `I8` or `F32`.
    #[napi(js_name = "type")]
    pub element_type: String,
    /// Its dimensions, the outermost first.
    pub shape: Vec<u32>,
    /// Its elements, row-major and little-endian.
    pub bytes: Uint8Array,
}

/// What makes a model.
#[napi(object, object_to_js = false)]
pub struct NeuralWeights {
    /// `window` or `gru`.
    pub kind: String,
    /// Its sizes.
    pub config: NeuralConfig,
    /// All its tensors.
    pub tensors: Vec<NeuralTensor>,
    /// Threads of a pass, the caller's among them.
    pub threads: u32,
}

/// What a session reads and writes in place.
#[napi(object, object_to_js = false)]
pub struct NeuralBuffers {
    /// The trie; see `Trie` in the core.
    pub parent: Int32Array,
    /// Token of each node.
    pub token: Uint8Array,
    /// Code of each node's token.
    pub token_code: Uint8Array,
    /// Code after each node's token.
    pub code: Uint8Array,
    /// Pairs of a prefill.
    pub tokens: Uint8Array,
    /// Codes of a prefill.
    pub codes: Uint8Array,
    /// Side inputs: as many as the model takes.
    pub side_inputs: Int16Array,
    /// Written: 64 a node.
    pub logits: Int32Array,
    /// Written: 96 a root.
    pub not_reached: Int32Array,
    /// Written: 130 a root.
    pub horizons: Int32Array,
}

/// A model, ready to run.
#[napi]
pub struct NeuralModel(Kind);

#[derive(Clone)]
enum Kind {
    Window(Rc<RefCell<WindowRunner>>),
    Gru(Arc<GruModel>),
}

/// Copies and packs weights.
#[napi]
pub fn bind_neural(weights: NeuralWeights) -> Result<NeuralModel> {
    let NeuralWeights { kind, config, tensors, threads } = weights;
    let shapes: Vec<Vec<usize>> = tensors
        .iter()
        .map(|tensor| tensor.shape.iter().map(|&size| size as usize).collect())
        .collect();
    let tensors: Vec<Tensor> = tensors
        .iter()
        .zip(&shapes)
        .map(|(tensor, shape)| Tensor {
            name: &tensor.name,
            element_type: match tensor.element_type.as_str() {
                "I8" => ElementType::I8,
                _ => ElementType::F32,
            },
            shape,
            bytes: &tensor.bytes,
        })
        .collect();
    let (d, context_moves) = (config.d as usize, config.context_moves as usize);
    let size = |field: Option<u32>| field.unwrap_or_default() as usize;
    let side_inputs = size(config.side_inputs);
    let kind = match kind.as_str() {
        "window" => {
            let config = WindowConfig {
                d,
                layers: size(config.layers),
                heads: size(config.heads),
                window: size(config.window),
                context_moves,
                feed_forward: size(config.feed_forward),
                side_inputs,
            };
            let model = Arc::new(WindowModel::new(config, &tensors).map_err(refused)?);
            let runner = WindowRunner::new(model, Instructions::best(), threads.max(1) as usize);
            Kind::Window(Rc::new(RefCell::new(runner)))
        }
        "gru" => {
            let model = GruModel::new(GruConfig { d, context_moves, side_inputs }, &tensors);
            Kind::Gru(Arc::new(model.map_err(refused)?))
        }
        _ => return Err(Error::from_reason(format!("kind is {kind}: pass window or gru"))),
    };
    Ok(NeuralModel(kind))
}

#[napi]
impl NeuralModel {
    /// Opens a session over these buffers: an object of `setSideInputs(count)`,
    /// `prefill(count, nextCode)`, `append(token, code, nextCode)` and `pass(from, to)`.
    #[napi]
    pub fn open<'env>(&self, env: &'env Env, buffers: NeuralBuffers) -> Result<Object<'env>> {
        check_overlap(&buffers)?;
        let nodes = buffers.parent.len();
        let session = match &self.0 {
            Kind::Window(runner) => {
                let model = Arc::clone(runner.borrow().model());
                Session::Window(Rc::clone(runner), Box::new(WindowSession::new(model, nodes)))
            }
            Kind::Gru(model) => Session::Gru(Box::new(GruSession::new(
                Arc::clone(model),
                Instructions::best(),
                nodes,
            ))),
        };
        calls_of(env, Rc::new(RefCell::new(Work { session, buffers })))
    }
}

/// One context at work.
struct Work {
    session: Session,
    buffers: NeuralBuffers,
}

enum Session {
    Window(Rc<RefCell<WindowRunner>>, Box<WindowSession>),
    Gru(Box<GruSession>),
}

fn calls_of(env: &Env, work: Rc<RefCell<Work>>) -> Result<Object<'_>> {
    let mut calls = Object::new(env)?;
    let own = Rc::clone(&work);
    let set_side_inputs: Function<'_, FnArgs<(u32,)>, ()> =
        env.create_function_from_closure("setSideInputs", move |call: FunctionCallContext| {
            own.borrow_mut().set_side_inputs(call.get::<u32>(0)? as usize)
        })?;
    calls.set_named_property("setSideInputs", set_side_inputs)?;
    let own = Rc::clone(&work);
    let prefill: Function<'_, FnArgs<(u32, u8)>, ()> =
        env.create_function_from_closure("prefill", move |call: FunctionCallContext| {
            own.borrow_mut().prefill(call.get::<u32>(0)? as usize, byte(&call, 1)?)
        })?;
    calls.set_named_property("prefill", prefill)?;
    let own = Rc::clone(&work);
    let append: Function<'_, FnArgs<(u8, u8, u8)>, ()> =
        env.create_function_from_closure("append", move |call: FunctionCallContext| {
            let pair = [byte(&call, 0)?, byte(&call, 1)?, byte(&call, 2)?];
            own.borrow_mut().append(pair)
        })?;
    calls.set_named_property("append", append)?;
    let pass: Function<'_, FnArgs<(u32, u32)>, ()> =
        env.create_function_from_closure("pass", move |call: FunctionCallContext| {
            let (from, to) = (call.get::<u32>(0)? as usize, call.get::<u32>(1)? as usize);
            work.borrow_mut().pass(from..to)
        })?;
    calls.set_named_property("pass", pass)?;
    Ok(calls)
}

impl Work {
    fn set_side_inputs(&mut self, count: usize) -> Result<()> {
        let Self { session, buffers } = self;
        let values = buffers.side_inputs.get(..count).ok_or_else(|| {
            Error::from_reason(format!("count is {count}: more side inputs than the buffer holds"))
        })?;
        match session {
            Session::Window(_, session) => session.set_side_inputs(values),
            Session::Gru(session) => session.set_side_inputs(values),
        }
        .map_err(refused)
    }

    fn prefill(&mut self, count: usize, next_code: u8) -> Result<()> {
        let Self { session, buffers } = self;
        let pairs = buffers.tokens.get(..count).zip(buffers.codes.get(..count));
        let (tokens, codes) = pairs.ok_or_else(|| {
            Error::from_reason(format!("count is {count}: more pairs than the buffers hold"))
        })?;
        match session {
            Session::Window(runner, session) => {
                runner.borrow_mut().prefill(session, tokens, codes, next_code)
            }
            Session::Gru(session) => session.prefill(tokens, codes, next_code),
        }
        .map_err(refused)
    }

    fn append(&mut self, [token, code, next_code]: [u8; 3]) -> Result<()> {
        match &mut self.session {
            Session::Window(runner, session) => {
                runner.borrow_mut().append(session, token, code, next_code)
            }
            Session::Gru(session) => session.append(token, code, next_code),
        }
        .map_err(refused)
    }

    fn pass(&mut self, nodes: std::ops::Range<usize>) -> Result<()> {
        let NeuralBuffers {
            parent, token, token_code, code, logits, not_reached, horizons, ..
        } = &mut self.buffers;
        let trie = Trie { parent, token, token_code, code };
        let logits = writable(logits);
        match &mut self.session {
            Session::Window(runner, session) => {
                let (not_reached, horizons) = (writable(not_reached), writable(horizons));
                let outputs = PassOutputs { logits, not_reached, horizons };
                runner.borrow_mut().pass(PassJob { session, trie, nodes, outputs })
            }
            Session::Gru(session) => session.pass(trie, nodes, logits, writable(not_reached)),
        }
        .map_err(refused)
    }
}

/// Neither an input nor another output lies where an output does.
fn check_overlap(buffers: &NeuralBuffers) -> Result<()> {
    let bytes = |array: &Uint8Array| {
        let range = array.as_ptr_range();
        range.start as usize..range.end as usize
    };
    let integers = |array: &Int32Array| {
        let range = array.as_ptr_range();
        range.start as usize..range.end as usize
    };
    let NeuralBuffers { parent, token, token_code, code, tokens, codes, .. } = buffers;
    let side_inputs = buffers.side_inputs.as_ptr_range();
    let mut taken = vec![integers(parent), side_inputs.start as usize..side_inputs.end as usize];
    taken.extend([token, token_code, code, tokens, codes].map(bytes));
    for output in [&buffers.logits, &buffers.not_reached, &buffers.horizons] {
        let range = integers(output);
        if taken.iter().any(|other| other.start < range.end && range.start < other.end) {
            return Err(Error::from_reason("an output must not overlap another buffer"));
        }
        taken.push(range);
    }
    Ok(())
}

fn byte(call: &FunctionCallContext, index: usize) -> Result<u8> {
    let value = call.get::<u32>(index)?;
    u8::try_from(value).map_err(|_| Error::from_reason(format!("{value}: pass a token or code")))
}

fn refused(error: NeuralError) -> Error {
    Error::from_reason(error.to_string())
}
