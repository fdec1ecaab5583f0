//! The 64-byte record of a tick: `native/tick-layout.ts` draws it, `market/tick-slots.ts` writes.

/// Bytes of a record.
pub const TICK_BYTES: usize = 64;

const RECEIVE_TIME: u8 = 1;
const INJECTED_TIME: u8 = 2;
const FIRST_LOTS: u8 = 4;
const SECOND_LOTS: u8 = 8;
const SIDE: u8 = 32;
const IS_ASK: u8 = 64;
const HAS_MORE: u8 = 128;

/// Where the kind of a record stands, and where it counts the ticks it stands for.
pub const KIND_AT: usize = 0;
pub(crate) const INSTRUMENT_AT: usize = 2;
pub(crate) const MERGED_AT: usize = 4;
pub(crate) const FLAGS_AT: usize = 1;
pub(crate) const FIRST_LOTS_AT: usize = 48;

/// What a record is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Best bid and ask.
    Quote,
    /// A trade.
    Trade,
    /// The size at one price of the book.
    Level,
    /// The book is empty; its levels follow.
    Snapshot,
    /// The source lost something.
    Gap,
}

/// Bid or ask of a level, buyer or seller of a trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The bid; a taker who bought.
    Bid,
    /// The ask; a taker who sold.
    Ask,
}

/// A record's fields; what the source could not give is `None`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tick {
    /// What it is.
    pub kind: Kind,
    /// Index into the run's instrument table.
    pub instrument: usize,
    /// Earlier ticks that this one stands for.
    pub merged: u32,
    /// Nanoseconds since the run's origin.
    pub exchange_time: f64,
    /// When the recorder saw it.
    pub receive_time: Option<f64>,
    /// When it entered the run.
    pub injected_time: Option<f64>,
    /// Bid, or the price of a trade or a level.
    pub first_price: f64,
    /// Ask.
    pub second_price: f64,
    /// Lots at the bid, of the trade, at the level.
    pub first_lots: Option<f64>,
    /// Lots at the ask.
    pub second_lots: Option<f64>,
    /// Of a level, or the taker of a trade.
    pub side: Option<Side>,
    /// Further levels of the same message follow.
    pub has_more: bool,
}

impl Tick {
    /// Reads a record; `None` for a kind this version does not know.
    pub fn read(record: &[u8; TICK_BYTES]) -> Option<Self> {
        let flags = record[FLAGS_AT];
        let given = |flag: u8, at: usize| (flags & flag != 0).then(|| number(record, at));
        let side = if flags & IS_ASK == 0 { Side::Bid } else { Side::Ask };
        Some(Self {
            kind: kind_of(record)?,
            instrument: instrument_of(record),
            merged: merged_of(record),
            exchange_time: number(record, 8),
            receive_time: given(RECEIVE_TIME, 16),
            injected_time: given(INJECTED_TIME, 24),
            first_price: number(record, 32),
            second_price: number(record, 40),
            first_lots: given(FIRST_LOTS, FIRST_LOTS_AT),
            second_lots: given(SECOND_LOTS, 56),
            side: (flags & SIDE != 0).then_some(side),
            has_more: flags & HAS_MORE != 0,
        })
    }
}

pub(crate) fn kind_of(record: &[u8; TICK_BYTES]) -> Option<Kind> {
    match record[KIND_AT] {
        1 => Some(Kind::Quote),
        2 => Some(Kind::Trade),
        3 => Some(Kind::Level),
        4 => Some(Kind::Snapshot),
        5 => Some(Kind::Gap),
        _ => None,
    }
}

pub(crate) fn instrument_of(record: &[u8; TICK_BYTES]) -> usize {
    usize::from(u16::from_le_bytes([record[INSTRUMENT_AT], record[INSTRUMENT_AT + 1]]))
}

pub(crate) fn merged_of(record: &[u8; TICK_BYTES]) -> u32 {
    let mut bytes = [0; 4];
    bytes.copy_from_slice(&record[MERGED_AT..MERGED_AT + 4]);
    u32::from_le_bytes(bytes)
}

pub(crate) fn number(record: &[u8; TICK_BYTES], at: usize) -> f64 {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&record[at..at + 8]);
    f64::from_le_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::{Kind, TICK_BYTES, Tick};

    #[test]
    fn reads_the_record_that_market_tick_slots_pins() {
        let mut record = [0; TICK_BYTES];
        record[..8].copy_from_slice(&[1, 0x0a, 2, 1, 3, 0, 0, 0]);
        for (at, value) in [
            (8, 34_200_000_123_456.0_f64),
            (24, 34_200_000_200_000.0),
            (32, 138_412.0),
            (40, 138_420.0),
            (56, 7.0),
        ] {
            record[at..at + 8].copy_from_slice(&value.to_le_bytes());
        }
        let tick = Tick::read(&record).expect("a quote");
        assert_eq!(
            tick,
            Tick {
                kind: Kind::Quote,
                instrument: 258,
                merged: 3,
                exchange_time: 34_200_000_123_456.0,
                receive_time: None,
                injected_time: Some(34_200_000_200_000.0),
                first_price: 138_412.0,
                second_price: 138_420.0,
                first_lots: None,
                second_lots: Some(7.0),
                side: None,
                has_more: false,
            }
        );
        record[0] = 6;
        assert_eq!(Tick::read(&record), None);
    }
}
