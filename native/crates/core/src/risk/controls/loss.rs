//! Daily loss and trailing drawdown: from the limit on, the exposure may shrink but not grow.

use super::super::judgement::{Judgement, MoneyHeld};
use super::super::layout::{limit, money_limit, parameter, scope};
use super::super::{money, rules};

const DAILY: MoneyHeld = MoneyHeld { limit: money_limit::DAILY_LOSS, reaches: true };
const TRAILING: MoneyHeld = MoneyHeld { limit: money_limit::TRAILING_DRAWDOWN, reaches: true };
const NANOS: i128 = 1_000_000_000;
const MILLION: i128 = 1_000_000;

pub fn daily_loss(judgement: &mut Judgement<'_>) -> bool {
    judgement.grows_exposure() && has_lost(judgement, DAILY)
}

pub fn trailing_drawdown(judgement: &mut Judgement<'_>) -> bool {
    judgement.grows_exposure() && (has_lost(judgement, TRAILING) || has_fallen(judgement))
}

fn has_lost(judgement: &mut Judgement<'_>, held: MoneyHeld) -> bool {
    for kind in judgement.limited() {
        if !judgement.has_money_limit(kind, held.limit) {
            continue;
        }
        judgement.amount = loss(judgement, kind, held);
        if judgement.money_exceeds(kind, held) {
            return true;
        }
    }
    false
}

fn loss(judgement: &Judgement<'_>, kind: usize, held: MoneyHeld) -> i128 {
    let at = judgement.scopes[kind];
    let from = if held.limit == DAILY.limit { scope::DAY_START } else { scope::PEAK };
    money::read(judgement.memory, at + from) - money::read(judgement.memory, at + scope::PROFIT)
}

fn has_fallen(judgement: &mut Judgement<'_>) -> bool {
    for kind in judgement.limited() {
        let at = judgement.limit(kind, limit::DRAWDOWN_PPM);
        if judgement.memory[at].min(judgement.memory[at + 1]) == f64::INFINITY {
            continue;
        }
        judgement.seen = fall_ppm(judgement, kind);
        if judgement.exceeds_at(kind, limit::DRAWDOWN_PPM) {
            return true;
        }
    }
    false
}

/// Of the high-water mark, which is capital plus peak; a mark of nothing has fallen all the way.
fn fall_ppm(judgement: &Judgement<'_>, kind: usize) -> f64 {
    let at = judgement.scopes[kind];
    let peak = money::read(judgement.memory, at + scope::PEAK);
    let capital = i128::from(judgement.parameter(kind, parameter::CAPITAL_UNITS) as i64) * NANOS;
    let mark = capital + peak;
    let fall = peak - money::read(judgement.memory, at + scope::PROFIT);
    if mark <= 0 {
        return if fall > 0 { MILLION as f64 } else { 0.0 };
    }
    (fall * MILLION / mark) as f64
}

/// After a mark: says at once, and once, that a limit is near or reached.
pub fn watch_loss(judgement: &mut Judgement<'_>) {
    for (rule, held) in [(rules::DAILY_LOSS, DAILY), (rules::TRAILING_DRAWDOWN, TRAILING)] {
        judgement.rule = rule;
        for kind in judgement.limited() {
            judgement.amount = loss(judgement, kind, held);
            let warned = judgement.scopes[kind] + scope::MONEY_LIMITS + 5 * held.limit + 4;
            if judgement.money_exceeds(kind, held) && judgement.memory[warned] != 2.0 {
                judgement.memory[warned] = 2.0;
                judgement.alert_answer(kind);
            }
        }
    }
}
