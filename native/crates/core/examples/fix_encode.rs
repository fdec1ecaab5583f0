//! Times the order encoder: `cargo run --release --example fix_encode`.
//!
//! A NewOrderSingle of 183 bytes from numbers, every value but date and names new each time. Prints
//! the nanoseconds an order of the best and of the median batch as one line of JSON.

use std::hint::black_box;
use std::time::Instant;

use outrider_core::{ORDER_VALUES, OrderEncoder, OrderUnits};

const BATCH: usize = 20_000;
const WARM_UP: usize = 20;
const MEASURED: usize = 200;
const START_MS: f64 = 1_399_024_800_000.0;

fn main() {
    let units = OrderUnits {
        symbol: b"EUR/USD",
        units_per_lot: 1000.0,
        lot_decimals: 0,
        units_per_increment: 1.0,
        price_decimals: 5,
    };
    let encoder = OrderEncoder::new(b"OUTRIDER-GW", b"VENUE-ONE", &[units]);
    let mut encoder = encoder.expect("names and units that can be written");
    let mut memory = vec![0; encoder.memory_bytes()];
    let mut order = [0.0; ORDER_VALUES];
    order[6] = 20_140_502.0;
    let mut bytes = 0;
    let mut batch = || {
        let start = Instant::now();
        for at in 0..BATCH {
            order[1] = (1000 + at % 9000) as f64;
            order[2] = START_MS + (at * 7) as f64;
            order[3] = (1 + at % 2) as f64;
            order[4] = (1 + at % 9) as f64;
            order[5] = (138_700 + at % 16) as f64;
            order[7] = (100_000 + at) as f64;
            bytes += encoder.encode(black_box(&order), &mut memory);
            black_box(&memory);
        }
        start.elapsed().as_nanos() as f64 / BATCH as f64
    };
    for _ in 0..WARM_UP {
        batch();
    }
    let mut ns_per_order: Vec<f64> = (0..MEASURED).map(|_| batch()).collect();
    ns_per_order.sort_by(f64::total_cmp);
    println!(
        "{{\"bestNs\":{:.1},\"medianNs\":{:.1},\"bytesPerOrder\":{}}}",
        ns_per_order[0],
        ns_per_order[MEASURED / 2],
        bytes / (BATCH * (WARM_UP + MEASURED)),
    );
}
