/** A child order in its worse case: what may still be filled, whichever request the venue takes. */
import type { Side } from '../order/terms.ts';
import type { Pending } from '../order/working-order.ts';

/** What the planner reads of a working order. */
export type Child = {
  venue: number;
  side: Side;
  /** The total, filled lots included. */
  lots: number;
  filledLots: number;
  limitIncrements: number;
  /** Only a replace has terms of its own. */
  pending: Pick<Pending, 'kind' | 'lots'> | undefined;
};

/** A replace under way may be taken or refused, a cancel may come too late. */
export function openLots({ lots, filledLots, pending }: Child): number {
  const total = pending?.kind === 'replace' ? Math.max(lots, pending.lots) : lots;
  return Math.max(0, total - filledLots);
}

/** What all children of one side together may still add to the position. */
export function workingLots(children: readonly Child[], side: Side): number {
  let sum = 0;
  for (const child of children) if (child.side === side) sum += openLots(child);
  return sum;
}
