//! A desk that measures an acceptor: NewOrderSingle to filled ExecutionReport, over loopback.
//!
//! ```text
//! cargo run --release --example fix_load -- PORT SERIAL ORDERS WINDOW [WARM_UP]
//! ```
//!
//! Logs on with ResetSeqNumFlag as OUTRIDER to VENUE, sends ORDERS buys of EUR/USD that trade on
//! arrival, at most WINDOW of them unanswered, and logs out. Prints one line of JSON: latency from
//! before the write to behind the read, of orders after the first WARM_UP, by a monotonic clock;
//! and their rate. ClOrdIDs count from SERIAL on, so that an acceptor sees none twice.

mod load;
mod percentiles;
mod session;

use std::error::Error;

use load::Load;
use session::Session;

fn main() -> Result<(), Box<dyn Error>> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| -> Result<u64, Box<dyn Error>> {
        let text = given.get(at).ok_or("usage: fix_load PORT SERIAL ORDERS WINDOW [WARM_UP]")?;
        text.parse().map_err(|_| format!("{text} is no whole number").into())
    };
    let load = Load {
        first_serial: number(1)?,
        orders: number(2)? as usize,
        window: number(3)? as usize,
        warm_up: if given.len() > 4 { number(4)? as usize } else { 0 },
    };
    if load.window == 0 || load.orders <= load.warm_up || load.orders > 10_000_000 {
        return Err("give a window above 0 and more orders than warm up".into());
    }
    let mut session = Session::log_on(number(0)? as u16)?;
    let measured = load.run(&mut session)?;
    session.log_out()?;
    println!("{}", measured.json());
    Ok(())
}
