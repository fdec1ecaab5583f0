//! Every control, a file each, and what an order, a cancel, a fill or a mark does to their memory.

mod cancel_on_disconnect;
mod confidence;
mod credit;
mod duplicate_order;
mod kill_switch;
mod loss;
mod message_rate;
mod open_orders;
mod order_size;
mod permission;
mod position;
mod price_collar;
mod programme_trading;
mod quote_presence;
mod reconciliation;
mod repeated_execution;
mod self_trade;
mod surveillance;

use super::judgement::Judgement;
use super::layout::{call, event, flow, intent, part};
use super::rules;

pub use message_rate::begin_day;

/// True where it refuses; the answer then says what it saw against what it allows.
type Objects = fn(&mut Judgement<'_>) -> bool;

/// Of a control that looks whatever is limited.
pub const ALWAYS: u32 = 0;

/// In the order they are asked; the law's ten first.
/// With the bit of a scope's limits that gives it something to do; `gateway/risk/needs.ts`.
pub const CONTROLS: [(f64, u32, Objects); 31] = [
    (rules::KILL_SWITCH, ALWAYS, kill_switch::is_halted),
    (rules::SESSION_HOURS, ALWAYS, permission::is_outside_hours),
    (rules::TICK_AGE, 1 << 1, confidence::tick_age),
    (rules::FORECAST_AGE, 1 << 2, confidence::forecast_age),
    (rules::PRICE_COLLAR, 1 << 3, price_collar::price_collar),
    (rules::ORDER_VALUE, 1 << 4, order_size::order_value),
    (rules::POSITION, 1 << 5, position::position),
    (rules::ORDER_RATE, 1 << 6, message_rate::order_rate),
    (rules::DAILY_LOSS, 1 << 7, loss::daily_loss),
    (rules::TRAILING_DRAWDOWN, 1 << 8, loss::trailing_drawdown),
    (rules::REDUCING, ALWAYS, kill_switch::grows_where_reducing),
    (rules::PERMISSION, ALWAYS, permission::is_not_permitted),
    (rules::RESTRICTED_LIST, ALWAYS, permission::is_restricted),
    (rules::PERIOD_COLLAR, 1 << 9, price_collar::period_collar),
    (rules::ORDER_VOLUME, 1 << 10, order_size::order_volume),
    (rules::MESSAGE_RATE, 1 << 11, message_rate::message_rate),
    (rules::DUPLICATE_ORDER, 1 << 12, duplicate_order::duplicate_order),
    (rules::CLIENT_ORDER_ID, ALWAYS, duplicate_order::client_order_id),
    (rules::GROSS_NOTIONAL, 1 << 13, credit::gross_notional),
    (rules::NET_NOTIONAL, 1 << 14, credit::net_notional),
    (rules::OPEN_NOTIONAL, 1 << 15, credit::open_notional),
    (rules::LEVERAGE, 1 << 16, credit::leverage),
    (rules::SELF_TRADE, 1 << 17, self_trade::self_trade),
    (rules::CLOCK_OFFSET, 1 << 18, confidence::clock_offset),
    (rules::FORECAST_BASIS, 1 << 19, confidence::forecast_basis),
    (rules::DISAGREEMENT, 1 << 20, confidence::disagreement),
    (rules::ENTROPY, 1 << 21, confidence::entropy),
    (rules::PROGRAMME_TRADING, 1 << 22, programme_trading::programme_trading),
    (rules::LAYERING, 1 << 23, surveillance::layering),
    (rules::QUOTE_STUFFING, 1 << 24, surveillance::quote_stuffing),
    (rules::STOP_CASCADE, 1 << 25, surveillance::stop_cascade),
];

/// The intent is open and counted from now on.
pub fn approve(judgement: &mut Judgement<'_>) {
    open_orders::add_open(judgement);
    message_rate::take_order(judgement);
    duplicate_order::remember_order(judgement);
    duplicate_order::remember_id(judgement);
    let is_amend = judgement.intent(intent::IS_AMEND) != 0.0;
    surveillance::count_flow(judgement, if is_amend { flow::AMENDS } else { flow::NEWS });
    if judgement.intent(intent::IS_STOP) != 0.0 {
        surveillance::count_flow(judgement, flow::STOPS);
    }
    programme_trading::count_message(judgement);
}

/// Everything but a wish; whether what it asks is so.
pub fn take(judgement: &mut Judgement<'_>, what: u32) -> bool {
    match what {
        call::COUNT => count(judgement),
        call::SYNC => {
            quote_presence::observe_quotes(judgement);
            open_orders::sync_line(judgement);
            quote_presence::set_presence(judgement);
        }
        call::MARK => {
            let mid = judgement.memory[part::EVENT + event::MARK_HALF_INCREMENTS];
            mark(judgement, mid);
        }
        call::RECONCILE => reconciliation::reconcile(judgement),
        call::CONNECTION => return cancel_on_disconnect::apply_connection(judgement),
        call::LOSS => loss::watch_loss(judgement),
        _ => {}
    }
    false
}

fn count(judgement: &mut Judgement<'_>) {
    let kind = judgement.memory[part::EVENT + event::KIND];
    if kind == event::CANCEL {
        message_rate::take_cancel(judgement);
        surveillance::count_flow(judgement, flow::CANCELS);
        programme_trading::count_message(judgement);
    } else if kind == event::FILL {
        message_rate::take_fill(judgement);
        surveillance::count_flow(judgement, flow::FILLS);
        repeated_execution::count_execution(judgement);
    }
}

/// Another mid of the call's instrument.
pub fn mark(judgement: &mut Judgement<'_>, mid: f64) {
    let now_ns = judgement.memory[judgement.input + intent::NOW_NS];
    open_orders::mark_instrument(judgement, mid, now_ns);
    price_collar::sample_mid(judgement, mid, now_ns);
}
