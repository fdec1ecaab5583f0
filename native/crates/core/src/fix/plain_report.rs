//! Writes a plain report from numbers: that a limit order for the day was accepted, or traded.
//!
//! ```text
//! 8=FIX.4.4|9=123|35=8|34|49|52|56|6|11|14|17|[31|32]|37|38|39|44|54|55|60|150|151|10=ccc|
//! ```

use super::digits::{self, decimal_width, write_decimal};
use super::order::{OrderUnits, SAFE_MAX, SEQUENCE_MAX, Scale, whole};
use super::session_names::SessionNames;
use super::time::{TimeText, UNIX_MS_MAX};
use super::{NAME_BYTES_MAX, REPORT_VALUES};

/// Bytes of a report: more than the longest.
pub const REPORT_BYTES_MAX: usize = 1024;

/// Knows a session's names, its own first, and its instruments.
pub struct PlainReportWriter {
    names: SessionNames,
    time: TimeText,
}

/// A report whose numbers can be written.
struct Report {
    instrument: usize,
    sequence: u64,
    unix_ms: u64,
    side: u64,
    order: u64,
    execution: u64,
    quantity: i64,
    limit: i64,
    filled: i64,
    average: i64,
    last: Option<(i64, i64)>,
    leaves: i64,
}

/// BodyLength has three digits: no report is shorter than 100 bytes or longer than 999.
const PREFIX: &[u8] = b"8=FIX.4.4\x019=000\x01";
const LENGTH_AT: usize = 12;
const TRAILER: &[u8] = b"10=000\x01";

impl PlainReportWriter {
    /// `None` for names or units that no report could be written in.
    pub fn new(sender: &[u8], target: &[u8], instruments: &[OrderUnits<'_>]) -> Option<Self> {
        let names = SessionNames::of(sender, target, instruments)?;
        Some(Self { names, time: TimeText::new() })
    }

    /// Writes the report of an order by its name to the first bytes of `out` and returns its
    /// length: 0 where a value cannot be written, or where `out` is no `REPORT_BYTES_MAX` long.
    pub fn write(&mut self, values: &[f64; REPORT_VALUES], id: &[u8], out: &mut [u8]) -> usize {
        let is_name = !id.is_empty() && id.len() <= NAME_BYTES_MAX && !id.contains(&1);
        let Some(report) = self.report(values).filter(|_| is_name) else { return 0 };
        let Some(out) = out.first_chunk_mut() else { return 0 };
        let (symbol, scale) = &self.names.instruments[report.instrument];
        let time = self.time.of(report.unix_ms);
        let mut line = Line { bytes: out, at: 0 };
        line.put(PREFIX);
        line.put(b"35=8\x0134=");
        line.number(report.sequence);
        line.text(b"\x0149=", &self.names.sender);
        line.text(b"\x0152=", time);
        line.text(b"\x0156=", &self.names.target);
        line.decimal(b"\x016=", report.average, scale.price_decimals);
        line.text(b"\x0111=", id);
        line.decimal(b"\x0114=", report.filled, scale.lot_decimals);
        line.put(b"\x0117=");
        line.number(report.execution);
        if let Some((lots, price)) = report.last {
            line.decimal(b"\x0131=", price, scale.price_decimals);
            line.decimal(b"\x0132=", lots, scale.lot_decimals);
        }
        line.put(b"\x0137=");
        line.number(report.order);
        line.decimal(b"\x0138=", report.quantity, scale.lot_decimals);
        line.put(report.status());
        line.decimal(b"\x0144=", report.limit, scale.price_decimals);
        line.put(b"\x0154=");
        line.number(report.side);
        line.text(b"\x0155=", symbol);
        line.text(b"\x0160=", time);
        line.put(if report.last.is_some() { b"\x01150=F" } else { b"\x01150=0" });
        line.decimal(b"\x01151=", report.leaves, scale.lot_decimals);
        line.put(b"\x01");
        line.seal()
    }

    fn report(&self, values: &[f64; REPORT_VALUES]) -> Option<Report> {
        let [
            instrument,
            sequence,
            unix_ms,
            side,
            order,
            execution,
            quantity,
            limit,
            filled,
            average,
            last_lots,
            last_price,
        ] = *values;
        let number = |value, least, most| whole(value, least, most).map(i64::cast_unsigned);
        let instrument =
            number(instrument, 0.0, self.names.instruments.len() as f64 - 1.0)? as usize;
        let Scale { units_per_lot, units_per_increment, .. } = self.names.instruments[instrument].1;
        let lots = |count: f64| {
            whole(count, 0.0, SAFE_MAX)?;
            whole(count * units_per_lot, 0.0, SAFE_MAX)
        };
        let price = |increments: f64| {
            whole(increments, -SAFE_MAX, SAFE_MAX)?;
            whole(increments * units_per_increment, -SAFE_MAX, SAFE_MAX)
        };
        let last =
            if last_lots == 0.0 { None } else { Some((lots(last_lots)?, price(last_price)?)) };
        Some(Report {
            instrument,
            sequence: number(sequence, 1.0, SEQUENCE_MAX)?,
            unix_ms: number(unix_ms, 0.0, UNIX_MS_MAX as f64)?,
            side: number(side, 1.0, 2.0)?,
            order: number(order, 0.0, SAFE_MAX)?,
            execution: number(execution, 0.0, SAFE_MAX)?,
            quantity: lots(quantity)?,
            limit: price(limit)?,
            filled: lots(filled)?,
            average: price(average)?,
            last,
            leaves: lots(quantity - filled)?,
        })
    }
}

impl Report {
    /// OrdStatus (39): new, partially filled, filled.
    fn status(&self) -> &'static [u8] {
        match (self.filled, self.leaves) {
            (0, _) => b"\x0139=0",
            (_, 0) => b"\x0139=2",
            _ => b"\x0139=1",
        }
    }
}

struct Line<'a> {
    bytes: &'a mut [u8; REPORT_BYTES_MAX],
    at: usize,
}

impl Line<'_> {
    fn put(&mut self, text: &[u8]) {
        self.bytes[self.at..self.at + text.len()].copy_from_slice(text);
        self.at += text.len();
    }

    fn text(&mut self, tag: &[u8], value: &[u8]) {
        self.put(tag);
        self.put(value);
    }

    fn number(&mut self, value: u64) {
        let end = self.at + digits::width(value);
        digits::write(&mut self.bytes[self.at..end], value);
        self.at = end;
    }

    fn decimal(&mut self, tag: &[u8], value: i64, decimals: usize) {
        self.put(tag);
        let end = self.at + decimal_width(value, decimals);
        write_decimal(&mut self.bytes[self.at..end], value, decimals);
        self.at = end;
    }

    /// BodyLength and CheckSum; the length of the message.
    fn seal(mut self) -> usize {
        let body = self.at - PREFIX.len();
        digits::write(&mut self.bytes[LENGTH_AT..LENGTH_AT + 3], body as u64);
        let sum = self.bytes[..self.at].iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
        let trailer = self.at;
        self.put(TRAILER);
        digits::write(&mut self.bytes[trailer + 3..trailer + 6], u64::from(sum));
        self.at
    }
}
