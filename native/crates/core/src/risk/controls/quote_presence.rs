//! A market maker's duty: quotes on both sides for a share of the time.

use super::super::judgement::Judgement;
use super::super::layout::{event, kind, limit, line, parameter};
use super::super::rules;

const DAY_NS: f64 = 86_400_000_000_000.0;
const MILLION: f64 = 1_000_000.0;

/// Before the line changes: what it was until now counts until now.
pub fn observe_quotes(judgement: &mut Judgement<'_>) {
    let now_ns = judgement.memory[judgement.input + event::NOW_NS];
    let at = judgement.line;
    let utc_day = (now_ns / DAY_NS).floor();
    if judgement.memory[at + line::DUTY_DAY] != utc_day {
        judgement.memory[at + line::DUTY_DAY] = utc_day;
        judgement.memory[at + line::OBSERVED_NS] = 0.0;
        judgement.memory[at + line::PRESENT_NS] = 0.0;
        judgement.memory[at + line::DUTY_NS] = now_ns;
    }
    let passed_ns = (now_ns - judgement.memory[at + line::DUTY_NS]).max(0.0);
    judgement.memory[at + line::DUTY_NS] += passed_ns;
    judgement.memory[at + line::OBSERVED_NS] += passed_ns;
    if judgement.memory[at + line::WAS_PRESENT] == 1.0 {
        judgement.memory[at + line::PRESENT_NS] += passed_ns;
    }
    hold_absence(judgement);
}

fn hold_absence(judgement: &mut Judgement<'_>) {
    let observed_ns = judgement.memory[judgement.line + line::OBSERVED_NS];
    let least_ns = judgement.parameter(kind::STRATEGY, parameter::DUTY_OBSERVED_NS);
    let has_duty = judgement.parameter(kind::STRATEGY, parameter::DUTY_LOTS) != 0.0;
    if !has_duty || observed_ns <= least_ns {
        return;
    }
    judgement.rule = rules::QUOTE_PRESENCE;
    let absent_ns = observed_ns - judgement.memory[judgement.line + line::PRESENT_NS];
    judgement.seen = ((absent_ns / observed_ns) * MILLION).floor();
    let warned = judgement.limit(kind::STRATEGY, limit::ABSENCE_PPM) + 2;
    if judgement.exceeds_at(kind::STRATEGY, limit::ABSENCE_PPM) && judgement.memory[warned] != 2.0 {
        judgement.memory[warned] = 2.0;
        judgement.alert_answer(kind::STRATEGY);
    }
}

/// After the line changed: whether its quotes now do what is asked.
pub fn set_presence(judgement: &mut Judgement<'_>) {
    let at = judgement.line;
    let least = judgement.parameter(kind::STRATEGY, parameter::DUTY_LOTS);
    let spread =
        judgement.memory[at + line::LOWEST_SELL] - judgement.memory[at + line::HIGHEST_BUY];
    let is_present = least > 0.0
        && judgement.memory[at + line::OPEN_BUY_LOTS] >= least
        && judgement.memory[at + line::OPEN_SELL_LOTS] >= least
        && spread <= judgement.parameter(kind::STRATEGY, parameter::DUTY_SPREAD_INCREMENTS);
    judgement.memory[at + line::WAS_PRESENT] = f64::from(u8::from(is_present));
}
