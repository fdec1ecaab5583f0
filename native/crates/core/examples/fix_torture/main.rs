//! Hostile FIX bytes without end: `cargo run --release --example fix_torture -- [ROUNDS] [SEED]`.
//!
//! Each round cuts and scans a mutated stream and encodes an order of any values; whatever does not
//! hold (`native/fuzz/src/properties.rs`) ends it with the seed of that round.

mod mutate;
#[path = "../../../../fuzz/src/properties.rs"]
mod properties;
mod rounds;

fn main() {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, otherwise: u64| {
        given.get(at).map_or(otherwise, |text| text.parse().expect("a whole number"))
    };
    let (rounds, seed) = (number(0, 5_000_000), number(1, 1));
    let bytes = rounds::run(rounds, seed);
    println!("{rounds} rounds, {bytes} bytes of FIX: nothing broke");
}
