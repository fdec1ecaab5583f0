/** Lines and instruments in the flat memory: what is held and open, and what was seen of late. */

/**
 * What a strategy has in an instrument. Worths are what the line adds to the sums of its scopes,
 * in the reporting currency; times of the duty to quote count within the UTC day.
 */
export const LINE = {
  ...{ isPermitted: 0, desk: 1, account: 2 },
  ...{ positionLots: 3, openBuyLots: 4, openSellLots: 5, highestBuy: 6, lowestSell: 7 },
  ...{ positionWorth: 8, openBuyWorth: 10, openSellWorth: 12 },
  ...{ dutyDay: 14, observedNs: 15, presentNs: 16, dutyNs: 17, wasPresent: 18 },
} as const;

/**
 * Units are 10^-9 for one lot and one price increment, in the currencies of quote and report.
 *
 *     ... | samples 16 x (time, mid) | recent orders 64 x (time, strategy, side, lots, price)
 */
export const INSTRUMENT = {
  ...{ incrementNanos: 0, reportNanos: 1, isRestricted: 2, dailyLots: 3 },
  ...{ markHalfIncrements: 4, markNs: 5 },
  ...{ sampleFirst: 6, sampleCount: 7, samples: 8 },
  ...{ duplicateFirst: 40, duplicateCount: 41, duplicates: 42 },
} as const;

/** A slice of a scope's flow: what happened in an eighth of its window, buys and sells. */
export const FLOW = { news: 0, amends: 2, cancels: 4, fills: 6, stops: 8 } as const;

/** Kinds of events that are counted. */
export const EVENTS = { cancel: 0, fill: 1, lost: 2, back: 3 } as const;
