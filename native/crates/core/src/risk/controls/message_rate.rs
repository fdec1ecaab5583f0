//! Maximum messages: a sliding window of orders, token buckets of new orders, amendments, cancels.
//!
//! Cancels always pass.

use super::super::judgement::{HARD, Judgement};
use super::super::layout::{intent, limit, parameter, ring, scope};
use super::super::ratio::ceil_ratio;
use super::super::ring::{forget, push};
use super::super::rules;

/// One time, at which the bucket would be full again.
struct Bucket {
    full_ns: usize,
    interval_ns: usize,
    limit: usize,
}

const NEW: Bucket = Bucket {
    full_ns: scope::NEW_FULL_NS,
    interval_ns: parameter::NEW_INTERVAL_NS,
    limit: limit::NEW_MESSAGES,
};
const AMEND: Bucket = Bucket {
    full_ns: scope::AMEND_FULL_NS,
    interval_ns: parameter::AMEND_INTERVAL_NS,
    limit: limit::AMEND_MESSAGES,
};
const CANCEL: Bucket = Bucket {
    full_ns: scope::CANCEL_FULL_NS,
    interval_ns: parameter::CANCEL_INTERVAL_NS,
    limit: limit::CANCEL_MESSAGES,
};

pub fn order_rate(judgement: &mut Judgement<'_>) -> bool {
    for kind in judgement.limited() {
        if !counts_orders(judgement, kind) {
            continue;
        }
        let window_ns = judgement.parameter(kind, parameter::ORDER_WINDOW_NS);
        let orders = judgement.scopes[kind] + scope::ORDER_RING;
        let until_ns = judgement.intent(intent::NOW_NS) - window_ns;
        forget(judgement.memory, orders, until_ns);
        judgement.seen = judgement.memory[orders + ring::COUNT] + 1.0;
        if judgement.exceeds_at(kind, limit::ORDERS) {
            return true;
        }
    }
    false
}

fn counts_orders(judgement: &Judgement<'_>, kind: usize) -> bool {
    let at = judgement.limit(kind, limit::ORDERS);
    judgement.memory[at].min(judgement.memory[at + 1]) < f64::INFINITY
}

pub fn message_rate(judgement: &mut Judgement<'_>) -> bool {
    let bucket = if judgement.intent(intent::IS_AMEND) == 0.0 { NEW } else { AMEND };
    for kind in judgement.limited() {
        let Some(taken) = taken(judgement, kind, &bucket) else { continue };
        judgement.seen = taken;
        if judgement.exceeds_at(kind, bucket.limit) {
            return true;
        }
    }
    for kind in judgement.limited() {
        let of = |count| judgement.memory[judgement.scopes[kind] + count];
        judgement.seen = of(scope::NEWS) + of(scope::AMENDS) + 1.0 + of(scope::CANCELS);
        if judgement.exceeds_at(kind, limit::MESSAGES_PER_DAY) {
            return true;
        }
    }
    false
}

/// Tokens that would be out of the bucket with one more, where there is one.
fn taken(judgement: &Judgement<'_>, kind: usize, bucket: &Bucket) -> Option<f64> {
    let interval_ns = judgement.parameter(kind, bucket.interval_ns);
    if interval_ns == 0.0 {
        return None;
    }
    let now_ns = judgement.memory[judgement.input + intent::NOW_NS];
    let full_ns = full(judgement, kind, bucket, now_ns) + interval_ns;
    Some(ceil_ratio(full_ns - now_ns, interval_ns))
}

fn full(judgement: &Judgement<'_>, kind: usize, bucket: &Bucket, now_ns: f64) -> f64 {
    judgement.memory[judgement.scopes[kind] + bucket.full_ns].max(now_ns)
}

fn take(judgement: &mut Judgement<'_>, kind: usize, bucket: &Bucket) {
    let interval_ns = judgement.parameter(kind, bucket.interval_ns);
    if interval_ns == 0.0 {
        return;
    }
    let now_ns = judgement.memory[judgement.input + intent::NOW_NS];
    let full_ns = full(judgement, kind, bucket, now_ns) + interval_ns;
    judgement.memory[judgement.scopes[kind] + bucket.full_ns] = full_ns;
}

/// An approved order, in every window and bucket.
pub fn take_order(judgement: &mut Judgement<'_>) {
    let is_amend = judgement.intent(intent::IS_AMEND) != 0.0;
    let now_ns = judgement.intent(intent::NOW_NS);
    for kind in judgement.limited() {
        let at = judgement.scopes[kind];
        if counts_orders(judgement, kind) {
            push(judgement.memory, at + scope::ORDER_RING, now_ns);
        }
        take(judgement, kind, if is_amend { &AMEND } else { &NEW });
        judgement.memory[at + if is_amend { scope::AMENDS } else { scope::NEWS }] += 1.0;
    }
}

/// A cancel that leaves, whatever its budget says.
pub fn take_cancel(judgement: &mut Judgement<'_>) {
    judgement.rule = rules::MESSAGE_RATE;
    for kind in judgement.limited() {
        let at = judgement.scopes[kind];
        judgement.memory[at + scope::CANCELS] += 1.0;
        let Some(taken) = taken(judgement, kind, &CANCEL) else { continue };
        judgement.seen = taken;
        let allowed = judgement.memory[judgement.limit(kind, limit::CANCEL_MESSAGES) + 1];
        if taken > allowed {
            judgement.memory[at + scope::OVER_BUDGET] += 1.0;
            judgement.alert(kind, HARD, allowed);
        } else {
            judgement.exceeds_at(kind, limit::CANCEL_MESSAGES);
            take(judgement, kind, &CANCEL);
        }
    }
}

/// Of the day.
pub fn take_fill(judgement: &mut Judgement<'_>) {
    for kind in judgement.limited() {
        judgement.memory[judgement.scopes[kind] + scope::FILLS] += 1.0;
    }
}

const DAY_NS: f64 = 86_400_000_000_000.0;

/// A UTC day begins the counts anew; the day of an event before is not gone back to.
pub fn begin_day(judgement: &mut Judgement<'_>) {
    let utc_day = (judgement.memory[judgement.input + intent::NOW_NS] / DAY_NS).floor();
    for kind in judgement.limited() {
        let at = judgement.scopes[kind];
        if judgement.memory[at + scope::UTC_DAY] < utc_day {
            judgement.memory[at + scope::UTC_DAY] = utc_day;
            judgement.memory[at + scope::NEWS..=at + scope::OCCASIONS].fill(0.0);
        }
    }
}
