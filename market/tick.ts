/** One market event of one instrument, prices in its price increments and sizes in its lots. */
import type { Nanoseconds } from '#engine';

/**
 * A field the source cannot give is absent, never zero.
 * Receive time is when the recorder saw it, on its clock; injection is stamped by the run.
 */
export type Quote = {
  kind: 'quote';
  /** Index into the run's instrument table. */
  instrument: number;
  exchangeTimeNs: Nanoseconds;
  receiveTimeNs?: Nanoseconds;
  bidIncrements: number;
  askIncrements: number;
  bidLots?: number;
  askLots?: number;
};

export type Trade = {
  kind: 'trade';
  instrument: number;
  exchangeTimeNs: Nanoseconds;
  receiveTimeNs?: Nanoseconds;
  priceIncrements: number;
  sizeLots?: number;
};

export type Tick = Quote | Trade;

/** Twice the mid, so that it is an integer: the mid in half price increments. */
export function midHalfIncrements(quote: Quote): number {
  return quote.bidIncrements + quote.askIncrements;
}
