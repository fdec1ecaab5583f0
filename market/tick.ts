/** One market event of one instrument, prices in its price increments and sizes in its lots. */
import type { Nanoseconds } from '#engine';

/**
 * A field the source cannot give is absent, never zero.
 * Receive time is when the recorder saw it, on its clock; injection is stamped by the run.
 */
type Stamped = {
  /** Index into the run's instrument table. */
  instrument: number;
  exchangeTimeNs: Nanoseconds;
  /** The source gave no exchange time of its own: it was worked out from the receive time. */
  isTimeEstimated?: true | undefined;
  receiveTimeNs?: Nanoseconds | undefined;
  /** Earlier ones of the same kind that a full ring made it stand for. */
  merged?: number | undefined;
};

export type Quote = Stamped & {
  kind: 'quote';
  bidIncrements: number;
  askIncrements: number;
  bidLots?: number | undefined;
  askLots?: number | undefined;
};

export type Trade = Stamped & {
  kind: 'trade';
  priceIncrements: number;
  /** Of all trades it stands for. */
  sizeLots?: number | undefined;
  /** The side that took. */
  aggressor?: 'buy' | 'sell' | undefined;
};

/** The size at one price is now this, 0 where nothing is left. */
export type BookLevel = Stamped & {
  kind: 'level';
  side: 'bid' | 'ask';
  priceIncrements: number;
  sizeLots: number;
  /** Further levels of the same message follow: until they are in, the book is half changed. */
  hasMore?: true | undefined;
};

/** The book is empty, and the levels that follow are all it holds. */
export type BookSnapshot = Stamped & { kind: 'snapshot' };

/** The source lost something: a new epoch, and no book until the next snapshot. */
export type Gap = Stamped & { kind: 'gap' };

export type Tick = Quote | Trade | BookLevel | BookSnapshot | Gap;

/** Twice the mid, so that it is an integer: the mid in half price increments. */
export function midHalfIncrements(quote: Quote): number {
  return quote.bidIncrements + quote.askIncrements;
}
