//! Price levels of one instrument, from a snapshot and the differences after it.

use crate::tick::Side;

/// Levels kept of a side: beyond them the farthest is forgotten, and counted.
pub const LEVELS_MAX: usize = 4096;
/// Levels of a side that the depth imbalance adds up.
const DEPTH: usize = 5;

/// Ranks ascend, so that the best level is the last: a bid's rank is its price, an ask's the
/// negative of it.
#[derive(Default)]
struct Ladder {
    ranks: Vec<f64>,
    lots: Vec<f64>,
}

impl Ladder {
    /// How many levels were forgotten for this one: 0 or 1.
    fn set(&mut self, rank: f64, lots: f64) -> u32 {
        let at = self.ranks.partition_point(|&known| known < rank);
        if self.ranks.get(at) == Some(&rank) {
            if lots > 0.0 {
                self.lots[at] = lots;
            } else {
                self.ranks.remove(at);
                self.lots.remove(at);
            }
            return 0;
        }
        if lots <= 0.0 {
            return 0;
        }
        if self.ranks.len() < LEVELS_MAX {
            self.ranks.insert(at, rank);
            self.lots.insert(at, lots);
            return 0;
        }
        if at > 0 {
            self.ranks.copy_within(1..at, 0);
            self.lots.copy_within(1..at, 0);
            self.ranks[at - 1] = rank;
            self.lots[at - 1] = lots;
        }
        1
    }

    fn clear(&mut self) {
        self.ranks.clear();
        self.lots.clear();
        // All there will ever be, at the first snapshot: a change allocates nothing.
        self.ranks.reserve_exact(LEVELS_MAX);
        self.lots.reserve_exact(LEVELS_MAX);
    }

    fn save(&self, levels: &mut [[f64; 2]]) {
        for (level, (&rank, &lots)) in levels.iter_mut().zip(self.ranks.iter().zip(&self.lots)) {
            *level = [rank, lots];
        }
    }

    fn restore(&mut self, levels: &[[f64; 2]]) {
        self.clear();
        self.ranks.extend(levels.iter().map(|level| level[0]));
        self.lots.extend(levels.iter().map(|level| level[1]));
    }

    /// Lots of the best levels, added from the best outward.
    fn depth(&self) -> f64 {
        self.lots.iter().rev().take(DEPTH).fold(0.0, |sum, lots| sum + lots)
    }
}

/// What the book shows between two messages.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Top {
    pub bid: f64,
    pub ask: f64,
    /// (bids - asks) / (bids + asks) over five levels a side.
    pub depth_imbalance: f64,
}

/// Both sides; nothing is known before a snapshot.
#[derive(Default)]
pub struct Book {
    bids: Ladder,
    asks: Ladder,
    /// A snapshot came, and nothing was lost since.
    pub is_whole: bool,
    /// Levels forgotten at the bound.
    pub forgotten: u32,
    /// Messages after which the bid was at or above the ask.
    pub crossed: u32,
    /// After the last whole message; none where a side is empty or the book is crossed.
    pub top: Option<Top>,
}

impl Book {
    /// Levels follow; they are all the book holds.
    pub fn begin_snapshot(&mut self) {
        self.bids.clear();
        self.asks.clear();
        self.is_whole = true;
        self.top = None;
    }

    /// A difference was lost: nothing is known until the next snapshot.
    pub fn lose(&mut self) {
        self.is_whole = false;
        self.top = None;
    }

    /// Levels of bids and asks; none while nothing is known.
    pub fn levels(&self) -> [usize; 2] {
        let count = |ladder: &Ladder| if self.is_whole { ladder.ranks.len() } else { 0 };
        [count(&self.bids), count(&self.asks)]
    }

    /// Writes rank and lots of each level, the worst bid first, the best ask last.
    pub fn save(&self, levels: &mut [[f64; 2]]) {
        let (bids, asks) = levels.split_at_mut(self.levels()[0]);
        self.bids.save(bids);
        self.asks.save(asks);
    }

    /// Takes what `save` wrote of a book of which something is known; false, and nothing taken,
    /// where levels are none or not in their order.
    pub fn restore(&mut self, bids: &[[f64; 2]], asks: &[[f64; 2]]) -> bool {
        for levels in [bids, asks] {
            let in_order = levels.is_sorted_by(|one, next| one[0] < next[0]);
            let is_level = |level: &[f64; 2]| level[0].is_finite() && level[1] > 0.0;
            if !in_order || levels.len() > LEVELS_MAX || !levels.iter().all(is_level) {
                return false;
            }
        }
        self.bids.restore(bids);
        self.asks.restore(asks);
        self.is_whole = true;
        true
    }

    /// The size at a price is now this; the book is looked at when its message is whole.
    pub fn set(&mut self, side: Side, price: f64, lots: f64, has_more: bool) {
        if !self.is_whole {
            return;
        }
        self.forgotten += match side {
            Side::Bid => self.bids.set(price, lots),
            Side::Ask => self.asks.set(-price, lots),
        };
        if !has_more {
            self.look();
        }
    }

    fn look(&mut self) {
        self.top = None;
        let (Some(&bid), Some(&rank)) = (self.bids.ranks.last(), self.asks.ranks.last()) else {
            return;
        };
        let ask = -rank;
        if bid >= ask {
            self.crossed += 1;
            return;
        }
        let (bids, asks) = (self.bids.depth(), self.asks.depth());
        let depth_imbalance = (bids - asks) / (bids + asks);
        self.top = Some(Top { bid, ask, depth_imbalance });
    }
}

#[cfg(test)]
mod tests {
    use super::{Book, LEVELS_MAX, Top};
    use crate::tick::Side::{Ask, Bid};

    #[test]
    fn knows_nothing_before_a_snapshot_and_shows_only_whole_messages() {
        let mut book = Book::default();
        book.set(Bid, 10.0, 1.0, false);
        assert_eq!(book.top, None);
        book.begin_snapshot();
        book.set(Bid, 10.0, 3.0, true);
        assert_eq!(book.top, None);
        book.set(Ask, 12.0, 1.0, false);
        assert_eq!(book.top, Some(Top { bid: 10.0, ask: 12.0, depth_imbalance: 0.5 }));
        book.set(Ask, 12.0, 0.0, true);
        book.set(Ask, 9.0, 1.0, false);
        assert_eq!((book.top, book.crossed), (None, 1));
        book.lose();
        book.set(Ask, 9.0, 0.0, false);
        assert_eq!(book.top, None);
    }

    #[test]
    fn forgets_the_farthest_level_at_the_bound_and_says_so() {
        let mut book = Book::default();
        book.begin_snapshot();
        for level in 0..=LEVELS_MAX {
            book.set(Bid, level as f64, 1.0, true);
        }
        assert_eq!((book.forgotten, book.bids.ranks.len()), (1, LEVELS_MAX));
        assert_eq!(book.bids.ranks[0], 1.0);
        book.set(Bid, 0.5, 1.0, true);
        assert_eq!((book.forgotten, book.bids.ranks[0]), (2, 1.0));
        assert!(book.bids.ranks.is_sorted());
    }
}
