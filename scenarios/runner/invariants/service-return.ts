/** Service returns by itself: after each disturbance is over, something happens again in time. */
import { type Nanoseconds, SECOND_NS } from '#engine';
import type { Sample } from '../measure/metric.ts';
import type { JudgedInvariant } from './invariant.ts';

/** A fault that was undone, or load that fell again. */
export type Disturbance = { name: string; overNs: Nanoseconds };

export type ReturnClaim = {
  name: 'verifiedAgainWithin' | 'ordersAgainWithin';
  /** What is to happen again. */
  what: string;
  withinNs: Nanoseconds;
  /** When it happened, rising; on the clock of the disturbances. */
  happenedNs: readonly Nanoseconds[];
};

/** The waits are samples at the end of their disturbance; what never came back has none. */
export function judgeReturn(
  disturbances: readonly Disturbance[],
  { name, what, withinNs, happenedNs }: ReturnClaim,
): { judged: JudgedInvariant; waits: Sample[] } {
  const violations: string[] = [];
  const waits: Sample[] = [];
  for (const { name: disturbance, overNs } of disturbances) {
    const next = happenedNs.find(ns => ns > overNs);
    if (next === undefined) {
      violations.push(`${disturbance}: no ${what} came again until the end`);
      continue;
    }
    const waitNs = next - overNs;
    waits.push({ atNs: overNs, value: waitNs });
    if (waitNs > withinNs) violations.push(`${disturbance}: ${what} after ${seconds(waitNs)}`);
  }
  const claim = `${what} within ${seconds(withinNs)} of the end of each disturbance`;
  return { judged: { name, claim, checked: disturbances.length, violations }, waits };
}

const seconds = (ns: Nanoseconds) => `${(ns / SECOND_NS).toFixed(2)} s`;
