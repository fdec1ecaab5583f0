//! One instrument: its quote, its book, its moves, and what decays.

mod state;

use super::book::Book;
use super::decay::LN2;
use super::{Sessions, VIEW_VALUES, Windows};
use crate::tick::{Kind, Side, Tick};
use crate::tokeniser::ScaleState;

const HOUR_NS: f64 = 3600e9;

/// Bits of the first value of a view: what the source has given so far.
mod present {
    pub const QUOTE: u32 = 1;
    pub const BID_LOTS: u32 = 2;
    pub const ASK_LOTS: u32 = 4;
    pub const IMBALANCE: u32 = 8;
    pub const VOLATILITY: u32 = 16;
    pub const FLOW: u32 = 32;
    pub const INTENSITY: u32 = 64;
    pub const TOKEN: u32 = 128;
    pub const DEPTH: u32 = 256;
}

#[derive(Clone, Copy)]
struct Quote {
    bid: f64,
    ask: f64,
    bid_lots: Option<f64>,
    ask_lots: Option<f64>,
}

impl Quote {
    /// In half price increments.
    fn mid(&self) -> f64 {
        self.bid + self.ask
    }
}

pub struct Market {
    sessions: Sessions,
    /// None before the first quote and after a gap.
    session: Option<f64>,
    quote: Option<Quote>,
    book: Book,
    epoch: u32,
    /// Moves of the epoch.
    moves: u32,
    token: Option<u8>,
    scale: ScaleState,
    /// When the sums below were last decayed.
    time: f64,
    /// Squares of moves over two windows.
    fast: f64,
    slow: f64,
    /// Signs of trades; there is none before the first whose sign is known.
    flow: Option<f64>,
    /// Quotes and trades.
    events: Option<f64>,
    last_price: Option<f64>,
    last_sign: f64,
    merged: f64,
}

impl Market {
    pub fn new(sessions: Sessions) -> Self {
        Self {
            sessions,
            session: None,
            quote: None,
            book: Book::default(),
            epoch: 0,
            moves: 0,
            token: None,
            scale: ScaleState::default(),
            time: 0.0,
            fast: 0.0,
            slow: 0.0,
            flow: None,
            events: None,
            last_price: None,
            last_sign: 0.0,
            merged: 0.0,
        }
    }

    pub fn take(&mut self, tick: &Tick, windows: &Windows) {
        self.merged += f64::from(tick.merged);
        match tick.kind {
            Kind::Quote => self.take_quote(tick, windows),
            Kind::Trade => self.take_trade(tick, windows),
            Kind::Level => {
                let (side, lots) = (tick.side.unwrap_or(Side::Bid), tick.first_lots);
                self.book.set(side, tick.first_price, lots.unwrap_or(0.0), tick.has_more);
            }
            Kind::Snapshot => self.book.begin_snapshot(),
            Kind::Gap => {
                if self.session.is_some() {
                    self.start_epoch();
                }
                self.session = None;
                self.quote = None;
                self.book.lose();
            }
        }
    }

    fn take_quote(&mut self, tick: &Tick, windows: &Windows) {
        let quote = Quote {
            bid: tick.first_price,
            ask: tick.second_price,
            bid_lots: tick.first_lots,
            ask_lots: tick.second_lots,
        };
        let session = self.session_at(tick.exchange_time);
        let mut change = 0.0;
        if self.session == Some(session) {
            change = quote.mid() - self.quote.map_or(quote.mid(), |last| last.mid());
        } else {
            if self.session.is_some() {
                self.start_epoch();
            }
            self.session = Some(session);
        }
        self.quote = Some(quote);
        self.elapse(tick, windows);
        if change != 0.0 {
            // Beyond the last rung of any ladder the size does not matter.
            let (token, _) = self.scale.observe(change as i32);
            self.token = Some(token);
            self.moves += 1;
            self.fast += change * change;
            self.slow += change * change;
        }
    }

    fn take_trade(&mut self, tick: &Tick, windows: &Windows) {
        let sign = self.sign_of(tick);
        self.elapse(tick, windows);
        self.last_price = Some(tick.first_price);
        if sign != 0.0 {
            self.last_sign = sign;
            let count = 1.0 + f64::from(tick.merged);
            self.flow = Some(self.flow.unwrap_or(0.0) + sign * count);
        }
    }

