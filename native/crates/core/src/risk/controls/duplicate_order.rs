//! Duplicate orders within a window, and ClOrdIDs that were given out before.

use super::super::judgement::Judgement;
use super::super::layout::{header, instrument, intent, kind, limit, parameter, part};
use super::super::ring::wrapped;

const VALUES: usize = 5;

pub fn duplicate_order(judgement: &mut Judgement<'_>) -> bool {
    if judgement.intent(intent::IS_AMEND) != 0.0 {
        return false;
    }
    for kind in judgement.limited() {
        let window_ns = judgement.parameter(kind, parameter::DUPLICATE_WINDOW_NS);
        if window_ns == 0.0 {
            continue;
        }
        let since_ns = judgement.intent(intent::NOW_NS) - window_ns;
        judgement.seen = equal_since(judgement, since_ns, kind == kind::STRATEGY) + 1.0;
        if judgement.exceeds_at(kind, limit::DUPLICATE_ORDERS) {
            return true;
        }
    }
    false
}

fn equal_since(judgement: &Judgement<'_>, since_ns: f64, is_own: bool) -> f64 {
    let count = judgement.memory[judgement.instrument + instrument::DUPLICATE_COUNT] as usize;
    let is_equal = |at: &usize| {
        let order = order_at(judgement, *at as f64);
        let [time_ns, strategy, side, lots, price] =
            [0, 1, 2, 3, 4].map(|value| judgement.memory[order + value]);
        time_ns > since_ns
            && (!is_own || strategy == judgement.intent(intent::STRATEGY))
            && side == judgement.intent(intent::SIDE)
            && lots == judgement.intent(intent::LOTS)
            && price == judgement.intent(intent::LIMIT_INCREMENTS)
    };
    // Times ascend: what came before an order that is too old is older still.
    let is_young = |at: &usize| judgement.memory[order_at(judgement, *at as f64)] > since_ns;
    (0..count).rev().take_while(is_young).filter(is_equal).count() as f64
}

/// The oldest is 0.
fn order_at(judgement: &Judgement<'_>, at: f64) -> usize {
    let first = judgement.memory[judgement.instrument + instrument::DUPLICATE_FIRST];
    let index = wrapped(first + at, part::DUPLICATES_MAX) as usize;
    judgement.instrument + instrument::DUPLICATES + VALUES * index
}

/// An approved new order, in place of the oldest where there is no room.
pub fn remember_order(judgement: &mut Judgement<'_>) {
    if judgement.intent(intent::IS_AMEND) != 0.0 {
        return;
    }
    let count = judgement.memory[judgement.instrument + instrument::DUPLICATE_COUNT];
    let order = order_at(judgement, count);
    let values = [
        judgement.intent(intent::NOW_NS),
        judgement.intent(intent::STRATEGY),
        judgement.intent(intent::SIDE),
        judgement.intent(intent::LOTS),
        judgement.intent(intent::LIMIT_INCREMENTS),
    ];
    judgement.memory[order..order + VALUES].copy_from_slice(&values);
    if count < part::DUPLICATES_MAX {
        judgement.memory[judgement.instrument + instrument::DUPLICATE_COUNT] = count + 1.0;
    } else {
        let first = judgement.instrument + instrument::DUPLICATE_FIRST;
        judgement.memory[first] = wrapped(judgement.memory[first] + 1.0, part::DUPLICATES_MAX);
    }
}

/// Ids ascend; one that does not was given out before.
pub fn client_order_id(judgement: &mut Judgement<'_>) -> bool {
    let (date, serial) = (judgement.intent(intent::ID_DATE), judgement.intent(intent::ID_SERIAL));
    let last = judgement.memory[header::ID_DATE];
    let is_new = date > last || (date == last && serial > judgement.memory[header::ID_SERIAL]);
    !is_new && judgement.forbid(kind::FIRM)
}

pub fn remember_id(judgement: &mut Judgement<'_>) {
    judgement.memory[header::ID_DATE] = judgement.intent(intent::ID_DATE);
    judgement.memory[header::ID_SERIAL] = judgement.intent(intent::ID_SERIAL);
}
