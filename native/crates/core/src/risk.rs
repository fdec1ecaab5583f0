//! The risk controls over one flat memory of doubles.
//!
//! The twin is `gateway/risk`, operation for operation; both leave the same bytes behind.

mod controls;
mod judgement;
mod layout;
mod money;
mod ratio;
mod ring;
mod rules;

use self::controls::{ALWAYS, CONTROLS, approve, take};
use self::judgement::Judgement;
use self::layout::{answer, call, header, intent, part};
use self::rules::MALFORMED;

/// Whether the memory has the size that its header says.
pub fn is_risk_memory(memory: &[f64]) -> bool {
    memory.len() > part::SCOPES
        && memory[header::VERSION] == 1.0
        && memory[header::LENGTH] == memory.len() as f64
        && memory[header::INSTRUMENTS_AT..=header::LENGTH].is_sorted()
}

/// Works on the memory as `what` says and answers a number: of a judgement the rule that objects,
/// 0 where none does; else whether what the call asks is so.
pub fn call_risk(memory: &mut [f64], what: u32) -> u32 {
    memory[part::ANSWER..=part::ANSWER + answer::ALERTS].fill(0.0);
    if what == call::JUDGE {
        return judge(memory);
    }
    let Some(mut judgement) = Judgement::of(memory, part::EVENT) else { return MALFORMED as u32 };
    controls::begin_day(&mut judgement);
    let is_true = take(&mut judgement, what);
    // An objection to no wish is none; alerts stay.
    memory[part::ANSWER..part::ANSWER + answer::ALERTS].fill(0.0);
    u32::from(is_true)
}

fn judge(memory: &mut [f64]) -> u32 {
    // Said before, in case there is no judgement: it would hold the memory.
    memory[part::ANSWER + answer::RULE] = MALFORMED;
    if !is_well_formed(memory) {
        return MALFORMED as u32;
    }
    let Some(mut judgement) = Judgement::of(memory, part::INTENT) else { return MALFORMED as u32 };
    judgement.memory[part::ANSWER + answer::RULE] = 0.0;
    controls::begin_day(&mut judgement);
    let mid = judgement.intent(intent::MID_HALF_INCREMENTS);
    controls::mark(&mut judgement, mid);
    for (rule, needs, objects) in CONTROLS {
        if needs & judgement.needs == 0 && needs != ALWAYS {
            continue;
        }
        judgement.rule = rule;
        if objects(&mut judgement) {
            return judgement.memory[part::ANSWER + answer::RULE] as u32;
        }
    }
    approve(&mut judgement);
    0
}

/// Lots and prices are integers that a double holds, and lots are not below 0.
fn is_well_formed(memory: &[f64]) -> bool {
    let of = |field| memory[part::INTENT + field];
    (of(intent::SIDE) == 1.0 || of(intent::SIDE) == -1.0)
        && is_lots(of(intent::LOTS))
        && is_lots(of(intent::REPLACED_LOTS))
        && is_safe(of(intent::LIMIT_INCREMENTS))
        && is_safe(of(intent::REPLACED_INCREMENTS))
        && is_safe(of(intent::MID_HALF_INCREMENTS))
        && of(intent::NOW_NS).abs() <= SAFE_MAX
}

const SAFE_MAX: f64 = 9_007_199_254_740_991.0;

fn is_safe(value: f64) -> bool {
    value.abs() <= SAFE_MAX && (value as i64) as f64 == value
}

fn is_lots(lots: f64) -> bool {
    is_safe(lots) && lots >= 0.0
}
