//! Self-trade prevention over all strategies of an instrument.

use super::super::judgement::Judgement;
use super::super::layout::{answer, header, intent, line, parameter, part};

/// The answer says what is to be done, and whose order would be met.
pub fn self_trade(judgement: &mut Judgement<'_>) -> bool {
    for kind in judgement.limited() {
        let action = judgement.parameter(kind, parameter::SELF_TRADE);
        if action == 0.0 {
            continue;
        }
        let Some((met, resting)) = met_line(judgement) else { return false };
        judgement.seen = judgement.intent(intent::LIMIT_INCREMENTS);
        judgement.answer(kind, resting);
        judgement.memory[part::ANSWER + answer::ACTION] = action;
        judgement.memory[part::ANSWER + answer::LINE] = met as f64;
        return true;
    }
    false
}

/// The first line whose resting order the intent would trade with, and that order's price.
fn met_line(judgement: &Judgement<'_>) -> Option<(usize, f64)> {
    let strategies = judgement.memory[header::STRATEGIES] as usize;
    let first = judgement.intent(intent::INSTRUMENT) as usize * strategies;
    let is_buy = judgement.intent(intent::SIDE) > 0.0;
    let limit = judgement.intent(intent::LIMIT_INCREMENTS);
    let is_market = judgement.intent(intent::IS_MARKET) != 0.0;
    (first..first + strategies).find_map(|each| {
        let at = judgement.memory[header::LINES_AT] as usize + each * part::LINE_VALUES;
        let (open, best) = if is_buy {
            (line::OPEN_SELL_LOTS, line::LOWEST_SELL)
        } else {
            (line::OPEN_BUY_LOTS, line::HIGHEST_BUY)
        };
        let resting = judgement.memory[at + best];
        let is_met = is_market || if is_buy { limit >= resting } else { limit <= resting };
        (judgement.memory[at + open] != 0.0 && is_met).then_some((each, resting))
    })
}
