/** The harness's own record of what the feed gave the edge, and when. */
import type { Nanoseconds } from '#engine';

export type DeliveredQuote = {
  instrument: number;
  bidIncrements: number;
  askIncrements: number;
  exchangeTimeNs: Nanoseconds;
  /** When the venue's feed brought it, the first time. */
  arrivedNs: Nanoseconds;
  /** When it went on to the edge. */
  deliveredNs: Nanoseconds;
};
