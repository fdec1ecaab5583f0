/** A venue that expects a higher number than ours gets nothing until operators have agreed. */
import type { Nanoseconds } from '#engine';
import type { JudgedInvariant } from './invariant.ts';

export type HaltClaim = {
  /** From when the venue has said so, until operators agree; on one clock with the orders. */
  halts: readonly { fromNs: Nanoseconds; toNs: Nanoseconds }[];
  /** When the venue received order messages. */
  ordersNs: readonly Nanoseconds[];
  /** All that the gateway printed: it must have told somebody. */
  printed: string;
};

export function judgeHaltsBehind({ halts, ordersNs, printed }: HaltClaim): JudgedInvariant {
  const isWithin = (ns: Nanoseconds) => halts.some(({ fromNs, toNs }) => ns > fromNs && ns < toNs);
  const later = ordersNs.filter(isWithin).length;
  const violations: string[] = [];
  if (later > 0) violations.push(`${later} order messages reached the venue afterwards`);
  if (halts.length > 0 && !printed.includes('halted: it expects number')) {
    violations.push('the gateway did not say that it halted');
  }
  const claim =
    'a venue that expects a higher number gets nothing until operators agreed, and it is said';
  return { name: 'haltsBehindVenue', claim, checked: halts.length, violations };
}
