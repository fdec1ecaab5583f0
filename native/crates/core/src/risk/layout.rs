//! The flat memory; `gateway/risk/layout.ts` draws it.

pub mod header {
    pub const VERSION: usize = 0;
    pub const VENUES: usize = 1;
    pub const DESKS: usize = 2;
    pub const STRATEGIES: usize = 3;
    pub const SCOPES_AT: usize = 6;
    pub const LINES_AT: usize = 7;
    pub const INSTRUMENTS_AT: usize = 8;
    pub const LENGTH: usize = 9;
    pub const ID_DATE: usize = 10;
    pub const ID_SERIAL: usize = 11;
}

pub mod part {
    pub const INTENT: usize = 16;
    pub const EVENT: usize = 40;
    pub const ANSWER: usize = 56;
    pub const ALERTS: usize = 72;
    pub const SCOPES: usize = 312;
    pub const ALERTS_MAX: f64 = 24.0;
    pub const ALERT_VALUES: usize = 10;
    pub const SCOPE_VALUES: usize = 268;
    pub const LINE_VALUES: usize = 20;
    pub const INSTRUMENT_VALUES: usize = 362;
    pub const SAMPLES_MAX: f64 = 16.0;
    pub const DUPLICATES_MAX: f64 = 64.0;
    pub const SLICES: f64 = 8.0;
    pub const SLICE_VALUES: usize = 10;
}

pub mod intent {
    pub const NOW_NS: usize = 0;
    pub const VENUE: usize = 1;
    pub const STRATEGY: usize = 3;
    pub const INSTRUMENT: usize = 5;
    pub const IS_AMEND: usize = 6;
    pub const SIDE: usize = 7;
    pub const LOTS: usize = 8;
    pub const LIMIT_INCREMENTS: usize = 9;
    pub const IS_STOP: usize = 10;
    pub const REPLACED_LOTS: usize = 11;
    pub const REPLACED_INCREMENTS: usize = 12;
    pub const MID_HALF_INCREMENTS: usize = 13;
    pub const TICK_TIME_NS: usize = 14;
    pub const FORECAST_TIME_NS: usize = 15;
    pub const IS_PROVISIONAL: usize = 16;
    pub const ACCEPTANCE_PPM: usize = 17;
    pub const ENTROPY_PPM: usize = 18;
    pub const CLOCK_OFFSET_NS: usize = 19;
    pub const IS_OUTSIDE_HOURS: usize = 20;
    pub const ID_DATE: usize = 21;
    pub const ID_SERIAL: usize = 22;
    pub const IS_MARKET: usize = 23;
}

pub mod event {
    pub const NOW_NS: usize = 0;
    pub const KIND: usize = 6;
    pub const SIDE: usize = 7;
    pub const POSITION_LOTS: usize = 8;
    pub const HIGHEST_BUY: usize = 11;
    pub const LOWEST_SELL: usize = 12;
    pub const MARK_HALF_INCREMENTS: usize = 13;

    pub const CANCEL: f64 = 0.0;
    pub const FILL: f64 = 1.0;
    pub const LOST: f64 = 2.0;
}

pub mod call {
    pub const JUDGE: u32 = 0;
    pub const COUNT: u32 = 1;
    pub const SYNC: u32 = 2;
    pub const MARK: u32 = 3;
    pub const RECONCILE: u32 = 4;
    pub const CONNECTION: u32 = 5;
    pub const LOSS: u32 = 6;
}

pub mod answer {
    /// Then the kind of the scope, and which of them it is.
    pub const RULE: usize = 0;
    /// A mark, then what was seen and what is allowed, two values each; in alerts as well.
    pub const IS_MONEY: usize = 3;
    pub const ACTION: usize = 8;
    pub const LINE: usize = 9;
    pub const ALERTS: usize = 10;
}

pub mod alert {
    pub const RULE: usize = 0;
    pub const LEVEL: usize = 1;
    pub const SCOPE_KIND: usize = 2;
    pub const SCOPE_INDEX: usize = 3;
    pub const IS_MONEY: usize = 4;
}

pub mod kind {
    pub const COUNT: usize = 6;
    pub const FIRM: usize = 0;
    pub const VENUE: usize = 1;
    pub const DESK: usize = 2;
    pub const STRATEGY: usize = 3;
    pub const ACCOUNT: usize = 4;
    pub const INSTRUMENT: usize = 5;
}

pub mod scope {
    pub const STATE: usize = 0;
    pub const TRIPPED_RULE: usize = 1;
    pub const TRIPPED_NS: usize = 2;
    pub const PROFIT: usize = 3;
    pub const DAY_START: usize = 5;
    pub const PEAK: usize = 7;
    pub const GROSS: usize = 9;
    pub const NET: usize = 11;
    pub const OPEN_BUY: usize = 13;
    pub const OPEN_SELL: usize = 15;
    pub const POSITION_LOTS: usize = 17;
    pub const OPEN_BUY_LOTS: usize = 18;
    pub const OPEN_SELL_LOTS: usize = 19;
    pub const UTC_DAY: usize = 20;
    pub const NEWS: usize = 21;
    pub const AMENDS: usize = 22;
    pub const CANCELS: usize = 23;
    pub const FILLS: usize = 24;
    pub const OVER_BUDGET: usize = 25;
    pub const OCCASIONS: usize = 26;
    pub const NEW_FULL_NS: usize = 27;
    pub const AMEND_FULL_NS: usize = 28;
    pub const CANCEL_FULL_NS: usize = 29;
    pub const ORDER_RING: usize = 30;
    pub const EXECUTION_RING: usize = 34;
    pub const PROGRAMME_RING: usize = 38;
    pub const FLOW_SLICE: usize = 42;
    pub const IS_LIMITED: usize = 43;
    pub const LOST_NS: usize = 44;
    pub const FLOW: usize = 45;
    pub const PARAMETERS: usize = 125;
    pub const LIMITS: usize = 145;
    pub const MONEY_LIMITS: usize = 223;
    /// Sums of the flow over its slices.
    pub const FLOW_SUMS: usize = 258;

