//! Book, features and token of each instrument, a tick at a time; `native/twins/features.ts` is
//! the twin, operation for operation.

mod book;
mod decay;
mod market;

use self::decay::{Decay, Window};
use self::market::Market;
use crate::tick::{TICK_BYTES, Tick};

/// Values of one instrument's view; `native/features.ts` names them.
pub const VIEW_VALUES: usize = 24;

/// Values of one instrument's state without the levels of its book; `native/feature-state.ts` names
/// them.
pub const STATE_VALUES: usize = 25;

/// Half-lives in nanoseconds.
const FAST_NS: f64 = 1e9;
const SLOW_NS: f64 = 60e9;
const FLOW_NS: f64 = 10e9;

/// Sessions of an instrument part where (hour + phase) / period is whole; never for a period of 0.
#[derive(Clone, Copy)]
pub struct Sessions {
    /// Hours from one session to the next.
    pub period: f64,
    /// Hours added to a time before it is divided.
    pub phase: f64,
}

pub(crate) struct Windows {
    decay: Decay,
    fast: Window,
    slow: Window,
    flow: Window,
}

/// The state behind all views.
pub struct Features {
    windows: Windows,
    markets: Vec<Market>,
}

impl Features {
    /// One market for each of `sessions`.
    pub fn new(sessions: &[Sessions]) -> Self {
        let windows = Windows {
            decay: Decay::new(),
            fast: Window::of_half_life(FAST_NS),
            slow: Window::of_half_life(SLOW_NS),
            flow: Window::of_half_life(FLOW_NS),
        };
        Self { windows, markets: sessions.iter().map(|&each| Market::new(each)).collect() }
    }

    /// Takes whole records in their order and brings the views of their instruments up to date;
    /// answers how many it took: fewer where a record is none or its instrument is unknown.
    pub fn take(&mut self, records: &[u8], views: &mut [f64]) -> usize {
        let (records, _) = records.as_chunks::<TICK_BYTES>();
        let (views, _) = views.as_chunks_mut::<VIEW_VALUES>();
        for (at, record) in records.iter().enumerate() {
            let Some(tick) = Tick::read(record) else { return at };
            let (Some(market), Some(view)) =
                (self.markets.get_mut(tick.instrument), views.get_mut(tick.instrument))
            else {
                return at;
            };
            market.take(&tick, &self.windows);
            market.write(view);
        }
        records.len()
    }

    /// Writes what an instrument's later ticks go on from, and answers how many values that are: 0
    /// for an instrument that is unknown, or where they have no room.
    pub fn save(&self, instrument: usize, state: &mut [f64]) -> usize {
        self.markets.get(instrument).map_or(0, |market| market.save(state))
    }

    /// The instrument goes on from what `save` wrote; false, and nothing changed, where that is no
    /// state.
    pub fn restore(&mut self, instrument: usize, state: &[f64], views: &mut [f64]) -> bool {
        let (views, _) = views.as_chunks_mut::<VIEW_VALUES>();
        let (Some(market), Some(view)) =
            (self.markets.get_mut(instrument), views.get_mut(instrument))
        else {
            return false;
        };
        let is_taken = market.restore(state);
        market.write(view);
        is_taken
    }
}
