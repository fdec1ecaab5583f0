//! Permission: hours, what a strategy may trade, and the restricted list.

use super::super::judgement::Judgement;
use super::super::layout::{instrument, intent, kind, line};

pub fn is_outside_hours(judgement: &mut Judgement<'_>) -> bool {
    judgement.intent(intent::IS_OUTSIDE_HOURS) != 0.0 && judgement.forbid(kind::VENUE)
}

pub fn is_not_permitted(judgement: &mut Judgement<'_>) -> bool {
    judgement.memory[judgement.line + line::IS_PERMITTED] == 0.0 && judgement.forbid(kind::STRATEGY)
}

pub fn is_restricted(judgement: &mut Judgement<'_>) -> bool {
    judgement.memory[judgement.instrument + instrument::IS_RESTRICTED] != 0.0
        && judgement.forbid(kind::INSTRUMENT)
}
