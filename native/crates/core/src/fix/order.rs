//! Orders as numbers in, FIX bytes out.

use super::digits::{self, decimal_width, write_decimal};
use super::template::{Names, ORDER_BYTES_MAX, SHAPES, SLOTS, Slot, Template, Widths};
use super::time::{TIME_BYTES, TimeText, UNIX_MS_MAX};
use super::{NAME_BYTES_MAX, ORDER_VALUES};

/// An instrument on the wire.
#[derive(Clone, Copy, Debug)]
pub struct OrderUnits<'a> {
    /// Symbol (55).
    pub symbol: &'a [u8],
    /// Units of 10^-decimals in a lot.
    pub units_per_lot: f64,
    /// Decimals of a quantity.
    pub lot_decimals: usize,
    /// Units of 10^-decimals in a price increment.
    pub units_per_increment: f64,
    /// Decimals of a price.
    pub price_decimals: usize,
}

/// Encodes the orders of one session, each by the template of its instrument and shape.
pub struct OrderEncoder {
    instruments: Vec<Scale>,
    templates: Vec<Template>,
    time: TimeText,
}

#[derive(Clone, Copy)]
pub(super) struct Scale {
    pub(super) units_per_lot: f64,
    pub(super) lot_decimals: usize,
    pub(super) units_per_increment: f64,
    pub(super) price_decimals: usize,
}

/// An order whose numbers can be written.
struct Order {
    template: usize,
    sequence: u64,
    unix_ms: u64,
    side: u64,
    quantity: i64,
    price: i64,
    date: u64,
    serial: u64,
    original_date: u64,
    original_serial: u64,
    time_in_force: u64,
}

const DECIMALS_MAX: usize = 15;
pub(super) const SAFE_MAX: f64 = 9_007_199_254_740_991.0;
pub(super) const SEQUENCE_MAX: f64 = 2_147_483_647.0;
const DATE_MAX: f64 = 99_991_231.0;
const DATE_DIGITS: usize = 8;
const SERIAL_DIGITS_MIN: usize = 6;

