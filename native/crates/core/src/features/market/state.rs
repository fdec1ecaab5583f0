//! State of one instrument as values and back; `native/feature-state.ts` draws them.

use super::super::STATE_VALUES;
use super::super::book::Top;
use super::{Market, Quote};
use crate::TOKENS;
use crate::scale::SCALE_MAX;

/// Bits of the first value of a state: which of its values are there.
mod known {
    pub const SESSION: u32 = 1;
    pub const QUOTE: u32 = 2;
    pub const BID_LOTS: u32 = 4;
    pub const ASK_LOTS: u32 = 8;
    pub const TOKEN: u32 = 16;
    pub const FLOW: u32 = 32;
    pub const EVENTS: u32 = 64;
    pub const LAST_PRICE: u32 = 128;
    pub const BOOK: u32 = 256;
    pub const TOP: u32 = 512;
}

/// Whether a state is one without levels.
fn levels_stay(state: &[f64; STATE_VALUES]) -> bool {
    state[23] < 0.0 && state[24] < 0.0
}

impl Market {
    /// Writes what later ticks go on from and answers how many values: STATE_VALUES, then two for
    /// each level of the book; 0 where they have no room. Counts of -1 in `out` stay, and no levels
    /// are written.
    pub fn save(&self, out: &mut [f64]) -> usize {
        let Some((state, levels)) = out.split_first_chunk_mut::<STATE_VALUES>() else { return 0 };
        let stay = levels_stay(state);
        let counts = if stay { [0, 0] } else { self.book.levels() };
        let (levels, _) = levels.as_chunks_mut::<2>();
        let Some(levels) = levels.get_mut(..counts[0] + counts[1]) else { return 0 };
        let mut mask = if self.book.is_whole { known::BOOK } else { 0 };
        let mut masked = |bit: u32, value: Option<f64>| {
            mask |= value.map_or(0, |_| bit);
            value.unwrap_or(0.0)
        };
        let (quote, top) = (self.quote, self.book.top);
        *state = [
            0.0,
            self.time,
            masked(known::SESSION, self.session),
            f64::from(self.epoch),
            f64::from(self.moves),
            masked(known::TOKEN, self.token.map(f64::from)),
            f64::from(self.scale.scale),
            masked(known::QUOTE, quote.map(|quote| quote.bid)),
            masked(known::QUOTE, quote.map(|quote| quote.ask)),
            masked(known::BID_LOTS, quote.and_then(|quote| quote.bid_lots)),
            masked(known::ASK_LOTS, quote.and_then(|quote| quote.ask_lots)),
            self.fast,
            self.slow,
            masked(known::FLOW, self.flow),
            masked(known::EVENTS, self.events),
            masked(known::LAST_PRICE, self.last_price),
            self.last_sign,
            self.merged,
            f64::from(self.book.crossed),
            f64::from(self.book.forgotten),
            masked(known::TOP, top.map(|top| top.bid)),
            masked(known::TOP, top.map(|top| top.ask)),
            masked(known::TOP, top.map(|top| top.depth_imbalance)),
            if stay { -1.0 } else { counts[0] as f64 },
            if stay { -1.0 } else { counts[1] as f64 },
        ];
        state[0] = f64::from(mask);
        if !stay {
            self.book.save(levels);
        }
        STATE_VALUES + 2 * levels.len()
    }

    /// Takes what `save` wrote; levels of -1 stay as they are. False, and nothing taken, for values
    /// that no market can have.
    pub fn restore(&mut self, values: &[f64]) -> bool {
        let Some((state, levels)) = values.split_first_chunk::<STATE_VALUES>() else {
            return false;
        };
        let whole = |at: usize| {
            let value = state[at] as u32;
            (f64::from(value) == state[at]).then_some(value)
        };
        let (Some(mask), Some(epoch), Some(moves)) = (whole(0), whole(3), whole(4)) else {
            return false;
        };
        let (Some(token), Some(scale)) = (whole(5), whole(6)) else { return false };
        let (Some(crossed), Some(forgotten)) = (whole(18), whole(19)) else { return false };
        let is_sound = state.iter().all(|value| value.is_finite());
        if !is_sound || token as usize >= TOKENS || scale > SCALE_MAX as u32 {
            return false;
        }
        let is_whole = mask & known::BOOK != 0;
        if !levels_stay(state) && !self.restore_levels([state[23], state[24]], levels, is_whole) {
            return false;
        }
        let known = |bit: u32, at: usize| (mask & bit != 0).then_some(state[at]);
        self.time = state[1];
        self.session = known(known::SESSION, 2);
        self.epoch = epoch;
        self.moves = moves;
        self.token = known(known::TOKEN, 5).map(|_| token as u8);
        self.scale.scale = scale as i32;
        self.quote = known(known::QUOTE, 7).map(|bid| Quote {
            bid,
            ask: state[8],
            bid_lots: known(known::BID_LOTS, 9),
            ask_lots: known(known::ASK_LOTS, 10),
        });
        self.fast = state[11];
        self.slow = state[12];
        self.flow = known(known::FLOW, 13);
        self.events = known(known::EVENTS, 14);
        self.last_price = known(known::LAST_PRICE, 15);
        self.last_sign = state[16];
        self.merged = state[17];
        self.book.is_whole = is_whole;
        self.book.crossed = crossed;
        self.book.forgotten = forgotten;
        self.book.top = known(known::TOP, 20).map(|bid| Top {
            bid,
            ask: state[21],
            depth_imbalance: state[22],
        });
        true
    }

    fn restore_levels(&mut self, counts: [f64; 2], levels: &[f64], is_whole: bool) -> bool {
        if !is_whole {
            return counts == [0.0, 0.0];
        }
        if counts.iter().any(|&count| !(count >= 0.0 && count.fract() == 0.0)) {
            return false;
        }
        let (levels, _) = levels.as_chunks::<2>();
        let [bids, asks] = counts.map(|count| count as usize);
        let (Some(bids), Some(asks)) =
            (levels.get(..bids), levels.get(bids..bids.saturating_add(asks)))
        else {
            return false;
        };
        self.book.restore(bids, asks)
    }
}
