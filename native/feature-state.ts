/** What an instrument's features go on from, as the kernels save and restore it. */

/** Levels that a side of a book holds at most. */
export const BOOK_LEVELS_MAX = 4096;

/*
  value 0                        25                                   25 + 2 x bids
        | known, time ... asks   | rank, lots of each bid, worst first | rank, lots of each ask |

  A bid's rank is its price, an ask's minus its price, so that ranks ascend to the best. A value
  whose bit of STATE_BITS is not set in the first is 0 and means nothing. The levels of a book of
  which nothing is known are none. Where both counts are LEVELS_STAY before a call, it neither
  writes nor takes levels, and they stay so.
*/
export const STATE = {
  ...{ known: 0, timeNs: 1, session: 2, epoch: 3, moves: 4, token: 5, scale: 6 },
  ...{ bidIncrements: 7, askIncrements: 8, bidLots: 9, askLots: 10 },
  ...{ fastSquares: 11, slowSquares: 12, tradeFlow: 13, events: 14, lastPrice: 15, lastSign: 16 },
  ...{ mergedTicks: 17, crossedBooks: 18, forgottenLevels: 19 },
  ...{ bookBidIncrements: 20, bookAskIncrements: 21, depthImbalance: 22, bids: 23, asks: 24 },
} as const;

/** Without the levels. */
export const STATE_VALUES = 25;
export const STATE_VALUES_MAX = STATE_VALUES + 4 * BOOK_LEVELS_MAX;
export const LEVELS_STAY = -1;

export const STATE_BITS = {
  ...{ session: 1, quote: 2, bidLots: 4, askLots: 8, token: 16, tradeFlow: 32, events: 64 },
  ...{ lastPrice: 128, book: 256, bookTop: 512 },
} as const;