    /// By the taker where it is known, else by the side of the mid (of the last price without a
    /// quote) the trade was on, else as the trade before.
    fn sign_of(&self, tick: &Tick) -> f64 {
        if let Some(side) = tick.side {
            return if side == Side::Bid { 1.0 } else { -1.0 };
        }
        let price = tick.first_price;
        let above = match (&self.quote, self.last_price) {
            (Some(quote), _) => 2.0 * price - quote.mid(),
            (None, Some(last)) => price - last,
            (None, None) => 0.0,
        };
        if above > 0.0 {
            1.0
        } else if above < 0.0 {
            -1.0
        } else {
            self.last_sign
        }
    }

    /// Decays the sums to the tick's time and counts it.
    fn elapse(&mut self, tick: &Tick, windows: &Windows) {
        let passed = tick.exchange_time - self.time;
        let ns = if passed > 0.0 { passed } else { 0.0 };
        self.time += ns;
        let fast = windows.decay.left_after(ns, windows.fast);
        self.fast *= fast;
        self.slow *= windows.decay.left_after(ns, windows.slow);
        if let Some(flow) = self.flow {
            self.flow = Some(flow * windows.decay.left_after(ns, windows.flow));
        }
        // Intensity shares the window of the fast volatility.
        let count = 1.0 + f64::from(tick.merged);
        self.events = Some(self.events.unwrap_or(0.0) * fast + count);
    }

    fn start_epoch(&mut self) {
        self.epoch += 1;
        self.moves = 0;
        self.token = None;
        self.fast = 0.0;
        self.slow = 0.0;
        self.flow = None;
        self.events = None;
        self.last_price = None;
        self.last_sign = 0.0;
    }

    fn session_at(&self, time: f64) -> f64 {
        let Sessions { period, phase } = self.sessions;
        if period > 0.0 { (((time / HOUR_NS).floor() + phase) / period).floor() } else { 0.0 }
    }

    /// Writes the whole view; a masked value is 0 there.
    // A restore calls it too, and then it would no longer be a part of a tick's loop by itself.
    #[inline(always)]
    pub fn write(&self, view: &mut [f64; VIEW_VALUES]) {
        let mut mask = 0;
        *view = [0.0; VIEW_VALUES];
        view[1] = self.time;
        view[2] = f64::from(self.epoch);
        view[3] = f64::from(self.moves);
        view[5] = f64::from(self.scale.code());
        view[6] = f64::from(self.scale.scale);
        if let Some(token) = self.token {
            mask |= present::TOKEN;
            view[4] = f64::from(token);
        }
        mask |= self.write_quote(view);
        if self.moves > 0 {
            mask |= present::VOLATILITY;
            view[14] = (self.fast * LN2).sqrt();
            view[15] = (self.slow * (LN2 / 60.0)).sqrt();
        }
        if let Some(flow) = self.flow {
            mask |= present::FLOW;
            view[16] = flow;
        }
        if let Some(events) = self.events {
            mask |= present::INTENSITY;
            view[17] = events * LN2;
        }
        if let Some(top) = self.book.top {
            mask |= present::DEPTH;
            view[18] = top.bid;
            view[19] = top.ask;
            view[20] = top.depth_imbalance;
        }
        view[21] = f64::from(self.book.crossed);
        view[22] = f64::from(self.book.forgotten);
        view[23] = self.merged;
        view[0] = f64::from(mask);
    }

    fn write_quote(&self, view: &mut [f64; VIEW_VALUES]) -> u32 {
        let Some(quote) = self.quote else { return 0 };
        let mut mask = present::QUOTE;
        view[7] = quote.bid;
        view[8] = quote.ask;
        view[11] = quote.ask - quote.bid;
        if let Some(lots) = quote.bid_lots {
            mask |= present::BID_LOTS;
            view[9] = lots;
        }
        if let Some(lots) = quote.ask_lots {
            mask |= present::ASK_LOTS;
            view[10] = lots;
        }
        if let (Some(bid_lots), Some(ask_lots)) = (quote.bid_lots, quote.ask_lots) {
            let sum = bid_lots + ask_lots;
            if sum > 0.0 {
                mask |= present::IMBALANCE;
                view[12] = (bid_lots - ask_lots) / sum;
                view[13] = 2.0 * (quote.bid * ask_lots + quote.ask * bid_lots) / sum;
            }
        }
        mask
    }
}
