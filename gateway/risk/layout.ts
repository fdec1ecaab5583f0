/**
 * The flat memory of risk: all that the controls know and remember, as doubles in one array.
 *
 *     ┌─────────┬────────┬───────┬────────┬────────┬─────────┬────────┬─────────────┬───────┐
 *     │ header  │ intent │ event │ answer │ alerts │ scopes  │ lines  │ instruments │ rings │
 *     │   16    │   24   │  16   │   16   │ 24 x 10│ n x 268 │ n x 20 │   n x 362   │       │
 *     └─────────┴────────┴───────┴────────┴────────┴─────────┴────────┴─────────────┴───────┘
 *
 *     scopes       firm | venues | desks | strategies | accounts | instruments, in this order
 *     lines        what a strategy has in an instrument: line = instrument * strategies + strategy
 *     instruments  what risk knows of each beside its scope: units, mark, samples, recent orders
 *     rings        times of the latest orders, executions and messages, three of each scope
 *
 * Sizes and places follow from the configuration (`create-memory.ts`), the header says them. Every
 * value is an integer; money (10^-9 units) takes two: high * 2^52 + low, as in account/amount.ts.
 * `native/crates/core/src/risk/layout.rs` is the same layout; a test compares every byte.
 */

export const HEADER = {
  ...{ version: 0, venues: 1, desks: 2, strategies: 3, accounts: 4, instruments: 5 },
  ...{ scopesAt: 6, linesAt: 7, instrumentsAt: 8, length: 9 },
  /** The largest ClOrdID so far. */
  ...{ idDate: 10, idSerial: 11 },
} as const;

export const MEMORY_VERSION = 1;

/** Where the parts before the scopes begin, and how large their entries are. */
export const PART = {
  ...{ intent: 16, event: 40, answer: 56, alerts: 72, scopes: 312 },
  ...{ alertsMax: 24, alertValues: 10, scopeValues: 268, lineValues: 20, instrumentValues: 362 },
  ...{ samplesMax: 16, duplicatesMax: 64, slices: 8, sliceValues: 10 },
} as const;

/** The wish that is judged. Indexes count within their kind. */
export const INTENT = {
  ...{ nowNs: 0, venue: 1, desk: 2, strategy: 3, account: 4, instrument: 5 },
  /** 0 for a new order, 1 for another price or quantity of a working one; 1 buys, -1 sells. */
  ...{ isAmend: 6, side: 7, lots: 8, limitIncrements: 9, isStop: 10 },
  /** What the order still had open before, and at what price; 0 for a new one. */
  ...{ replacedLots: 11, replacedIncrements: 12 },
  ...{ midHalfIncrements: 13, tickTimeNs: 14, forecastTimeNs: 15, isProvisional: 16 },
  ...{ acceptancePpm: 17, entropyPpm: 18, clockOffsetNs: 19, isOutsideHours: 20 },
  /** ClOrdID: `YYYYMMDD`, and the counter. */
  ...{ idDate: 21, idSerial: 22 },
  /** Its limit is then where it is expected to trade, and it meets whatever rests. */
  isMarket: 23,
} as const;

/** What happened beside wishes; the first six stand where they stand in an intent. */
export const EVENT = {
  ...{ nowNs: 0, venue: 1, desk: 2, strategy: 3, account: 4, instrument: 5 },
  /** Of EVENTS. */
  ...{ kind: 6, side: 7, positionLots: 8, openBuyLots: 9, openSellLots: 10 },
  /** The best prices that rest; not looked at where nothing does. */
  ...{ highestBuy: 11, lowestSell: 12, markHalfIncrements: 13 },
} as const;

/** What a call works on: the argument of the bound function. */
export const CALL = {
  ...{ judge: 0, count: 1, sync: 2, mark: 3, reconcile: 4, connection: 5, loss: 6 },
} as const;

/** The answer to the latest call. */
export const ANSWER = {
  /** 0 where the intent is approved. */
  ...{ rule: 0, scopeKind: 1, scopeIndex: 2, isMoney: 3 },
  ...{ seen: 4, seenLow: 5, allowed: 6, allowedLow: 7 },
  /** Of self-trade prevention: of SELF_TRADE, and the line that has the other order. */
  ...{ action: 8, line: 9, alerts: 10 },
} as const;

export const ALERT = {
  /** Level 1: soft, 2: hard. */
  ...{ rule: 0, level: 1, scopeKind: 2, scopeIndex: 3, isMoney: 4 },
  ...{ seen: 5, seenLow: 6, allowed: 7, allowedLow: 8 },
} as const;
