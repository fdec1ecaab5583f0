//! Compares every way to compute the same row, over many tokens of random models and markets.
//!
//!     cargo run --release --example torture -- --tokens 50000 [--seed 1] [--plant]
//!
//! Prints, a line a comparison, the tokens compared (rows of a target or a draft) and the bytes
//! that differ; exits 1 if any does. `--plant` flips one bit of one weight where two threads run,
//! which must be found.

mod draft;
mod market;
mod rounds;
mod tally;
mod target;

use std::process::ExitCode;

use rounds::{Options, run};

fn main() -> ExitCode {
    let options = match parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::from(2);
        }
    };
    let tally = run(&options);
    print!("{tally}");
    if tally.differing_bytes() > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options { tokens: 50_000, seed: 1, is_planted: false };
    while let Some(argument) = arguments.next() {
        let mut number = || {
            let value = arguments.next().unwrap_or_default();
            value.parse::<u32>().map_err(|_| format!("{argument} {value}: expected a number"))
        };
        match argument.as_str() {
            "--tokens" => options.tokens = number()?.into(),
            "--seed" => options.seed = number()?,
            "--plant" => options.is_planted = true,
            _ => return Err(format!("{argument}: expected --tokens N, --seed N or --plant")),
        }
    }
    Ok(options)
}
