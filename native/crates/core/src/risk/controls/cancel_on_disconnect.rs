//! Cancel on disconnect: whether a venue is back too late for what rested there.

use super::super::judgement::{HARD, Judgement};
use super::super::layout::{event, kind, parameter, scope};
use super::super::rules;

pub fn apply_connection(judgement: &mut Judgement<'_>) -> bool {
    judgement.rule = rules::CANCEL_ON_DISCONNECT;
    let at = judgement.scopes[kind::VENUE] + scope::LOST_NS;
    let now_ns = judgement.memory[judgement.input + event::NOW_NS];
    let lost_ns = judgement.memory[at];
    if judgement.memory[judgement.input + event::KIND] == event::LOST {
        if lost_ns < 0.0 {
            judgement.memory[at] = now_ns;
        }
        return false;
    }
    judgement.memory[at] = -1.0;
    let grace_ns = judgement.parameter(kind::VENUE, parameter::GRACE_NS);
    if lost_ns < 0.0 || grace_ns == 0.0 || now_ns - lost_ns <= grace_ns {
        return false;
    }
    judgement.seen = now_ns - lost_ns;
    judgement.alert(kind::VENUE, HARD, grace_ns);
    true
}
