//! Orders as numbers in, FIX bytes out.

use super::template::{Field, Fields, Names, ORDER_BYTES_MAX, SHAPES, Slot, Template};
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
    instruments: Vec<Fields>,
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
            instruments: instruments.iter().map(fields).collect(),
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
        self.fill(values, memory).unwrap_or(0)
    }

    fn fill(&mut self, values: &[f64; ORDER_VALUES], memory: &mut [u8]) -> Option<usize> {
        let at = whole(values[0], 0.0, self.templates.len() as f64 - 1.0)? as usize;
        let place = at * ORDER_BYTES_MAX;
        let bytes = memory.get_mut(place..place + ORDER_BYTES_MAX)?;
        let fields = &self.instruments[at / SHAPES];
        self.templates[at].fill(bytes, (values, fields), &mut self.time)
    }
}

/// How the values of an instrument's orders are written.
fn fields(units: &OrderUnits<'_>) -> Fields {
    let plain = Field { units: 1, decimals: 0, least: 0.0, most: SAFE_MAX, width_least: 1 };
    let mut fields = [plain; ORDER_VALUES];
    let mut set = |slot: Slot, field: Field| fields[slot as usize] = field;
    set(Slot::MsgSeqNum, Field { least: 1.0, most: SEQUENCE_MAX, ..plain });
    set(Slot::Time, Field { most: UNIX_MS_MAX as f64, width_least: TIME_BYTES, ..plain });
    set(Slot::Side, Field { least: 1.0, most: 2.0, ..plain });
    let quantity =
        Field { units: units.units_per_lot as i64, decimals: units.lot_decimals, ..plain };
    set(Slot::Quantity, quantity);
    let (units, decimals) = (units.units_per_increment as i64, units.price_decimals);
    set(Slot::Price, Field { units, decimals, least: -SAFE_MAX, ..plain });
    for slot in [Slot::Date, Slot::OriginalDate] {
        set(slot, Field { most: DATE_MAX, width_least: DATE_DIGITS, ..plain });
    }
    for slot in [Slot::Serial, Slot::OriginalSerial] {
        set(slot, Field { width_least: SERIAL_DIGITS_MIN, ..plain });
    }
    set(Slot::TimeInForce, Field { most: 9.0, ..plain });
    fields
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
