/** Counts of what is out of the ordinary course of orders. */

/** Beside `OrderCounts`. */
export type UnusualCounts = {
  /** Fills told twice, and dropped. */
  duplicates: number;
  overFilled: number;
  lateFilled: number;
  busted: number;
  corrected: number;
  restated: number;
  suspended: number;
  /** Ended by the venue without a request of ours. */
  unasked: number;
};

export const createUnusualCounts = (): UnusualCounts => ({
  ...{ duplicates: 0, overFilled: 0, lateFilled: 0, busted: 0, corrected: 0 },
  ...{ restated: 0, suspended: 0, unasked: 0 },
});
