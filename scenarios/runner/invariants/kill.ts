/** A kill holds: soon after its request nothing new is on the wire, until two operators armed. */
import { MILLISECOND_NS, type Nanoseconds } from '#engine';
import type { Sample } from '../measure/metric.ts';
import type { JudgedInvariant } from './invariant.ts';

/** From the request to kill until the request to arm; times since the feed began. */
export type KilledSpan = { fromNs: Nanoseconds; toNs: Nanoseconds };

/**
 * Of the order messages that the venue received, by their SendingTime: whose milliseconds are cut,
 * so that each counts as the last nanosecond of its own. 0 where none came after the request.
 */
export function judgeKills(
  spans: readonly KilledSpan[],
  sentNs: readonly Nanoseconds[],
  withinNs: Nanoseconds,
): { judged: JudgedInvariant; waits: Sample[] } {
  const waits = spans.map(({ fromNs, toNs }) => {
    const later = sentNs.filter(ns => ns + MILLISECOND_NS > fromNs && ns < toNs);
    const last = later.reduce((most, ns) => Math.max(most, ns + MILLISECOND_NS), fromNs);
    return { atNs: fromNs, value: last - fromNs };
  });
  const violations = waits
    .filter(({ value }) => value > withinNs)
    .map(({ atNs, value }) => `kill at ${seconds(atNs)}: an order ${ms(value)} after its request`);
  const claim = `no order later than ${ms(withinNs)} after a kill was asked for, until armed`;
  const name = 'killToLastOrderAtMost';
  return { judged: { name, claim, checked: spans.length, violations }, waits };
}

const seconds = (ns: Nanoseconds) => `${(ns / 1e9).toFixed(2)} s`;
const ms = (ns: Nanoseconds) => `${(ns / MILLISECOND_NS).toFixed(1)} ms`;
