//! Reads a plain order into numbers: a NewOrderSingle with a limit, for the day, in its session.
//!
//! ```text
//! 8=FIX.4.4|9=123|35=D|34=n|49=S|52=time|56=T|11=id|[21=1]|38|40=2|44|54|55|[59=0]|60|10=ccc|
//! ```
//!
//! Nearly every order is one. Of anything else, and of anything wrong, it says no more than that:
//! what that is, the scan of all fields finds out (`fields.rs`).

use super::decimal::units_of;
use super::delimiter::next_delimiter;
use super::order::{OrderUnits, SEQUENCE_MAX, Scale};
use super::session_names::SessionNames;
use super::time::TimeReader;
use super::{NAME_BYTES_MAX, PLAIN_VALUES};

/// Knows a session's names, the other side's first, and its instruments.
pub struct PlainOrderReader {
    names: SessionNames,
    time: TimeReader,
}

/// Where each value lies; empty where the field has not come.
#[derive(Default)]
struct Fields<'a> {
    sequence: &'a [u8],
    sender: &'a [u8],
    sent: &'a [u8],
    target: &'a [u8],
    quantity: &'a [u8],
    price: &'a [u8],
    side: &'a [u8],
    symbol: &'a [u8],
    order_type: &'a [u8],
    time_in_force: &'a [u8],
    handling: &'a [u8],
    transacted: &'a [u8],
    id: (usize, usize),
}

const SEQUENCE_DIGITS_MAX: usize = 15;
const START: &[u8] = b"8=FIX.4.4\x019=";
const TYPE: &[u8] = b"35=D\x01";
/// `10=ccc` and a delimiter.
const TRAILER_BYTES: usize = 7;

impl PlainOrderReader {
    /// `None` for names or units that no order could be written in.
    pub fn new(sender: &[u8], target: &[u8], instruments: &[OrderUnits<'_>]) -> Option<Self> {
        let names = SessionNames::of(sender, target, instruments)?;
        Some(Self { names, time: TimeReader::default() })
    }

    /// The numbers of a message whose length and sum hold: MsgSeqNum, SendingTime in Unix
    /// milliseconds, first byte of ClOrdID and byte after it, instrument, side, lots and limit.
    pub fn read(&mut self, message: &[u8]) -> Option<[f64; PLAIN_VALUES]> {
        let fields = Fields::of(message)?;
        let is_plain = fields.sender == self.names.sender
            && fields.target == self.names.target
            && fields.order_type == b"2"
            && matches!(fields.time_in_force, b"" | b"0")
            && matches!(fields.handling, b"" | b"1")
            && fields.id.1 > fields.id.0
            && fields.id.1 - fields.id.0 <= NAME_BYTES_MAX;
        if !is_plain {
            return None;
        }
        let side = match fields.side {
            b"1" => 1.0,
            b"2" => 2.0,
            _ => return None,
        };
        let instrument =
            self.names.instruments.iter().position(|(symbol, _)| symbol == fields.symbol)?;
        let Scale { units_per_lot, lot_decimals, units_per_increment, price_decimals } =
            self.names.instruments[instrument].1;
        let lots = whole_of(units_of(fields.quantity, lot_decimals)?, units_per_lot)?;
        let limit = whole_of(units_of(fields.price, price_decimals)?, units_per_increment)?;
        self.time.read(fields.transacted)?;
        let sent = self.time.read(fields.sent)?;
        let sequence = sequence_of(fields.sequence)?;
        let (id_start, id_end) = (fields.id.0 as f64, fields.id.1 as f64);
        let head = [sequence as f64, sent as f64, id_start, id_end];
        (lots > 0.0)
            .then(|| [head[0], head[1], head[2], head[3], instrument as f64, side, lots, limit])
    }
}

impl<'a> Fields<'a> {
    fn of(message: &'a [u8]) -> Option<Self> {
        if !message.starts_with(START) {
            return None;
        }
        let mut at = next_delimiter(message, START.len()) + 1;
        if !message.get(at..)?.starts_with(TYPE) {
            return None;
        }
        at += TYPE.len();
        let end = message.len().checked_sub(TRAILER_BYTES)?;
        let mut fields = Self::default();
        let mut has_body = false;
        while at < end {
            let (tag, start) = tag_at(message, at)?;
            let value_end = next_delimiter(message, start);
            let value = message.get(start..value_end)?;
            let is_header = matches!(tag, 34 | 49 | 52 | 56);
            if value.is_empty() || (is_header && has_body) {
                return None;
            }
            has_body |= !is_header;
            let place = match tag {
                34 => &mut fields.sequence,
                49 => &mut fields.sender,
                52 => &mut fields.sent,
                56 => &mut fields.target,
                38 => &mut fields.quantity,
                40 => &mut fields.order_type,
                44 => &mut fields.price,
                54 => &mut fields.side,
                55 => &mut fields.symbol,
                59 => &mut fields.time_in_force,
                60 => &mut fields.transacted,
                21 => &mut fields.handling,
                11 if fields.id.1 == 0 => {
                    fields.id = (start, value_end);
                    at = value_end + 1;
                    continue;
                }
                _ => return None,
            };
            if !place.is_empty() {
                return None;
            }
            *place = value;
            at = value_end + 1;
        }
        (at == end).then_some(fields)
    }
}

/// A tag of two digits, and the place behind its `=`; all that a plain order has are such.
fn tag_at(message: &[u8], at: usize) -> Option<(usize, usize)> {
    let &[tens @ b'1'..=b'9', ones @ b'0'..=b'9', b'='] = message.get(at..at + 3)? else {
        return None;
    };
    Some((usize::from(tens - b'0') * 10 + usize::from(ones - b'0'), at + 3))
}

fn sequence_of(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || digits.len() > SEQUENCE_DIGITS_MAX {
        return None;
    }
    let number = digits.iter().try_fold(0_u64, |number, byte| {
        byte.is_ascii_digit().then(|| number * 10 + u64::from(byte - b'0'))
    })?;
    (1..=SEQUENCE_MAX as u64).contains(&number).then_some(number)
}

/// How many times a unit; `None` where that is no whole number. All are integers.
fn whole_of(units: i64, units_per_one: f64) -> Option<f64> {
    let one = units_per_one as i64;
    (units % one == 0).then(|| (units / one) as f64)
}

#[cfg(test)]
mod tests {
    use super::{OrderUnits, PlainOrderReader};