    pub const REDUCING: f64 = 1.0;
    pub const HALTED: f64 = 2.0;
}

pub mod ring {
    pub const AT: usize = 0;
    pub const CAPACITY: usize = 1;
    pub const FIRST: usize = 2;
    pub const COUNT: usize = 3;
}

pub mod parameter {
    pub const ORDER_WINDOW_NS: usize = 0;
    pub const EXECUTION_WINDOW_NS: usize = 1;
    pub const DUPLICATE_WINDOW_NS: usize = 2;
    pub const COLLAR_PERIOD_NS: usize = 3;
    pub const REFERENCE_AGE_NS: usize = 4;
    pub const NEW_INTERVAL_NS: usize = 5;
    pub const AMEND_INTERVAL_NS: usize = 6;
    pub const CANCEL_INTERVAL_NS: usize = 7;
    pub const PROGRAMME_WINDOW_NS: usize = 8;
    pub const PROGRAMME_COUNT: usize = 9;
    pub const FLOW_WINDOW_NS: usize = 10;
    pub const SELF_TRADE: usize = 11;
    pub const CAPITAL_UNITS: usize = 12;
    pub const DUTY_SPREAD_INCREMENTS: usize = 13;
    pub const DUTY_LOTS: usize = 14;
    pub const DUTY_OBSERVED_NS: usize = 15;
    pub const GRACE_NS: usize = 16;
    pub const LAYERING_FILLS: usize = 17;
    pub const STUFFING_PER_FILL: usize = 18;
}

pub mod limit {
    pub const TICK_AGE_NS: usize = 0;
    pub const FORECAST_AGE_NS: usize = 1;
    pub const COLLAR_BASIS_POINTS: usize = 2;
    pub const PERIOD_COLLAR_BASIS_POINTS: usize = 3;
    pub const ORDER_LOTS: usize = 4;
    pub const ORDER_VOLUME_PPM: usize = 5;
    pub const POSITION_LOTS: usize = 6;
    pub const ORDERS: usize = 7;
    pub const NEW_MESSAGES: usize = 8;
    pub const AMEND_MESSAGES: usize = 9;
    pub const CANCEL_MESSAGES: usize = 10;
    pub const DUPLICATE_ORDERS: usize = 11;
    pub const EXECUTIONS: usize = 12;
    pub const CLOCK_OFFSET_NS: usize = 14;
    pub const PROVISIONAL_FORECASTS: usize = 15;
    pub const DISAGREEMENT_PPM: usize = 16;
    pub const ENTROPY_PPM: usize = 17;
    pub const PROGRAMME_OCCASIONS: usize = 18;
    pub const MESSAGES_PER_DAY: usize = 19;
    pub const LAYERING_ORDERS: usize = 20;
    pub const STUFFING_MESSAGES: usize = 21;
    pub const STOP_ORDERS: usize = 22;
    pub const ABSENCE_PPM: usize = 23;
    pub const RECONCILIATION_LOTS: usize = 24;
    pub const DRAWDOWN_PPM: usize = 25;
}

pub mod money_limit {
    pub const ORDER_VALUE: usize = 0;
    pub const DAILY_LOSS: usize = 1;
    pub const TRAILING_DRAWDOWN: usize = 2;
    pub const GROSS_NOTIONAL: usize = 3;
    pub const NET_NOTIONAL: usize = 4;
    pub const OPEN_NOTIONAL: usize = 5;
    pub const LEVERAGE: usize = 6;
}

pub mod line {
    pub const IS_PERMITTED: usize = 0;
    pub const DESK: usize = 1;
    pub const ACCOUNT: usize = 2;
    pub const POSITION_LOTS: usize = 3;
    pub const OPEN_BUY_LOTS: usize = 4;
    pub const OPEN_SELL_LOTS: usize = 5;
    pub const HIGHEST_BUY: usize = 6;
    pub const LOWEST_SELL: usize = 7;
    pub const POSITION_WORTH: usize = 8;
    pub const OPEN_BUY_WORTH: usize = 10;
    pub const OPEN_SELL_WORTH: usize = 12;
    pub const DUTY_DAY: usize = 14;
    pub const OBSERVED_NS: usize = 15;
    pub const PRESENT_NS: usize = 16;
    pub const DUTY_NS: usize = 17;
    pub const WAS_PRESENT: usize = 18;
}

pub mod instrument {
    pub const INCREMENT_NANOS: usize = 0;
    pub const REPORT_NANOS: usize = 1;
    pub const IS_RESTRICTED: usize = 2;
    pub const DAILY_LOTS: usize = 3;
    pub const MARK_HALF_INCREMENTS: usize = 4;
    pub const MARK_NS: usize = 5;
    pub const SAMPLE_FIRST: usize = 6;
    pub const SAMPLE_COUNT: usize = 7;
    pub const SAMPLES: usize = 8;
    pub const DUPLICATE_FIRST: usize = 40;
    pub const DUPLICATE_COUNT: usize = 41;
    pub const DUPLICATES: usize = 42;
}

pub mod flow {
    pub const NEWS: usize = 0;
    pub const AMENDS: usize = 2;
    pub const CANCELS: usize = 4;
    pub const FILLS: usize = 6;
    pub const STOPS: usize = 8;
}
