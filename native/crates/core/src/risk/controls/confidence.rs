//! Stale data and doubtful forecasts.

use super::super::judgement::Judgement;
use super::super::layout::{intent, limit};

const MILLION: f64 = 1_000_000.0;

pub fn tick_age(judgement: &mut Judgement<'_>) -> bool {
    judgement.seen = judgement.intent(intent::NOW_NS) - judgement.intent(intent::TICK_TIME_NS);
    judgement.exceeds(limit::TICK_AGE_NS)
}

pub fn forecast_age(judgement: &mut Judgement<'_>) -> bool {
    judgement.seen = judgement.intent(intent::NOW_NS) - judgement.intent(intent::FORECAST_TIME_NS);
    judgement.exceeds(limit::FORECAST_AGE_NS)
}

pub fn clock_offset(judgement: &mut Judgement<'_>) -> bool {
    judgement.seen = judgement.intent(intent::CLOCK_OFFSET_NS).abs();
    judgement.exceeds(limit::CLOCK_OFFSET_NS)
}

pub fn forecast_basis(judgement: &mut Judgement<'_>) -> bool {
    judgement.seen = judgement.intent(intent::IS_PROVISIONAL);
    judgement.exceeds(limit::PROVISIONAL_FORECASTS)
}

pub fn disagreement(judgement: &mut Judgement<'_>) -> bool {
    judgement.seen = MILLION - judgement.intent(intent::ACCEPTANCE_PPM);
    judgement.exceeds(limit::DISAGREEMENT_PPM)
}

pub fn entropy(judgement: &mut Judgement<'_>) -> bool {
    judgement.seen = judgement.intent(intent::ENTROPY_PPM);
    judgement.exceeds(limit::ENTROPY_PPM)
}
