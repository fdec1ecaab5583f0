//! Order size: value, lots, and share of the average daily volume.

use super::super::judgement::{Judgement, MoneyHeld};
use super::super::layout::{instrument, intent, kind, limit, money_limit};
use super::super::money;
use super::super::ratio::ceil_ratio;

const MILLION: f64 = 1_000_000.0;

pub fn order_value(judgement: &mut Judgement<'_>) -> bool {
    let held = MoneyHeld { limit: money_limit::ORDER_VALUE, reaches: false };
    for kind in judgement.limited() {
        if !judgement.has_money_limit(kind, held.limit) {
            continue;
        }
        let is_own = kind >= kind::ACCOUNT;
        let unit = if is_own { instrument::INCREMENT_NANOS } else { instrument::REPORT_NANOS };
        let nanos = judgement.memory[judgement.instrument + unit];
        let half_increments = 2.0 * judgement.intent(intent::LIMIT_INCREMENTS).abs();
        judgement.amount = money::worth(judgement.intent(intent::LOTS), half_increments, nanos);
        if judgement.money_exceeds(kind, held) {
            return true;
        }
    }
    false
}

pub fn order_volume(judgement: &mut Judgement<'_>) -> bool {
    let lots = judgement.intent(intent::LOTS);
    judgement.seen = lots;
    if judgement.exceeds(limit::ORDER_LOTS) {
        return true;
    }
    let daily_lots = judgement.memory[judgement.instrument + instrument::DAILY_LOTS];
    if daily_lots == 0.0 {
        return false;
    }
    for kind in judgement.limited() {
        judgement.seen = ceil_ratio(lots * MILLION, daily_lots);
        if judgement.exceeds_at(kind, limit::ORDER_VOLUME_PPM) {
            return true;
        }
    }
    false
}
