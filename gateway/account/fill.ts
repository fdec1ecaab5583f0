/** A fill as it is booked, and the booked fills that a venue may still bust or correct. */
import type { Side } from '../order/terms.ts';

export type Fill = {
  /** ExecID (17). */
  execId: string;
  /** OrderID (37): whose minimum fee it counts towards. */
  orderId: string;
  venue: number;
  side: Side;
  lots: number;
  priceIncrements: number;
  /** It took no one's price; without the venue's word (851) it did. */
  isMaker: boolean;
  /** Days since 1970; 0 where nobody keeps value dates. */
  valueDay: number;
};

export type BookedFill = Omit<Fill, 'execId'> & {
  /** Its own, then those of its corrections: a venue may refer to any. */
  execIds: string[];
};

/** After so many the older half can be busted no more: a fill is kept for 8,192 later ones. */
export const FILLS_KEPT_MAX = 16_384;

/** The place of the fill of an ExecID, the latest first; -1 where it is none, or too old. */
export function indexOfFill(fills: readonly BookedFill[], execId: string): number {
  return fills.findLastIndex(({ execIds }) => execIds.includes(execId));
}
