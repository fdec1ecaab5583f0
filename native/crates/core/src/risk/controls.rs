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

/// In the order they are asked; the law's ten first.
pub const CONTROLS: [(f64, Objects); 31] = [
    (rules::KILL_SWITCH, kill_switch::is_halted),
    (rules::SESSION_HOURS, permission::is_outside_hours),
    (rules::TICK_AGE, confidence::tick_age),
    (rules::FORECAST_AGE, confidence::forecast_age),
    (rules::PRICE_COLLAR, price_collar::price_collar),
    (rules::ORDER_VALUE, order_size::order_value),
    (rules::POSITION, position::position),
    (rules::ORDER_RATE, message_rate::order_rate),
    (rules::DAILY_LOSS, loss::daily_loss),
    (rules::TRAILING_DRAWDOWN, loss::trailing_drawdown),
    (rules::REDUCING, kill_switch::grows_where_reducing),
    (rules::PERMISSION, permission::is_not_permitted),
    (rules::RESTRICTED_LIST, permission::is_restricted),
    (rules::PERIOD_COLLAR, price_collar::period_collar),
    (rules::ORDER_VOLUME, order_size::order_volume),
    (rules::MESSAGE_RATE, message_rate::message_rate),
    (rules::DUPLICATE_ORDER, duplicate_order::duplicate_order),
    (rules::CLIENT_ORDER_ID, duplicate_order::client_order_id),
    (rules::GROSS_NOTIONAL, credit::gross_notional),
    (rules::NET_NOTIONAL, credit::net_notional),
    (rules::OPEN_NOTIONAL, credit::open_notional),
    (rules::LEVERAGE, credit::leverage),
    (rules::SELF_TRADE, self_trade::self_trade),
    (rules::CLOCK_OFFSET, confidence::clock_offset),
    (rules::FORECAST_BASIS, confidence::forecast_basis),
    (rules::DISAGREEMENT, confidence::disagreement),
    (rules::ENTROPY, confidence::entropy),
    (rules::PROGRAMME_TRADING, programme_trading::programme_trading),
    (rules::LAYERING, surveillance::layering),
    (rules::QUOTE_STUFFING, surveillance::quote_stuffing),
    (rules::STOP_CASCADE, surveillance::stop_cascade),
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
