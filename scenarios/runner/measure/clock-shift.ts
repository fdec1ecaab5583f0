/** How far the edge's clock is from the harness's: both know when the same quote passed. */
import type { Nanoseconds } from '#engine';
import type { Quote } from '#market';
import type { DeliveredQuote } from '../feed/delivered.ts';
import type { EdgeHistory } from './edge-history.ts';

/**
 * What to add to the edge's times. A quote is taken after it was delivered, so the smallest
 * difference is the nearest: it is wrong by the quickest way from here to there, tens of
 * microseconds. Undefined where no quote of the one was found in the other.
 */
export function clockShiftNs(
  { batches }: Pick<EdgeHistory, 'batches'>,
  delivered: readonly DeliveredQuote[],
): Nanoseconds | undefined {
  const firstNs = new Map<string, Nanoseconds>();
  for (const quote of delivered) {
    const key = keyOf(quote);
    if (!firstNs.has(key)) firstNs.set(key, quote.deliveredNs);
  }
  let leastNs = Number.POSITIVE_INFINITY;
  for (const { takenNs, quotes } of batches) {
    for (const quote of quotes) {
      const deliveredNs = firstNs.get(keyOf(quote));
      if (deliveredNs !== undefined) leastNs = Math.min(leastNs, takenNs - deliveredNs);
    }
  }
  return Number.isFinite(leastNs) ? -leastNs : undefined;
}

type Keyed = Pick<Quote, 'instrument' | 'exchangeTimeNs' | 'bidIncrements' | 'askIncrements'>;

const keyOf = ({ instrument, exchangeTimeNs, bidIncrements, askIncrements }: Keyed) =>
  `${instrument} ${exchangeTimeNs} ${bidIncrements} ${askIncrements}`;
