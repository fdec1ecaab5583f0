//! What must hold of FIX bytes from anywhere: each of these panics where it does not.
#![allow(dead_code)]

use std::cell::RefCell;

use outrider_core::{
    DUPLICATES_MAX, FIELD_VALUES_MAX, FieldScanner, Frame, MESSAGE_BYTES_MAX, NO_TAG, ORDER_VALUES,
    OrderEncoder, OrderUnits, SCAN_VALUES, SHAPES, Table, next_frame,
};

/// A stream is cut to its end: each step takes bytes, waits only where a message may still come,
/// and a message is no longer than the longest.
pub fn frames(bytes: &[u8]) {
    let mut from = 0;
    loop {
        let (at, frame) = next_frame(&bytes[from..]);
        from += at;
        assert!(from <= bytes.len());
        let taken = match frame {
            Frame::Wait => {
                assert!(bytes.len() - from < MESSAGE_BYTES_MAX, "waits for more than the longest");
                return;
            }
            Frame::Garbage { skip, claimed, .. } => {
                assert!(claimed == 0 || (skip..=MESSAGE_BYTES_MAX).contains(&claimed));
                skip
            }
            Frame::Message { bytes: length } => {
                fields(&bytes[from..from + length]);
                length
            }
        };
        assert!((1..=MESSAGE_BYTES_MAX).contains(&taken));
        from += taken;
        assert!(from <= bytes.len());
    }
}

/// A message gives the same table twice, with any other one in between, and all of it lies within.
pub fn fields(bytes: &[u8]) {
    let first = Scanned::of(bytes);
    first.check(bytes);
    Scanned::of(&bytes[..bytes.len() / 2]);
    Scanned::of(b"8=F\x019=1\x0135=D\x0134=1\x0158=a\x0158=b\x0195=1\x01");
    assert!(first == Scanned::of(bytes), "a scan remembers the one before");
}

/// The first bytes are an order's values: it is refused, or reads as that very order.
pub fn orders(bytes: &[u8]) {
    let mut values = [0.0; ORDER_VALUES];
    for (value, word) in values.iter_mut().zip(bytes.chunks_exact(8)) {
        let word = u64::from_le_bytes(word.try_into().expect("eight bytes"));
        // Half of them any double, half a whole number of some width, as real orders have.
        let width = (word >> 2) % 54;
        let whole = (word >> 10) & ((1 << width) - 1);
        *value = if word & 1 == 0 { f64::from_bits(word) } else { whole as f64 };
    }
    if values[0].is_finite() {
        values[0] = values[0].abs() % (2 * SHAPES) as f64;
    }
    let units = [units(b"EUR/USD", 0, 5), units(b"BTC", 8, 1)];
    let mut encoder = OrderEncoder::new(b"DESK", b"VENUE", &units).expect("writable names");
    let mut memory = vec![0; encoder.memory_bytes()];
    let length = encoder.encode(&values, &mut memory);
    if length == 0 {
        return;
    }
    let start = values[0] as usize * outrider_core::ORDER_BYTES_MAX;
    let message = &memory[start..start + length];
    assert_eq!(next_frame(message), (0, Frame::Message { bytes: length }));
    let scanned = Scanned::of(message);
    scanned.check(message);
    assert_eq!(scanned.values[4..], [-1, NO_TAG], "an order has nothing wrong with it");
    assert_eq!(f64::from(scanned.values[1]), values[1]);
    let units = &units[values[0] as usize / SHAPES];
    let quantity = scaled(scanned.value(message, 38), units.lot_decimals);
    assert_eq!(quantity, Some((values[4] * units.units_per_lot) as i64));
    if let Some(price) = scanned.find(44) {
        let price = scaled(&message[price.0..price.1], units.price_decimals);
        assert_eq!(price, Some((values[5] * units.units_per_increment) as i64));
    }
}

fn units(symbol: &[u8], lot_decimals: usize, price_decimals: usize) -> OrderUnits<'_> {
    OrderUnits {
        symbol,
        units_per_lot: 25.0,
        lot_decimals,
        units_per_increment: 5.0,
        price_decimals,
    }
}

/// The digits of a decimal with exactly so many behind the point.
fn scaled(text: &[u8], decimals: usize) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?;
    let behind = text.split_once('.').map_or(0, |(_, behind)| behind.len());
    (behind == decimals).then(|| text.replace('.', "").parse().ok()).flatten()
}

thread_local! {
    /// One scanner and its table for all messages: large, and to remember nothing.
    static MEMORY: RefCell<(FieldScanner, Vec<i32>, Vec<i32>)> = RefCell::new((
        FieldScanner::default(),
        vec![0; FIELD_VALUES_MAX],
        vec![0; DUPLICATES_MAX],
    ));
}

#[derive(PartialEq)]
struct Scanned {
    fields: Vec<i32>,
    duplicates: Vec<i32>,
    values: [i32; SCAN_VALUES],
}

impl Scanned {
    fn of(bytes: &[u8]) -> Self {
        MEMORY.with_borrow_mut(|(scanner, fields, duplicates)| {
            let mut values = [0; SCAN_VALUES];
            let table = Table { fields, duplicates, values: &mut values };
            let count = scanner.scan(bytes, table);
            let repeated = if count == 0 { 0 } else { values[0] as usize };
            Self {
                fields: fields[..count].to_vec(),
                duplicates: duplicates[..repeated].to_vec(),
                values: if count == 0 { [0; SCAN_VALUES] } else { values },
            }
        })
    }

    fn check(&self, bytes: &[u8]) {
        if self.fields.is_empty() {
            return;
        }
        let length = bytes.len() as i32;
        let mut end_before = -1;
        for field in self.fields.chunks_exact(3) {
            let &[tag, start, end] = field else { unreachable!() };
            assert!((1..=65_535).contains(&tag) && end_before < start);
            assert!(start <= end && end <= length);
            end_before = end;
        }
        assert!(self.fields.len().is_multiple_of(3) && self.fields.len() >= 9);
        let [_, sequence, body_start, body_end, reason, _] = self.values;
        assert!(sequence >= -1 && (-1..=14).contains(&reason));
        assert!(0 <= body_start && body_start <= body_end && body_end <= length);
    }

    fn find(&self, tag: i32) -> Option<(usize, usize)> {
        let field = self.fields.chunks_exact(3).find(|field| field[0] == tag)?;
        Some((field[1] as usize, field[2] as usize))
    }

    fn value<'a>(&self, bytes: &'a [u8], tag: i32) -> &'a [u8] {
        self.find(tag).map_or(b"", |(start, end)| &bytes[start..end])
    }
}
