//! Position: what is held and what is open together stay within the limit.

use super::super::judgement::Judgement;
use super::super::layout::{intent, kind, limit, scope};

pub fn position(judgement: &mut Judgement<'_>) -> bool {
    for kind in judgement.limited() {
        let is_sum = kind == kind::INSTRUMENT;
        let after = if is_sum { after_of_all(judgement) } else { judgement.position_after() };
        judgement.seen = after.abs();
        if judgement.exceeds_at(kind, limit::POSITION_LOTS) {
            return true;
        }
    }
    false
}

/// Of an instrument, over all strategies.
fn after_of_all(judgement: &Judgement<'_>) -> f64 {
    let at = judgement.scopes[kind::INSTRUMENT];
    let side = judgement.intent(intent::SIDE);
    let open = if side > 0.0 { scope::OPEN_BUY_LOTS } else { scope::OPEN_SELL_LOTS };
    let replaced = judgement.intent(intent::REPLACED_LOTS);
    let others = (judgement.memory[at + open] - replaced).max(0.0);
    let lots = others + judgement.intent(intent::LOTS);
    judgement.memory[at + scope::POSITION_LOTS] + side * lots
}
