//! Orders with so many unanswered at most, and when each was filled.

use std::io::{Error, Result};
use std::time::Instant;

use outrider_core::{ORDER_VALUES, OrderEncoder, OrderUnits};

use crate::percentiles::Measured;
use crate::session::{Session, unix_ms, utc_date};

/// Far above any ask: an order trades on arrival.
const LIMIT_INCREMENTS: f64 = 150_000.0;

pub struct Load {
    pub first_serial: u64,
    pub orders: usize,
    pub window: usize,
    pub warm_up: usize,
}

impl Load {
    /// Fails at a message that is no report of an order under way.
    pub fn run(&self, session: &mut Session) -> Result<Measured> {
        let mut desk = Desk::new(self.first_serial);
        let mut sent_at: Vec<Instant> = Vec::with_capacity(self.orders);
        let mut latencies_ns = Vec::with_capacity(self.orders);
        let mut out = Vec::new();
        let mut filled = 0;
        let mut test_request = None;
        while filled < self.orders {
            out.clear();
            while sent_at.len() < self.orders && sent_at.len() - filled < self.window {
                desk.add_order(session, sent_at.len(), &mut out);
                sent_at.push(Instant::now());
            }
            if !out.is_empty() {
                session.write(&out)?;
            }
            session.read()?;
            let now = Instant::now();
            while let Some(message) = session.next()? {
                match message.value(35) {
                    b"8" if message.value(39) == b"2" => {
                        let index = desk.index_of(message.value(11));
                        let sent = index.and_then(|index| sent_at.get(index));
                        let sent = sent.ok_or_else(|| Error::other("a fill of no order"))?;
                        latencies_ns.push((now - *sent).as_nanos() as u64);
                        filled += 1;
                    }
                    b"8" if message.value(39) == b"0" => {}
                    b"0" => {}
                    b"1" => test_request = Some(message.value(112).to_vec()),
                    kind => return Err(unexpected(kind, message.value(58))),
                }
            }
            if let Some(id) = test_request.take() {
                session.send("0", &format!("112={}|", String::from_utf8_lossy(&id)))?;
            }
        }
        latencies_ns.drain(..self.warm_up);
        Ok(Measured { latencies_ns, elapsed: sent_at[self.warm_up].elapsed() })
    }
}

fn unexpected(kind: &[u8], text: &[u8]) -> Error {
    let [kind, text] = [kind, text].map(String::from_utf8_lossy);
    Error::other(format!("a message of type {kind}: {text}"))
}

/// Writes orders by the product's own encoder.
struct Desk {
    encoder: OrderEncoder,
    memory: Vec<u8>,
    order: [f64; ORDER_VALUES],
    first_serial: u64,
}

impl Desk {
    fn new(first_serial: u64) -> Self {
        let units = OrderUnits {
            symbol: b"EUR/USD",
            units_per_lot: 1000.0,
            lot_decimals: 0,
            units_per_increment: 1.0,
            price_decimals: 5,
        };
        let encoder = OrderEncoder::new(b"OUTRIDER", b"VENUE", &[units]).expect("writable names");
        let memory = vec![0; encoder.memory_bytes()];
        let date = utc_date() as f64;
        let order = [0.0, 0.0, 0.0, 1.0, 1.0, LIMIT_INCREMENTS, date, 0.0, 0.0, 0.0, 0.0];
        Self { encoder, memory, order, first_serial }
    }

    fn add_order(&mut self, session: &mut Session, index: usize, out: &mut Vec<u8>) {
        self.order[1] = session.take_sequence() as f64;
        self.order[2] = unix_ms() as f64;
        self.order[7] = (self.first_serial + index as u64) as f64;
        let length = self.encoder.encode(&self.order, &mut self.memory);
        out.extend_from_slice(&self.memory[..length]);
    }

    /// The order that a ClOrdID, `YYYYMMDD-SERIAL`, names.
    fn index_of(&self, id: &[u8]) -> Option<usize> {
        let serial: u64 = std::str::from_utf8(id.get(9..)?).ok()?.parse().ok()?;
        Some(serial.checked_sub(self.first_serial)? as usize)
    }
}
