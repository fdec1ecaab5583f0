//! A draft's step in our kernel and through the crate `ort` with IO binding, in one process.
//!
//! `ort-peer LIBRARY WEIGHTS GRAPHS ROUNDS` prints the samples of each side as JSON. A side takes a
//! batch of paths through 16 moves, step by step. In every round each side has one sample, in an
//! order that turns; the first side, ours, has two.

mod bound;
mod own;

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;

use bound::Bound;
use own::Own;

/// Moves of a path.
pub const MOVES: usize = 16;
/// Tokens, and logits of a row.
pub const TOKENS: usize = 64;
/// A sample has as many calls as last that long.
const SAMPLE: Duration = Duration::from_micros(500);
const WARM_UP: Duration = Duration::from_millis(300);
/// Graphs, and how far their logits may be from ours in the mean, in nats.
const FORMS: [(&str, f64); 4] =
    [("law", 1e-3), ("law-int8", 1e-3), ("float", 0.05), ("int8", 0.05)];

/// The indices of every step: the same for all sides.
pub struct Steps {
    /// Of the context, oldest first.
    pub context: Vec<[u8; 3]>,
    /// Paths side by side.
    pub batch: usize,
    /// `[move][path]`: token, code, next code.
    pub pairs: Vec<[u8; 3]>,
}

impl Steps {
    fn new(batch: usize) -> Self {
        const CODE: u8 = 12;
        let pair = |token: usize| [(24 + token % 16) as u8, CODE, CODE];
        let places = (0..MOVES).flat_map(|step| (0..batch).map(move |path| (step, path)));
        Self {
            context: (0..64).map(|at| pair(at * 5)).collect(),
            batch,
            pairs: places.map(|(step, path)| pair(path + 3 * step)).collect(),
        }
    }
}

/// A side: whose and which it is, and what takes all paths through all moves.
struct Side {
    group: &'static str,
    name: &'static str,
    run: Box<dyn FnMut()>,
    calls: u32,
    samples: Vec<f64>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let [library, weights, graphs, rounds] = &given[..] else {
        return Err("usage: ort-peer LIBRARY WEIGHTS GRAPHS ROUNDS".into());
    };
    let environment = ort::init_from(library)?.build()?;
    let rounds: usize = rounds.parse()?;
    let mut batches = Vec::new();
    for batch in [1, 8] {
        let steps = Steps::new(batch);
        let mut own = Own::new(Path::new(weights), &steps)?;
        let ours = own.logits();
        let mut sides = vec![Side::new("ours", "in Rust", move || own.run())];
        let mut apart = Vec::new();
        for (form, most) in FORMS {
            let path = Path::new(graphs).join(format!("draft-step-{form}.onnx"));
            let mut bound = Bound::new(&environment, &path, &steps)?;
            let mean = mean_apart(&ours, &bound.logits()?);
            if mean > most {
                return Err(
                    format!("{}: {mean} nats from ours, at most {most}", path.display()).into()
                );
            }
            apart.push(json!({ "form": form, "meanNats": mean }));
            let run = move || bound.run().expect("it ran before");
            sides.push(Side::new("ort crate, IO binding", form, run));
        }
        batches.push(json!({
            "batch": batch,
            "apart": apart,
            "samples": measure(sides, rounds),
        }));
    }
    println!("{}", json!({ "version": ort::info(), "batches": batches }));
    Ok(())
}

impl Side {
    fn new(group: &'static str, name: &'static str, run: impl FnMut() + 'static) -> Self {
        Self { group, name, run: Box::new(run), calls: 1, samples: Vec::new() }
    }

    fn timed(&mut self) -> Duration {
        let begin = Instant::now();
        for _ in 0..self.calls {
            (self.run)();
        }
        begin.elapsed()
    }

    fn settle(&mut self) {
        let begin = Instant::now();
        while begin.elapsed() < WARM_UP {
            (self.run)();
        }
        // The least of some: one that was interrupted would end this early.
        while (0..5).map(|_| self.timed()).min() < Some(SAMPLE) {
            self.calls *= 2;
        }
    }
}

/// Microseconds a step: ours, ours again, the others.
fn measure(mut sides: Vec<Side>, rounds: usize) -> Vec<serde_json::Value> {
    sides.iter_mut().for_each(Side::settle);
    let mut again = Vec::new();
    let slots = sides.len() + 1;
    for round in 0..rounds {
        for slot in 0..slots {
            // Slot 0 is the first side once more.
            let at = (slot + round) % slots;
            let side = &mut sides[at.saturating_sub(1)];
            let us = side.timed().as_secs_f64() * 1e6 / f64::from(side.calls) / MOVES as f64;
            if at == 0 { again.push(us) } else { side.samples.push(us) }
        }
    }
    let samples = |side: &Side, us: &[f64]| {
        let Side { group, name, .. } = side;
        json!({ "group": group, "name": name, "usPerItem": us })
    };
    let mut all: Vec<_> = sides.iter().map(|side| samples(side, &side.samples)).collect();
    all.insert(1, samples(&sides[0], &again));
    all
}

fn mean_apart(ours: &[f64], theirs: &[f64]) -> f64 {
    assert_eq!(ours.len(), theirs.len(), "logits of all steps");
    ours.iter().zip(theirs).map(|(a, b)| (a - b).abs()).sum::<f64>() / ours.len() as f64
}
