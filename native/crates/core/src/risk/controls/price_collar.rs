//! Price collar: per order against the mid, and against the oldest mid of a period.

use super::super::judgement::Judgement;
use super::super::layout::{instrument, intent, limit, parameter, part};
use super::super::ratio::ceil_ratio;
use super::super::ring::wrapped;

const BASIS_POINTS: f64 = 10_000.0;
const SAFE_MAX: f64 = 9_007_199_254_740_991.0;

pub fn price_collar(judgement: &mut Judgement<'_>) -> bool {
    judgement.seen = distance(judgement, judgement.intent(intent::MID_HALF_INCREMENTS));
    judgement.exceeds(limit::COLLAR_BASIS_POINTS)
}

/// A reference that is too old is none, and without one it refuses.
pub fn period_collar(judgement: &mut Judgement<'_>) -> bool {
    for kind in judgement.limited() {
        let period_ns = judgement.parameter(kind, parameter::COLLAR_PERIOD_NS);
        if period_ns == 0.0 {
            continue;
        }
        let mid = oldest_mid(judgement, period_ns);
        let age_ns = judgement.parameter(kind, parameter::REFERENCE_AGE_NS);
        let seen_ns = reference_age(judgement);
        if mid == 0.0 || (age_ns > 0.0 && seen_ns > age_ns) {
            judgement.seen = seen_ns;
            judgement.answer(kind, age_ns);
            return true;
        }
        judgement.seen = distance(judgement, mid);
        if judgement.exceeds_at(kind, limit::PERIOD_COLLAR_BASIS_POINTS) {
            return true;
        }
    }
    false
}

/// Basis points from the mid, in full beyond; a mid that is not above 0 is no reference.
fn distance(judgement: &Judgement<'_>, mid: f64) -> f64 {
    let distance = (2.0 * judgement.intent(intent::LIMIT_INCREMENTS) - mid).abs() * BASIS_POINTS;
    if mid > 0.0 { ceil_ratio(distance, mid) } else { SAFE_MAX }
}

fn reference_age(judgement: &Judgement<'_>) -> f64 {
    judgement.intent(intent::NOW_NS) - judgement.memory[judgement.instrument + instrument::MARK_NS]
}

/// Of the samples not older than the period; 0 where there is none.
fn oldest_mid(judgement: &Judgement<'_>, period_ns: f64) -> f64 {
    let since_ns = judgement.intent(intent::NOW_NS) - period_ns;
    let count = judgement.memory[judgement.instrument + instrument::SAMPLE_COUNT] as usize;
    (0..count)
        .map(|at| sample_at(judgement, at as f64))
        .find(|&sample| judgement.memory[sample] >= since_ns)
        .map_or(0.0, |sample| judgement.memory[sample + 1])
}

/// The oldest is 0.
fn sample_at(judgement: &Judgement<'_>, at: f64) -> usize {
    let first = judgement.memory[judgement.instrument + instrument::SAMPLE_FIRST];
    let index = wrapped(first + at, part::SAMPLES_MAX) as usize;
    judgement.instrument + instrument::SAMPLES + 2 * index
}

/// Keeps a mid of now and then: sixteen samples for the longest period.
pub fn sample_mid(judgement: &mut Judgement<'_>, mid: f64, now_ns: f64) {
    let period_ns = judgement
        .limited()
        .map(|kind| judgement.parameter(kind, parameter::COLLAR_PERIOD_NS))
        .fold(0.0, f64::max);
    if period_ns == 0.0 {
        return;
    }
    let (first, count) = (
        judgement.instrument + instrument::SAMPLE_FIRST,
        judgement.instrument + instrument::SAMPLE_COUNT,
    );
    let samples = judgement.memory[count];
    if samples > 0.0 {
        let latest = sample_at(judgement, samples - 1.0);
        if now_ns - judgement.memory[latest] < period_ns / part::SAMPLES_MAX {
            return;
        }
    }
    if samples == part::SAMPLES_MAX {
        judgement.memory[first] = wrapped(judgement.memory[first] + 1.0, part::SAMPLES_MAX);
    } else {
        judgement.memory[count] = samples + 1.0;
    }
    let sample = sample_at(judgement, judgement.memory[count] - 1.0);
    judgement.memory[sample] = now_ns;
    judgement.memory[sample + 1] = mid;
}
