/** A venue that expects a higher number than ours: nothing may leave for it from then on. */
import type { Nanoseconds } from '#engine';
import type { JudgedInvariant } from './invariant.ts';

export type HaltClaim = {
  /** When the venue said so, and when the venue received order messages; on one clock. */
  saidNs: readonly Nanoseconds[];
  ordersNs: readonly Nanoseconds[];
  /** All that the gateway printed: it must have told somebody. */
  printed: string;
};

export function judgeHaltsBehind({ saidNs, ordersNs, printed }: HaltClaim): JudgedInvariant {
  const firstNs = Math.min(...saidNs);
  const later = ordersNs.filter(ns => ns > firstNs).length;
  const violations: string[] = [];
  if (later > 0) violations.push(`${later} order messages reached the venue afterwards`);
  if (saidNs.length > 0 && !printed.includes('halted: it expects number')) {
    violations.push('the gateway did not say that it halted');
  }
  const claim = 'a venue that expects a higher number than ours gets nothing more, and it is said';
  return { name: 'haltsBehindVenue', claim, checked: saidNs.length, violations };
}
