//! Credit and capital: gross, net and open notional and leverage, with all that is open filled.

use super::super::judgement::{Judgement, MoneyHeld};
use super::super::layout::{instrument, intent, money_limit, scope};
use super::super::money;

/// What would be there at a scope.
type Measure = fn(&Judgement<'_>, usize) -> i128;

pub fn gross_notional(judgement: &mut Judgement<'_>) -> bool {
    judgement.grows_exposure() && is_over(judgement, money_limit::GROSS_NOTIONAL, gross)
}

pub fn net_notional(judgement: &mut Judgement<'_>) -> bool {
    is_over(judgement, money_limit::NET_NOTIONAL, net)
}

pub fn open_notional(judgement: &mut Judgement<'_>) -> bool {
    is_over(judgement, money_limit::OPEN_NOTIONAL, open)
}

/// Of gross over capital; the limit is kept as the gross it comes to.
pub fn leverage(judgement: &mut Judgement<'_>) -> bool {
    judgement.grows_exposure() && is_over(judgement, money_limit::LEVERAGE, gross)
}

fn is_over(judgement: &mut Judgement<'_>, limit: usize, measure: Measure) -> bool {
    for kind in judgement.limited() {
        let at = judgement.scopes[kind];
        let place = at + scope::MONEY_LIMITS + 5 * limit;
        if judgement.memory[place].min(judgement.memory[place + 2]) == f64::INFINITY {
            continue;
        }
        judgement.amount = measure(judgement, at);
        if judgement.money_exceeds(kind, MoneyHeld { limit, reaches: false }) {
            return true;
        }
    }
    false
}

fn open(judgement: &Judgement<'_>, at: usize) -> i128 {
    order_worth(judgement)
        + money::read(judgement.memory, at + scope::OPEN_BUY)
        + money::read(judgement.memory, at + scope::OPEN_SELL)
}

fn gross(judgement: &Judgement<'_>, at: usize) -> i128 {
    open(judgement, at) + money::read(judgement.memory, at + scope::GROSS)
}

/// Long after all buys for a buy, short after all sells for a sell; below 0 is nothing.
fn net(judgement: &Judgement<'_>, at: usize) -> i128 {
    let is_buy = judgement.intent(intent::SIDE) > 0.0;
    let side = if is_buy { scope::OPEN_BUY } else { scope::OPEN_SELL };
    let net = money::read(judgement.memory, at + scope::NET);
    let open = order_worth(judgement) + money::read(judgement.memory, at + side);
    (if is_buy { open + net } else { open - net }).max(0)
}

/// What an intent adds to what is open: its worth without that of the order it replaces.
pub fn order_worth(judgement: &Judgement<'_>) -> i128 {
    let nanos = judgement.memory[judgement.instrument + instrument::REPORT_NANOS];
    let worth = |lots, increments| {
        let half_increments = 2.0 * judgement.intent(increments).abs();
        money::worth(judgement.intent(lots), half_increments, nanos)
    };
    worth(intent::LOTS, intent::LIMIT_INCREMENTS)
        - worth(intent::REPLACED_LOTS, intent::REPLACED_INCREMENTS)
}
