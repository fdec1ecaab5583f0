/** What a plain order and a plain report are in numbers: integers, in doubles. */

/** The values of a plain order that was read. */
export const PLAIN_ORDER = {
  msgSeqNum: 0,
  /** SendingTime, Unix milliseconds. */
  sentUnixMs: 1,
  /** ClOrdID: its first byte among the bytes at hand, and the byte after it. */
  ...{ clOrdIdStart: 2, clOrdIdEnd: 3 },
  /** Index into the bound instruments. */
  instrument: 4,
  /** 1 buys, 2 sells, as FIX has it. */
  side: 5,
  ...{ lots: 6, limitIncrements: 7 },
} as const;

export const PLAIN_ORDER_VALUES = 8;

/** The values of a plain report; its ClOrdID is that of the order read last. */
export const PLAIN_REPORT = {
  ...{ instrument: 0, msgSeqNum: 1 },
  /** SendingTime and TransactTime, Unix milliseconds. */
  unixMs: 2,
  side: 3,
  /** OrderID and ExecID, digits. */
  ...{ orderId: 4, executionId: 5 },
  ...{ orderLots: 6, limitIncrements: 7, filledLots: 8, averageIncrements: 9 },
  /** Of a trade; 0 lots for an acceptance. */
  ...{ lastLots: 10, lastIncrements: 11 },
} as const;

export const PLAIN_REPORT_VALUES = 12;

/** More than the longest report. */
export const PLAIN_REPORT_BYTES_MAX = 1024;
