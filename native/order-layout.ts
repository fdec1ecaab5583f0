/** What an order is for the encoder, and which template its message has. */

/** The bound order's values, in their order; integers, those of times and prices in doubles. */
export const ORDER = {
  /** `SHAPES` times the instrument, plus the shape. */
  template: 0,
  msgSeqNum: 1,
  /** SendingTime and TransactTime, Unix milliseconds. */
  unixMs: 2,
  /** 1 buys, 2 sells, as FIX has it. */
  side: 3,
  /** OrderQty: the total of the order. */
  lots: 4,
  /** Of a stop order its stop price; not looked at in a market order. */
  limitIncrements: 5,
  /** ClOrdID: `YYYYMMDD` as a number, and the counter behind the dash. */
  ...{ date: 6, serial: 7 },
  /** OrigClOrdID; not looked at where there is none. */
  ...{ originalDate: 8, originalSerial: 9 },
  /** Its FIX code (59), a digit. */
  timeInForce: 10,
} as const;

export const ORDER_VALUES = 11;

/** Messages that differ in more than values. */
export const ORDER_SHAPES = {
  ...{ new: 0, newPostOnly: 1, replace: 2, replacePostOnly: 3, cancel: 4 },
  ...{ newMarket: 5, newStop: 6, replaceMarket: 7, replaceStop: 8 },
} as const;

/** Shapes an instrument has. */
export const SHAPES = 9;

/** Bytes of a template: more than the longest message. */
export const ORDER_BYTES_MAX = 512;

/** A CompID or symbol is at most this long. */
export const NAME_BYTES_MAX = 64;
