//! The comparisons of `examples/torture`, briefly: all ways to compute a row give the same bytes.

#[path = "../examples/torture/draft.rs"]
mod draft;
#[path = "../examples/torture/market.rs"]
mod market;
#[path = "../examples/torture/rounds.rs"]
mod rounds;
#[path = "../examples/torture/tally.rs"]
mod tally;
#[path = "../examples/torture/target.rs"]
mod target;

use rounds::{Options, run};

#[test]
fn no_byte_depends_on_batch_threads_instructions_or_cache_or_machines_would_disagree() {
    let tally = run(&Options { tokens: 50_000, seed: 1, is_planted: false });
    assert_eq!(tally.differing_bytes(), 0, "\n{tally}");
    for name in ["avx512", "avx2"] {
        if outrider_core::neural::Instructions::named(name).is_none() {
            println!("{name} is not compared: this processor has it not");
        }
    }
}

#[test]
fn a_planted_bit_is_found_or_the_comparison_compares_nothing() {
    let tally = run(&Options { tokens: 1, seed: 1, is_planted: true });
    assert!(tally.differing_bytes() > 0, "\n{tally}");
}
