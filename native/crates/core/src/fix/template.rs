//! A message of one shape and instrument, laid out once and patched from then on.
//!
//! ```text
//! 8=FIX.4.4|9=LLL|35=D|34=n|49=S|52=time|56=T|11=id|...|60=time|10=ccc|
//! ```
//!
//! Where each value lies follows from the widths of those that vary; only when one of them changes
//! is the message laid out anew.

use super::digits;

/// Bytes of a template: more than the longest message.
pub const ORDER_BYTES_MAX: usize = 512;
/// New, new post-only, replace, replace post-only, cancel; new market and stop, their replaces.
pub const SHAPES: usize = 9;
const CANCEL: usize = 4;

/// What a message leaves open.
#[derive(Clone, Copy)]
pub(super) enum Slot {
    MsgSeqNum,
    SendingTime,
    Date,
    Serial,
    Quantity,
    OriginalDate,
    OriginalSerial,
    Price,
    Side,
    TransactTime,
    TimeInForce,
}

pub(super) const SLOTS: usize = 11;

/// Bytes of each value.
pub(super) type Widths = [u8; SLOTS];

enum Part {
    Bytes(Vec<u8>),
    Slot(Slot),
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
    widths: Widths,
    /// Where each value begins; 0 for one that the shape lacks.
    at: [usize; SLOTS],
    length: usize,
}

const TRAILER: &[u8] = b"10=000\x01";

impl Template {
    pub(super) fn new(shape: usize, names: Names<'_>) -> Self {
        Self { parts: parts(shape, names), widths: [0; SLOTS], at: [0; SLOTS], length: 0 }
    }

    pub(super) fn length(&self) -> usize {
        self.length
    }

    /// Lays the message out anew where a width has changed.
    pub(super) fn adjust(&mut self, bytes: &mut [u8], widths: &Widths) {
        if self.widths != *widths {
            self.widths = *widths;
            self.lay_out(bytes);
        }
    }

    /// Writes a value with `write`; nothing where the shape lacks it.
    pub(super) fn patch(&self, bytes: &mut [u8], slot: Slot, write: impl FnOnce(&mut [u8])) {
        let at = self.at[slot as usize];
        if at > 0 {
            write(&mut bytes[at..at + usize::from(self.widths[slot as usize])]);
        }
    }

    /// CheckSum over all that stands before it.
    pub(super) fn seal(&self, bytes: &mut [u8]) {
        let (covered, trailer) = bytes[..self.length].split_at_mut(self.length - TRAILER.len());
        let sum = covered.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
        digits::write(&mut trailer[3..6], u64::from(sum));
    }

    fn lay_out(&mut self, bytes: &mut [u8]) {
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
            }
        }
        writer.put(TRAILER);
        self.length = writer.at;
    }

    fn width(&self, part: &Part) -> usize {
        match part {
            Part::Bytes(text) => text.len(),
            Part::Slot(slot) => usize::from(self.widths[*slot as usize]),
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
        Part::Slot(Slot::SendingTime),
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
    parts.extend([fixed("|60="), Part::Slot(Slot::TransactTime)]);
    if is_stop {
        parts.extend([fixed("|99="), Part::Slot(Slot::Price)]);
    }
    parts.push(fixed("|"));
    parts
}
