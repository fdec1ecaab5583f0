/** A quote between signals: what pegs follow, participation counts and the router compares. */
import type { Nanoseconds } from '#engine';

export type MarketQuote = {
  /** Index into the run's instrument table. */
  instrument: number;
  /** Index into the gateway's venues; undefined: the edge's own feed, which stands for each. */
  venue: number | undefined;
  bidIncrements: number;
  askIncrements: number;
  /** Shown at the touch; 0 where the feed does not say. */
  bidLots: number;
  askLots: number;
  /** Traded by the market since the last quote of this instrument and venue. */
  tradedLots: number;
  /** When it was injected into the run: its age counts from here. */
  tickTimeNs: Nanoseconds;
};
