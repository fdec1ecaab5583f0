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

const COLUMNS = [
  ...['instrument', 'bidIncrements', 'askIncrements'],
  ...['exchangeTimeNs', 'arrivedNs', 'deliveredNs'],
] as const satisfies (keyof DeliveredQuote)[];

/** A line a quote, for those who want to judge for themselves. */
export function deliveredCsv(delivered: readonly DeliveredQuote[]): string {
  const lines = delivered.map(quote => COLUMNS.map(name => quote[name]).join(','));
  return `${[COLUMNS.join(','), ...lines].join('\n')}\n`;
}
