//! Reconciliation: another position than ours, beyond the tolerance, lets a scope only shrink.

use super::super::judgement::Judgement;
use super::super::layout::{event, limit, line, scope};
use super::super::rules;
use super::kill_switch::trip;

pub fn reconcile(judgement: &mut Judgement<'_>) {
    judgement.rule = rules::RECONCILIATION;
    let theirs = judgement.memory[judgement.input + event::POSITION_LOTS];
    for kind in judgement.limited() {
        let ours = judgement.memory[judgement.line + line::POSITION_LOTS];
        judgement.seen = (ours - theirs).abs();
        if judgement.exceeds_at(kind, limit::RECONCILIATION_LOTS) {
            let allowed = judgement.memory[judgement.limit(kind, limit::RECONCILIATION_LOTS) + 1];
            trip(judgement, kind, scope::REDUCING, allowed);
        }
    }
}
