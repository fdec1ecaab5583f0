//! Every sent order counts at once, in the sums of its firm, desk, strategy, account, instrument.

use super::super::judgement::Judgement;
use super::super::layout::{event, header, instrument, intent, kind, line, part, scope};
use super::super::money;
use super::credit::order_worth;

/// A venue's sums are nobody's limit: a line may have orders at several.
const SUMMED: [usize; 5] =
    [kind::FIRM, kind::DESK, kind::STRATEGY, kind::ACCOUNT, kind::INSTRUMENT];

/// An approved intent: open from now on, at its price.
pub fn add_open(judgement: &mut Judgement<'_>) {
    let is_buy = judgement.intent(intent::SIDE) > 0.0;
    let limit = judgement.intent(intent::LIMIT_INCREMENTS);
    let more = judgement.intent(intent::LOTS) - judgement.intent(intent::REPLACED_LOTS);
    let (lots, best, sum) = if is_buy {
        (line::OPEN_BUY_LOTS, line::HIGHEST_BUY, scope::OPEN_BUY_LOTS)
    } else {
        (line::OPEN_SELL_LOTS, line::LOWEST_SELL, scope::OPEN_SELL_LOTS)
    };
    let at = judgement.line;
    let is_first = judgement.memory[at + lots] == 0.0;
    judgement.memory[at + lots] += more;
    judgement.memory[judgement.scopes[kind::INSTRUMENT] + sum] += more;
    let held = judgement.memory[at + best];
    let is_better = if is_buy { limit > held } else { limit < held };
    if is_first || is_better {
        judgement.memory[at + best] = limit;
    }
    let worth = order_worth(judgement);
    let own = if is_buy { line::OPEN_BUY_WORTH } else { line::OPEN_SELL_WORTH };
    money::add(judgement.memory, at + own, worth);
    add_to_scopes(judgement, if is_buy { scope::OPEN_BUY } else { scope::OPEN_SELL }, worth);
}

fn add_to_scopes(judgement: &mut Judgement<'_>, sum: usize, worth: i128) {
    if worth == 0 {
        return;
    }
    for kind in SUMMED {
        money::add(judgement.memory, judgement.scopes[kind] + sum, worth);
    }
}

/// What the venue's answers made of the line.
pub fn sync_line(judgement: &mut Judgement<'_>) {
    let (at, input) = (judgement.line, judgement.input);
    let scope = judgement.scopes[kind::INSTRUMENT];
    for each in 0..3 {
        let lots = judgement.memory[input + event::POSITION_LOTS + each];
        let more = lots - judgement.memory[at + line::POSITION_LOTS + each];
        judgement.memory[scope + scope::POSITION_LOTS + each] += more;
        judgement.memory[at + line::POSITION_LOTS + each] = lots;
    }
    judgement.memory[at + line::HIGHEST_BUY] = judgement.memory[input + event::HIGHEST_BUY];
    judgement.memory[at + line::LOWEST_SELL] = judgement.memory[input + event::LOWEST_SELL];
    let buys = [line::OPEN_BUY_LOTS, line::HIGHEST_BUY, line::OPEN_BUY_WORTH];
    set_side(judgement, buys, scope::OPEN_BUY);
    let sells = [line::OPEN_SELL_LOTS, line::LOWEST_SELL, line::OPEN_SELL_WORTH];
    set_side(judgement, sells, scope::OPEN_SELL);
    mark_line(judgement);
}

/// All that is open on a side, at its best price.
fn set_side(judgement: &mut Judgement<'_>, [lots, best, own]: [usize; 3], sum: usize) {
    let nanos = judgement.memory[judgement.instrument + instrument::REPORT_NANOS];
    let half_increments = 2.0 * judgement.memory[judgement.line + best].abs();
    let lots = judgement.memory[judgement.line + lots];
    let more = replace_worth(judgement, own, money::worth(lots, half_increments, nanos));
    add_to_scopes(judgement, sum, more);
}

/// Writes another worth of the line and says what it differs by from before.
fn replace_worth(judgement: &mut Judgement<'_>, own: usize, worth: i128) -> i128 {
    let at = judgement.line + own;
    let before = money::read(judgement.memory, at);
    money::write(judgement.memory, at, worth);
    worth - before
}

/// Another mid of an instrument: its lines are worth something else.
pub fn mark_instrument(judgement: &mut Judgement<'_>, mid: f64, now_ns: f64) {
    let at = judgement.instrument;
    judgement.memory[at + instrument::MARK_NS] = now_ns;
    if judgement.memory[at + instrument::MARK_HALF_INCREMENTS] == mid {
        return;
    }
    judgement.memory[at + instrument::MARK_HALF_INCREMENTS] = mid;
    let (scopes, own) = (judgement.scopes, judgement.line);
    let strategy = judgement.memory[judgement.input + intent::STRATEGY] as usize;
    let first = own - strategy * part::LINE_VALUES;
    for each in 0..judgement.memory[header::STRATEGIES] as usize {
        judgement.line = first + each * part::LINE_VALUES;
        if judgement.memory[judgement.line + line::POSITION_LOTS] != 0.0 {
            select_line(judgement, each);
            mark_line(judgement);
        }
    }
    judgement.line = own;
    judgement.scopes = scopes;
}

fn select_line(judgement: &mut Judgement<'_>, strategy: usize) {
    let of = |field: usize| judgement.memory[field] as usize;
    let desks = 1 + of(header::VENUES);
    let strategies = desks + of(header::DESKS);
    let accounts = strategies + of(header::STRATEGIES);
    let scopes = [
        (kind::DESK, desks + of(judgement.line + line::DESK)),
        (kind::STRATEGY, strategies + strategy),
        (kind::ACCOUNT, accounts + of(judgement.line + line::ACCOUNT)),
    ];
    let scopes_at = of(header::SCOPES_AT);
    for (kind, index) in scopes {
        judgement.scopes[kind] = scopes_at + index * part::SCOPE_VALUES;
    }
}

/// The worth of what the line holds, in net as it is and in gross without its sign.
fn mark_line(judgement: &mut Judgement<'_>) {
    let lots = judgement.memory[judgement.line + line::POSITION_LOTS];
    let mid = judgement.memory[judgement.instrument + instrument::MARK_HALF_INCREMENTS];
    let nanos = judgement.memory[judgement.instrument + instrument::REPORT_NANOS];
    let worth = money::worth(lots, mid, nanos);
    let more = replace_worth(judgement, line::POSITION_WORTH, worth);
    add_to_scopes(judgement, scope::NET, more);
    add_to_scopes(judgement, scope::GROSS, worth.abs() - (worth - more).abs());
}
