/**
 * One scope in the flat memory: the firm, or one of its venues, desks, strategies, accounts and
 * instruments.
 *
 *     state 3 | money 14 | lots 3 | counts of the day 7 | buckets 3 | rings 12 | flow 1 + 80
 *     | parameters 20 | limits 26 x (soft, hard, warned)
 *     | money limits 7 x (soft high, soft low, hard high, hard low, warned) | sums of the flow 10
 *
 * A limit that is not set is infinite. `warned` is 1 from the first value above soft until one is
 * not: so a warning is said once.
 */

export const SCOPE_KINDS = ['firm', 'venue', 'desk', 'strategy', 'account', 'instrument'] as const;

export type ScopeKind = (typeof SCOPE_KINDS)[number];

export const SCOPE = {
  /** Of STATE; by which rule; since when. */
  ...{ state: 0, trippedRule: 1, trippedNs: 2 },
  ...{ profit: 3, dayStart: 5, peak: 7, gross: 9, net: 11, openBuy: 13, openSell: 15 },
  /** Of an instrument, over all strategies. */
  ...{ positionLots: 17, openBuyLots: 18, openSellLots: 19 },
  ...{ utcDay: 20, news: 21, amends: 22, cancels: 23, fills: 24, overBudget: 25, occasions: 26 },
  /** When each bucket would be full again; see controls/message-rate.ts. */
  ...{ newFullNs: 27, amendFullNs: 28, cancelFullNs: 29 },
  ...{ orderRing: 30, executionRing: 34, programmeRing: 38 },
  /** The latest slice's number, since the origin. */
  flowSlice: 42,
  /** What there is to do, see needs.ts; 0 where no limit or setting is. */
  isLimited: 43,
  /** Of a venue: when its connection was lost, -1 while there is one. */
  lostNs: 44,
  ...{ flow: 45, parameters: 125, limits: 145, moneyLimits: 223, flowSums: 258 },
  /** Of firm, desks and strategies: trading day of the latest mark, from 1 on. */
  profitDay: 144,
} as const;

export const RING = { at: 0, capacity: 1, first: 2, count: 3 } as const;

export const STATE = { active: 0, reducing: 1, halted: 2 } as const;

/** Settings of controls that are no limit. 0: off. */
export const PARAMETER = {
  ...{ orderWindowNs: 0, executionWindowNs: 1, duplicateWindowNs: 2, collarPeriodNs: 3 },
  ...{ referenceAgeNs: 4, newIntervalNs: 5, amendIntervalNs: 6, cancelIntervalNs: 7 },
  ...{ programmeWindowNs: 8, programmeCount: 9, flowWindowNs: 10, selfTrade: 11 },
  ...{ capitalUnits: 12, dutySpreadIncrements: 13, dutyLots: 14, dutyObservedNs: 15 },
  ...{ graceNs: 16, layeringFills: 17, stuffingPerFill: 18 },
} as const;

/** Limits of plain integers: what is above soft warns, what is above hard is refused. */
export const LIMIT = {
  ...{ tickAgeNs: 0, forecastAgeNs: 1, collarBasisPoints: 2, periodCollarBasisPoints: 3 },
  ...{ orderLots: 4, orderVolumePpm: 5, positionLots: 6, orders: 7, newMessages: 8 },
  ...{ amendMessages: 9, cancelMessages: 10, duplicateOrders: 11, executions: 12 },
  ...{ leverageHundredths: 13, clockOffsetNs: 14, provisionalForecasts: 15 },
  ...{ disagreementPpm: 16, entropyPpm: 17, programmeOccasions: 18, messagesPerDay: 19 },
  ...{ layeringOrders: 20, stuffingMessages: 21, stopOrders: 22, absencePpm: 23 },
  ...{ reconciliationLots: 24, drawdownPpm: 25 },
} as const;

/** Limits of money, in whole units outside and as amounts inside. */
export const MONEY_LIMIT = {
  ...{ orderValue: 0, dailyLoss: 1, trailingDrawdown: 2, grossNotional: 3, netNotional: 4 },
  /** `leverage` follows from leverageHundredths and capitalUnits. */
  ...{ openNotional: 5, leverage: 6 },
} as const;