    fn reader() -> PlainOrderReader {
        let units = OrderUnits {
            symbol: b"EUR/USD",
            units_per_lot: 1_000.0,
            lot_decimals: 0,
            units_per_increment: 1.0,
            price_decimals: 5,
        };
        PlainOrderReader::new(b"DESK", b"VENUE", &[units]).expect("names and units")
    }

    fn order(body: &str) -> Vec<u8> {
        let head = "34=7|49=DESK|52=20140502-10:00:00.123|56=VENUE|";
        format!("8=FIX.4.4|9=123|35=D|{head}{body}|10=000|").replace('|', "\x01").into_bytes()
    }

    const BODY: &str =
        "11=A-1|21=1|38=2000|40=2|44=1.387|54=1|55=EUR/USD|59=0|60=20140502-10:00:00.123";

    #[test]
    fn a_plain_order_has_its_numbers() {
        let bytes = order(BODY);
        let read = reader().read(&bytes).expect("plain");
        assert_eq!(&bytes[read[2] as usize..read[3] as usize], b"A-1");
        assert_eq!([read[0], read[1]], [7.0, 1_399_024_800_123.0]);
        assert_eq!(read[4..], [0.0, 1.0, 2.0, 138_700.0]);
    }

    #[test]
    fn what_is_not_plain_is_left_to_the_scan_of_all_fields() {
        for (from, to) in [
            ("54=1", "54=1|54=1"),
            ("54=1", "54=3"),
            ("40=2", "40=1"),
            ("59=0", "59=3"),
            ("38=2000", "38=2500"),
            ("38=2000", "38=0"),
            ("44=1.387", "44=1.387001"),
            ("44=1.387", "44="),
            ("55=EUR/USD", "55=EUR/GBP"),
            ("60=20140502-10", "60=20140532-10"),
            ("11=A-1", "34=7"),
            ("11=A-1", "11=A-1|43=Y"),
            ("21=1", "18=6"),
            ("|60=20140502-10:00:00.123", ""),
        ] {
            let bytes = order(&BODY.replace(from, to));
            assert_eq!(reader().read(&bytes), None, "{from} -> {to}");
        }
        let whole = order(BODY);
        for length in 0..whole.len() {
            assert_eq!(reader().read(&whole[..length]), None);
        }
    }
}
