//! Programme trading: so many messages within a window are an occasion, limited a day.

use super::super::judgement::Judgement;
use super::super::layout::{event, limit, parameter, ring, scope};
use super::super::ring::{empty, forget, push};
use super::super::rules;

pub fn programme_trading(judgement: &mut Judgement<'_>) -> bool {
    for kind in judgement.limited() {
        judgement.seen = judgement.memory[judgement.scopes[kind] + scope::OCCASIONS];
        if judgement.exceeds_at(kind, limit::PROGRAMME_OCCASIONS) {
            return true;
        }
    }
    false
}

/// An order or a cancel that leaves.
pub fn count_message(judgement: &mut Judgement<'_>) {
    judgement.rule = rules::PROGRAMME_TRADING;
    let now_ns = judgement.memory[judgement.input + event::NOW_NS];
    for kind in judgement.limited() {
        let window_ns = judgement.parameter(kind, parameter::PROGRAMME_WINDOW_NS);
        if window_ns == 0.0 {
            continue;
        }
        let at = judgement.scopes[kind];
        let messages = at + scope::PROGRAMME_RING;
        forget(judgement.memory, messages, now_ns - window_ns);
        push(judgement.memory, messages, now_ns);
        let count = judgement.parameter(kind, parameter::PROGRAMME_COUNT);
        if judgement.memory[messages + ring::COUNT] < count {
            continue;
        }
        empty(judgement.memory, messages);
        judgement.memory[at + scope::OCCASIONS] += 1.0;
        judgement.seen = judgement.memory[at + scope::OCCASIONS];
        // What is above hard, the next order is refused for.
        let hard = judgement.memory[judgement.limit(kind, limit::PROGRAMME_OCCASIONS) + 1];
        if judgement.seen <= hard {
            judgement.exceeds_at(kind, limit::PROGRAMME_OCCASIONS);
        }
    }
}
