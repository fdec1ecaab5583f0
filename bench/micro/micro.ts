/** A microbenchmark: one question, and the ways to do the work it asks about. */

export type Micro = {
  /** What its figures answer. */
  question: string;
  /** Pieces of work in one call of a way. */
  items: number;
  item: string;
  /** The first is ours and what the others are set against. */
  ways: readonly [Way, ...Way[]];
};

export type Way = {
  name: string;
  /**
   * Made once; each call does all items and returns a number that depends on all of the work, so
   * that no compiler leaves it out.
   */
  open(): () => number;
};
