//! A message of one shape and instrument, laid out once and patched from then on.
//!
//! ```text
//! 8=FIX.4.4|9=LLL|35=D|34=n|49=S|52=time|56=T|11=id|...|60=time|10=ccc|
//! ```
//!
//! Where each value lies follows from the widths of those that vary; only when one of them changes
//! is the message laid out anew. A value that is there already is neither read nor written again.

use super::ORDER_VALUES;
use super::digits::{self, decimal_width, write_decimal};
use super::order::whole;
use super::time::{TIME_BYTES, TimeText};

/// Bytes of a template: more than the longest message.
pub const ORDER_BYTES_MAX: usize = 512;
/// New, new post-only, replace, replace post-only, cancel; new market and stop, their replaces.
pub const SHAPES: usize = 9;
const CANCEL: usize = 4;

/// What a message leaves open: a value of the order, by its place there.
#[derive(Clone, Copy)]
pub(super) enum Slot {
    MsgSeqNum = 1,
    /// SendingTime; `Part::TransactTime` repeats it.
    Time = 2,
    Side = 3,
    Quantity = 4,
    Price = 5,
    Date = 6,
    Serial = 7,
    OriginalDate = 8,
    OriginalSerial = 9,
    TimeInForce = 10,
}

/// How a value is written.
#[derive(Clone, Copy)]
pub(super) struct Field {
    /// What the value counts, in units of 10^-decimals.
    pub(super) units: i64,
    pub(super) decimals: usize,
    /// Bounds of the value, and of what is written.
    pub(super) least: f64,
    pub(super) most: f64,
    /// Bytes it has at least, zeros in front.
    pub(super) width_least: usize,
}

/// One for each value of an order; the first is the template itself, and no field.
pub(super) type Fields = [Field; ORDER_VALUES];

impl Field {
    /// What is written for a value; `None` for one that is out of bounds or no integer.
    fn number(&self, value: f64) -> Option<i64> {
        let number = whole(value, self.least, self.most)?;
        if self.units == 1 {
            return Some(number);
        }
        whole(number as f64 * self.units as f64, self.least, self.most)
    }

    fn width(&self, number: i64) -> u8 {
        decimal_width(number, self.decimals).max(self.width_least) as u8
    }

    /// The values from 0 on, least and most, that are as wide; NaN where there are none, or they
    /// have so many digits that a double may not hold them.
    fn bounds(&self, width: u8) -> (f64, f64) {
        let point = usize::from(self.decimals > 0);
        let digits = usize::from(width) - point;
        if digits > digits::SHORT_MAX {
            return (f64::NAN, f64::NAN);
        }
        let is_least = digits <= self.width_least.max(self.decimals + 1);
        let least = if is_least { 0 } else { 10_i64.pow(digits as u32 - 1) };
        let most = 10_i64.pow(digits as u32) - 1;
        let least = (least as f64 / self.units as f64).ceil();
        (least.max(self.least), (most as f64 / self.units as f64).floor().min(self.most))
    }
}

enum Part {
    Bytes(Vec<u8>),
    Slot(Slot),
    TransactTime,
}

/// CompIDs and symbol as they stand in the message.
#[derive(Clone, Copy)]
pub(super) struct Names<'a> {
    pub(super) sender: &'a [u8],
    pub(super) target: &'a [u8],
    pub(super) symbol: &'a [u8],
}

pub(super) struct Template {
    parts: Vec<Part>,
    /// Bytes of each value.
    widths: [u8; ORDER_VALUES],
    /// Where each value begins; 0 for one that the shape lacks.
    at: [usize; ORDER_VALUES],
    transact_time_at: usize,
    /// The values that stand in the message; NaN, which equals nothing, where none does.
    held: [f64; ORDER_VALUES],
    /// The values, least and most, that have the widths of those.
    least: [f64; ORDER_VALUES],
    most: [f64; ORDER_VALUES],
    length: usize,
    /// Of the first `length % SUMMED` bytes, which never change; the rest is summed in such steps.
    sum_before: u8,
}

