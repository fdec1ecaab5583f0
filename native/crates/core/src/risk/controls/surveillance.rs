//! Surveillance of our own flow, in eight slices of a window.

use super::super::judgement::Judgement;
use super::super::layout::{event, flow, intent, limit, parameter, part, scope};

pub fn layering(judgement: &mut Judgement<'_>) -> bool {
    let sell = sell(judgement);
    for kind in judgement.limited() {
        if !advance(judgement, kind) {
            continue;
        }
        let least = judgement.parameter(kind, parameter::LAYERING_FILLS).max(1.0);
        if sum(judgement, kind, flow::FILLS + 1 - sell) < least {
            continue;
        }
        judgement.seen = sum(judgement, kind, flow::CANCELS + sell);
        if judgement.exceeds_at(kind, limit::LAYERING_ORDERS) {
            return true;
        }
    }
    false
}

pub fn quote_stuffing(judgement: &mut Judgement<'_>) -> bool {
    for kind in judgement.limited() {
        if !advance(judgement, kind) {
            continue;
        }
        let both = |what| sum(judgement, kind, what) + sum(judgement, kind, what + 1);
        let messages = 1.0 + both(flow::NEWS) + both(flow::AMENDS) + both(flow::CANCELS);
        let per_fill = judgement.parameter(kind, parameter::STUFFING_PER_FILL);
        let is_traded = messages < per_fill * both(flow::FILLS);
        judgement.seen = messages;
        if !is_traded && judgement.exceeds_at(kind, limit::STUFFING_MESSAGES) {
            return true;
        }
    }
    false
}

pub fn stop_cascade(judgement: &mut Judgement<'_>) -> bool {
    if judgement.intent(intent::IS_STOP) == 0.0 {
        return false;
    }
    for kind in judgement.limited() {
        if !advance(judgement, kind) {
            continue;
        }
        judgement.seen = sum(judgement, kind, flow::STOPS + sell(judgement)) + 1.0;
        if judgement.exceeds_at(kind, limit::STOP_ORDERS) {
            return true;
        }
    }
    false
}

/// 0 for a buy, 1 for a sell; the side stands at the same place in intents and events.
fn sell(judgement: &Judgement<'_>) -> usize {
    usize::from(judgement.memory[judgement.input + event::SIDE] <= 0.0)
}

/// Counts what happened on the side of the call's record.
pub fn count_flow(judgement: &mut Judgement<'_>, what: usize) {
    for kind in judgement.limited() {
        if advance(judgement, kind) {
            let at = judgement.scopes[kind];
            let slice = (judgement.memory[at + scope::FLOW_SLICE] % part::SLICES) as usize;
            let value = what + sell(judgement);
            judgement.memory[at + scope::FLOW + slice * part::SLICE_VALUES + value] += 1.0;
            judgement.memory[at + scope::FLOW_SUMS + value] += 1.0;
        }
    }
}

/// Empties the slices that have gone since; false for a scope without a window.
fn advance(judgement: &mut Judgement<'_>, kind: usize) -> bool {
    let window_ns = judgement.parameter(kind, parameter::FLOW_WINDOW_NS);
    if window_ns == 0.0 {
        return false;
    }
    let at = judgement.scopes[kind];
    let now_ns = judgement.memory[judgement.input + event::NOW_NS];
    let now = (now_ns / (window_ns / part::SLICES)).floor();
    let last = judgement.memory[at + scope::FLOW_SLICE];
    let mut slice = (last + 1.0).max(now - part::SLICES + 1.0);
    while slice <= now {
        let from = at + scope::FLOW + (slice % part::SLICES) as usize * part::SLICE_VALUES;
        for value in 0..part::SLICE_VALUES {
            let gone = judgement.memory[from + value];
            judgement.memory[at + scope::FLOW_SUMS + value] -= gone;
            judgement.memory[from + value] = 0.0;
        }
        slice += 1.0;
    }
    judgement.memory[at + scope::FLOW_SLICE] = last.max(now);
    true
}

fn sum(judgement: &Judgement<'_>, kind: usize, what: usize) -> f64 {
    judgement.memory[judgement.scopes[kind] + scope::FLOW_SUMS + what]
}
