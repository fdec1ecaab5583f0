/** Times of a log at which something changes, in order: what a calendar comes down to. */
import { DAY_NS, MILLISECOND_NS, type Nanoseconds } from '#engine';
import { DAY_MS } from './civil-day.ts';
import type { Span } from './zone.ts';

/** Nanoseconds since the log's origin, rising. */
export type Edges = Float64Array;

/** How many lie at or before a time; two steps for each doubling of their number. */
export function edgesUntil(edges: Edges, timeNs: Nanoseconds): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (edges[middle]! <= timeNs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** All that a log of this origin can hold, and a week before and two after it. */
export function spanOfLog(originNs: bigint): Span {
  const originMs = unixMsOf(originNs);
  return { fromMs: originMs - 7 * DAY_MS, untilMs: originMs + LOG_DAYS * DAY_MS + 14 * DAY_MS };
}

/** Times of a log are exact up to 2^53 nanoseconds. */
const LOG_DAYS = Math.ceil(Number.MAX_SAFE_INTEGER / DAY_NS);

const unixMsOf = (originNs: bigint) => Number(originNs / BigInt(MILLISECOND_NS));

/** Unix milliseconds as times of a log. */
export function edgesOf(unixMs: readonly number[], originNs: bigint): Edges {
  const originMs = unixMsOf(originNs);
  return Float64Array.from(unixMs, each => (each - originMs) * MILLISECOND_NS);
}