const TRAILER: &[u8] = b"10=000\x01";
/// Bytes summed at once: fewer than stand before the first value.
const SUMMED: usize = 16;

impl Template {
    pub(super) fn new(shape: usize, names: Names<'_>) -> Self {
        Self {
            parts: parts(shape, names),
            widths: [0; ORDER_VALUES],
            at: [0; ORDER_VALUES],
            transact_time_at: 0,
            held: [f64::NAN; ORDER_VALUES],
            least: [f64::NAN; ORDER_VALUES],
            most: [f64::NAN; ORDER_VALUES],
            length: 0,
            sum_before: 0,
        }
    }

    /// Makes `bytes` the message of these values and returns its length; `None` where one of them
    /// cannot be written. What was written before it stands as it should.
    pub(super) fn fill(
        &mut self,
        bytes: &mut [u8],
        (values, fields): (&[f64; ORDER_VALUES], &Fields),
        time: &mut TimeText,
    ) -> Option<usize> {
        for at in 1..ORDER_VALUES {
            let value = values[at];
            if value == self.held[at] {
                continue;
            }
            let field = &fields[at];
            if value >= self.least[at] && value <= self.most[at] {
                let integer = value as i64;
                if integer as f64 != value {
                    return None;
                }
                let number = (integer * field.units).cast_unsigned();
                if let Some(out) = self.place(bytes, at) {
                    digits::write_short(out, number, field.decimals);
                }
            } else {
                let number = field.number(value)?;
                if field.width(number) != self.widths[at] {
                    self.lay_out(bytes, values, fields)?;
                    return self.fill(bytes, (values, fields), time);
                }
                self.write(bytes, at, (number, field.decimals), time);
            }
            self.held[at] = value;
        }
        self.seal(bytes);
        Some(self.length)
    }

    /// Where a value lies; `None` where the shape lacks it.
    fn place<'a>(&self, bytes: &'a mut [u8], at: usize) -> Option<&'a mut [u8]> {
        let start = self.at[at];
        if start == 0 {
            return None;
        }
        bytes.get_mut(start..start + usize::from(self.widths[at]))
    }

    fn write(
        &self,
        bytes: &mut [u8],
        at: usize,
        (number, decimals): (i64, usize),
        time: &mut TimeText,
    ) {
        if at == Slot::Time as usize {
            let text = time.of(number.cast_unsigned());
            for start in [self.at[at], self.transact_time_at] {
                bytes[start..start + TIME_BYTES].copy_from_slice(text);
            }
        } else if let Some(out) = self.place(bytes, at) {
            write_decimal(out, number, decimals);
        }
    }

    /// CheckSum over all that stands before it.
    fn seal(&self, bytes: &mut [u8]) {
        let (covered, trailer) = bytes[..self.length].split_at_mut(self.length - TRAILER.len());
        let whole = &covered[covered.len() % SUMMED..];
        let sum = whole.iter().fold(self.sum_before, |sum, byte| sum.wrapping_add(*byte));
        trailer[3..6].copy_from_slice(&digits::TRIPLES[usize::from(sum)]);
    }

    /// `None`, and nothing is changed, where a value cannot be written.
    fn lay_out(
        &mut self,
        bytes: &mut [u8],
        values: &[f64; ORDER_VALUES],
        fields: &Fields,
    ) -> Option<()> {
        let mut numbers = [0; ORDER_VALUES];
        for at in 1..ORDER_VALUES {
            numbers[at] = fields[at].number(values[at])?;
        }
        for at in 1..ORDER_VALUES {
            self.widths[at] = fields[at].width(numbers[at]);
            (self.least[at], self.most[at]) = fields[at].bounds(self.widths[at]);
        }
        self.held = [f64::NAN; ORDER_VALUES];
        self.place_parts(bytes);
        let covered = &bytes[..self.length - TRAILER.len()];
        let before = &covered[..covered.len() % SUMMED];
        self.sum_before = before.iter().fold(0, |sum, byte| sum.wrapping_add(*byte));
        Some(())
    }

    fn place_parts(&mut self, bytes: &mut [u8]) {
        let mut writer = Writer { bytes, at: 0 };
        let body: usize = self.parts.iter().map(|part| self.width(part)).sum();
        writer.put(b"8=FIX.4.4\x019=");
        let end = writer.at + digits::width(body as u64);
        digits::write(&mut writer.bytes[writer.at..end], body as u64);
        writer.at = end;
        writer.put(b"\x01");
        for part in &self.parts {
            match part {
                Part::Bytes(text) => writer.put(text),
                Part::Slot(slot) => {
                    self.at[*slot as usize] = writer.at;
                    writer.at += usize::from(self.widths[*slot as usize]);
                }
                Part::TransactTime => {
                    self.transact_time_at = writer.at;
                    writer.at += TIME_BYTES;
                }
            }
        }
        writer.put(TRAILER);
        self.length = writer.at;
    }

    fn width(&self, part: &Part) -> usize {
        match part {
            Part::Bytes(text) => text.len(),
            Part::Slot(slot) => usize::from(self.widths[*slot as usize]),
            Part::TransactTime => TIME_BYTES,
        }
    }
}

