//! Random models by the rule of docs/law.md (Golden vectors), and random numbers to feed them:
//! for tests, torture and benchmarks.

use super::gru::GruConfig;
use super::heads::{HORIZONS, NOT_REACHED};
use super::weights::{ElementType, Tensor};
use super::window::WindowConfig;
use crate::TOKENS;
use crate::threefry::threefry;

/// Coarse and fine logits.
const CHOICE: usize = 72;

/// A stream of random numbers that its seed fixes.
pub struct RandomStream {
    seed: u32,
    index: u32,
}

impl RandomStream {
    /// The stream of a seed.
    pub fn new(seed: u32) -> Self {
        Self { seed, index: 0 }
    }

    /// A number from 0 to `limit - 1`; the bias is of no matter here.
    ///
    /// # Panics
    /// If `limit` is 0.
    pub fn below(&mut self, limit: usize) -> usize {
        self.index += 1;
        let ([bits], _) = threefry([self.seed, 0x5eed], self.index, [0]);
        bits as usize % limit
    }
}

/// A model's tensors, owned.
pub struct RandomTensors {
    seed: u32,
    tensors: Vec<Owned>,
}

struct Owned {
    name: String,
    element_type: ElementType,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

impl Owned {
    fn view(&self) -> Tensor<'_> {
        let Self { name, element_type, shape, bytes } = self;
        Tensor { name, element_type: *element_type, shape, bytes }
    }
}

impl RandomTensors {
    /// The tensors of a target.
    pub fn window(seed: u32, config: &WindowConfig) -> Self {
        let mut made = Self { seed, tensors: Vec::new() };
        let &WindowConfig { d, heads, window, feed_forward, .. } = config;
        made.tables(d, config.side_inputs);
        for layer in 0..config.layers {
            let name = |part: &str| format!("layers.{layer}.{part}");
            made.singles(name("norm1"), &[d], gain);
            made.linear(name("qkv"), 3 * d, d);
            made.singles(name("bias"), &[heads, window], |v| v / 16_384.0);
            made.linear(name("out"), d, d);
            made.singles(name("norm2"), &[d], gain);
            made.linear(name("up"), feed_forward, d);
            made.linear(name("down"), d, feed_forward);
        }
        made.singles("norm".into(), &[d], gain);
        made.linear("head".into(), CHOICE, d);
        made.linear("duration".into(), NOT_REACHED, d);
        made.linear("horizon".into(), HORIZONS, d);
        made
    }

    /// The tensors of a draft.
    pub fn gru(seed: u32, config: &GruConfig) -> Self {
        let mut made = Self { seed, tensors: Vec::new() };
        made.tables(3 * config.d, config.side_inputs);
        made.linear("hidden".into(), 3 * config.d, config.d);
        made.linear("head".into(), CHOICE, config.d);
        made
    }

    /// With the head of durations, which a draft may have.
    pub fn with_durations(mut self, config: &GruConfig) -> Self {
        self.linear("duration".into(), NOT_REACHED, config.d);
        self
    }

    /// Flips the lowest bit of an int8 weight of this tensor: a fault that comparisons must find.
    ///
    /// # Panics
    /// If there is no such tensor or element.
    pub fn flip_bit(&mut self, name: &str, element: usize) {
        let tensor = self.tensors.iter_mut().find(|tensor| tensor.name == name);
        tensor.expect("a tensor of the model").bytes[element] ^= 1;
    }

    /// Views of them, as a model takes them.
    pub fn views(&self) -> Vec<Tensor<'_>> {
        self.tensors.iter().map(Owned::view).collect()
    }

    fn tables(&mut self, width: usize, side_inputs: usize) {
        let rows = [("token", TOKENS), ("code", TOKENS), ("next_code", TOKENS)];
        let side = (side_inputs > 0).then_some(("side", side_inputs));
        for (name, rows) in rows.into_iter().chain(side) {
            self.singles(name.into(), &[rows, width], |v| v / 32_768.0);
        }
    }

    /// int8 weights and their scales.
    fn linear(&mut self, name: String, outputs: usize, inputs: usize) {
        let weights = self.bits(outputs * inputs).map(|x| ((x >> 24) % 255) as u8);
        let bytes = weights.map(|byte| byte.wrapping_sub(127)).collect();
        let scale = format!("{name}.scale");
        let shape = vec![outputs, inputs];
        self.tensors.push(Owned { name, element_type: ElementType::I8, shape, bytes });
        self.singles(scale, &[outputs], |v| (65_536.0 + v) / 67_108_864.0);
    }

    fn singles(&mut self, name: String, shape: &[usize], value: impl Fn(f32) -> f32) {
        let bytes = self
            .bits(shape.iter().product())
            .flat_map(|x| value((x >> 16) as f32 - 32_768.0).to_le_bytes())
            .collect();
        let shape = shape.to_vec();
        self.tensors.push(Owned { name, element_type: ElementType::F32, shape, bytes });
    }

    /// Random bits of the next tensor's elements.
    fn bits(&self, elements: usize) -> impl Iterator<Item = u32> + use<> {
        let key = [self.seed, self.tensors.len() as u32];
        (0..elements as u32).map(move |element| threefry(key, element, [0]).0[0])
    }
}

fn gain(v: f32) -> f32 {
    1.0 + v / 131_072.0
}