impl OrderEncoder {
    /// `None` for a name that is empty or too long, or units that no order could be written in.
    pub fn new(sender: &[u8], target: &[u8], instruments: &[OrderUnits<'_>]) -> Option<Self> {
        if !are_writable(sender, target, instruments) {
            return None;
        }
        let template = |at: usize| {
            let names = Names { sender, target, symbol: instruments[at / SHAPES].symbol };
            Template::new(at % SHAPES, names)
        };
        Some(Self {
            instruments: instruments.iter().map(Scale::of).collect(),
            templates: (0..instruments.len() * SHAPES).map(template).collect(),
            time: TimeText::new(),
        })
    }

    /// Bytes of all templates together.
    pub fn memory_bytes(&self) -> usize {
        self.templates.len() * ORDER_BYTES_MAX
    }

    /// Writes the message into its template's place in `memory`, which holds `memory_bytes` and is
    /// written by nobody else, and returns its length: 0 where a value cannot be written.
    pub fn encode(&mut self, values: &[f64; ORDER_VALUES], memory: &mut [u8]) -> usize {
        let Some(order) = self.order(values) else { return 0 };
        let Scale { lot_decimals, price_decimals, .. } = self.instruments[order.template / SHAPES];
        let place = order.template * ORDER_BYTES_MAX;
        let Some(bytes) = memory.get_mut(place..place + ORDER_BYTES_MAX) else { return 0 };
        let template = &mut self.templates[order.template];
        template.adjust(bytes, &order.widths(lot_decimals, price_decimals));
        let time = self.time.of(order.unix_ms);
        let decimal = |value, decimals| move |out: &mut [u8]| write_decimal(out, value, decimals);
        for slot in [Slot::SendingTime, Slot::TransactTime] {
            template.patch(bytes, slot, |out| out.copy_from_slice(time));
        }
        for (slot, number) in order.numbers() {
            template.patch(bytes, slot, |out| digits::write(out, number));
        }
        template.patch(bytes, Slot::Quantity, decimal(order.quantity, lot_decimals));
        template.patch(bytes, Slot::Price, decimal(order.price, price_decimals));
        template.seal(bytes);
        template.length()
    }

    fn order(&self, values: &[f64; ORDER_VALUES]) -> Option<Order> {
        let [
            template,
            sequence,
            unix_ms,
            side,
            lots,
            limit,
            date,
            serial,
            old_date,
            old_serial,
            tif,
        ] = *values;
        let number = |value, least, most| whole(value, least, most).map(i64::cast_unsigned);
        let template = number(template, 0.0, self.templates.len() as f64 - 1.0)? as usize;
        let Scale { units_per_lot, units_per_increment, .. } = self.instruments[template / SHAPES];
        let lots = whole(lots, 0.0, SAFE_MAX)? as f64;
        let limit = whole(limit, -SAFE_MAX, SAFE_MAX)? as f64;
        Some(Order {
            template,
            sequence: number(sequence, 1.0, SEQUENCE_MAX)?,
            unix_ms: number(unix_ms, 0.0, UNIX_MS_MAX as f64)?,
            side: number(side, 1.0, 2.0)?,
            quantity: whole(lots * units_per_lot, 0.0, SAFE_MAX)?,
            price: whole(limit * units_per_increment, -SAFE_MAX, SAFE_MAX)?,
            date: number(date, 0.0, DATE_MAX)?,
            serial: number(serial, 0.0, SAFE_MAX)?,
            original_date: number(old_date, 0.0, DATE_MAX)?,
            original_serial: number(old_serial, 0.0, SAFE_MAX)?,
            time_in_force: number(tif, 0.0, 9.0)?,
        })
    }
}

impl Order {
    fn widths(&self, lot_decimals: usize, price_decimals: usize) -> Widths {
        let serial = |value| digits::width(value).max(SERIAL_DIGITS_MIN);
        let mut widths: Widths = [0; SLOTS];
        let mut set = |slot: Slot, width: usize| widths[slot as usize] = width as u8;
        set(Slot::MsgSeqNum, digits::width(self.sequence));
        set(Slot::SendingTime, TIME_BYTES);
        set(Slot::Date, DATE_DIGITS);
        set(Slot::Serial, serial(self.serial));
        set(Slot::Quantity, decimal_width(self.quantity, lot_decimals));
        set(Slot::OriginalDate, DATE_DIGITS);
        set(Slot::OriginalSerial, serial(self.original_serial));
        set(Slot::Price, decimal_width(self.price, price_decimals));
        set(Slot::Side, 1);
        set(Slot::TransactTime, TIME_BYTES);
        set(Slot::TimeInForce, 1);
        widths
    }

    /// What is written as plain digits.
    fn numbers(&self) -> [(Slot, u64); 7] {
        [
            (Slot::MsgSeqNum, self.sequence),
            (Slot::Date, self.date),
            (Slot::Serial, self.serial),
            (Slot::OriginalDate, self.original_date),
            (Slot::OriginalSerial, self.original_serial),
            (Slot::Side, self.side),
            (Slot::TimeInForce, self.time_in_force),
        ]
    }
}

/// Names and units in which messages can be written.
pub(super) fn are_writable(sender: &[u8], target: &[u8], instruments: &[OrderUnits<'_>]) -> bool {
    let is_name = |name: &[u8]| !name.is_empty() && name.len() <= NAME_BYTES_MAX;
    let are_units = |units: f64, decimals: usize| {
        whole(units, 1.0, SAFE_MAX).is_some() && decimals <= DECIMALS_MAX
    };
    let is_fit = |each: &OrderUnits<'_>| {
        is_name(each.symbol)
            && are_units(each.units_per_lot, each.lot_decimals)
            && are_units(each.units_per_increment, each.price_decimals)
    };
    is_name(sender) && is_name(target) && instruments.iter().all(is_fit)
}

impl Scale {
    pub(super) fn of(units: &OrderUnits<'_>) -> Self {
        let OrderUnits { units_per_lot, lot_decimals, units_per_increment, price_decimals, .. } =
            *units;
        Self { units_per_lot, lot_decimals, units_per_increment, price_decimals }
    }
}

/// The integer a value is, within bounds that integers hold exactly.
pub(super) fn whole(value: f64, least: f64, most: f64) -> Option<i64> {
    let integer = value as i64;
    (integer as f64 == value && value >= least && value <= most).then_some(integer)
}
