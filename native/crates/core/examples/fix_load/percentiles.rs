//! What was measured, as one line of JSON.

use std::time::Duration;

pub struct Measured {
    /// One an order, in the order of their answers.
    pub latencies_ns: Vec<u64>,
    /// From the first of them sent to the last one answered.
    pub elapsed: Duration,
}

impl Measured {
    pub fn json(mut self) -> String {
        self.latencies_ns.sort_unstable();
        let orders = self.latencies_ns.len();
        let at = |share: f64| self.latencies_ns[((orders - 1) as f64 * share).round() as usize];
        let rate = orders as f64 / self.elapsed.as_secs_f64();
        format!(
            "{{\"orders\":{orders},\"ordersPerSecond\":{rate:.0},\"p50Ns\":{},\"p90Ns\":{},\
             \"p99Ns\":{},\"p999Ns\":{},\"leastNs\":{},\"mostNs\":{}}}",
            at(0.5),
            at(0.9),
            at(0.99),
            at(0.999),
            at(0.0),
            at(1.0),
        )
    }
}