struct Writer<'a> {
    bytes: &'a mut [u8],
    at: usize,
}

impl Writer<'_> {
    fn put(&mut self, text: &[u8]) {
        self.bytes[self.at..self.at + text.len()].copy_from_slice(text);
        self.at += text.len();
    }
}

/// The message of a shape: fixed text, in which `|` is the delimiter, and what varies.
fn parts(shape: usize, Names { sender, target, symbol }: Names<'_>) -> Vec<Part> {
    let (is_replace, is_cancel) = (matches!(shape, 2 | 3 | 7 | 8), shape == CANCEL);
    let (is_market, is_stop) = (matches!(shape, 5 | 7), matches!(shape, 6 | 8));
    let is_limit = !is_cancel && !is_market && !is_stop;
    let is_post_only = shape == 1 || shape == 3;
    let order_type = match shape {
        CANCEL => "",
        5 | 7 => "|40=1",
        6 | 8 => "|40=3",
        _ => "|40=2",
    };
    let fixed = |text: &str| Part::Bytes(text.replace('|', "\x01").into_bytes());
    let mut parts = vec![
        fixed(if is_cancel {
            "35=F|34="
        } else if is_replace {
            "35=G|34="
        } else {
            "35=D|34="
        }),
        Part::Slot(Slot::MsgSeqNum),
        fixed("|49="),
        Part::Bytes(sender.to_vec()),
        fixed("|52="),
        Part::Slot(Slot::Time),
        fixed("|56="),
        Part::Bytes(target.to_vec()),
        fixed("|11="),
        Part::Slot(Slot::Date),
        fixed("-"),
        Part::Slot(Slot::Serial),
        fixed(if is_post_only { "|18=6" } else { "" }),
        fixed(if is_cancel { "|38=" } else { "|21=1|38=" }),
        Part::Slot(Slot::Quantity),
        fixed(order_type),
    ];
    if is_replace || is_cancel {
        let id = [Part::Slot(Slot::OriginalDate), fixed("-"), Part::Slot(Slot::OriginalSerial)];
        parts.push(fixed("|41="));
        parts.extend(id);
    }
    if is_limit {
        parts.extend([fixed("|44="), Part::Slot(Slot::Price)]);
    }
    parts.extend([
        fixed("|54="),
        Part::Slot(Slot::Side),
        fixed("|55="),
        Part::Bytes(symbol.to_vec()),
    ]);
    if !is_cancel {
        parts.extend([fixed("|59="), Part::Slot(Slot::TimeInForce)]);
    }
    parts.extend([fixed("|60="), Part::TransactTime]);
    if is_stop {
        parts.extend([fixed("|99="), Part::Slot(Slot::Price)]);
    }
    parts.push(fixed("|"));
    parts
}
