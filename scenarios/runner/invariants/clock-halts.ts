/** A venue's clock that is off: beyond the limit nothing is ordered, within it orders go on. */
import { MILLISECOND_NS, type Nanoseconds, SECOND_NS } from '#engine';
import type { JudgedInvariant } from './invariant.ts';

/** Times since the feed began; `driftNs`: how long the clock took to be off by all of it. */
export type SkewedSpan = {
  readonly fromNs: Nanoseconds;
  readonly toNs: Nanoseconds;
  readonly byNs: Nanoseconds;
  readonly driftNs: Nanoseconds;
};

/** The run asks the feed's clock every 500 ms; an answer may be slow, and an order under way. */
const NOTICED_NS = 1_500 * MILLISECOND_NS;

/** A shorter one may pass between two orders of an undisturbed day. */
const TRADING_NS = 8 * SECOND_NS;

/** `ordersNs`: of new and replacing orders at the venue. */
export function judgeClockHalts(
  spans: readonly SkewedSpan[],
  { ordersNs, beyondNs }: { ordersNs: readonly Nanoseconds[]; beyondNs: Nanoseconds },
): JudgedInvariant {
  const violations = spans.flatMap(({ fromNs, toNs, byNs, driftNs }) => {
    const off = `the clock off by ${seconds(byNs)} from ${seconds(fromNs)} on`;
    if (byNs <= beyondNs) {
      if (toNs - fromNs < TRADING_NS) return [];
      const isTrading = ordersNs.some(ns => ns >= fromNs && ns < toNs);
      return isTrading ? [] : [`${off}: no order, though it is within the limit`];
    }
    const haltedNs = fromNs + (driftNs * beyondNs) / byNs + NOTICED_NS;
    const orders = ordersNs.filter(ns => ns >= haltedNs && ns < toNs);
    return orders.map(ns => `${off}: an order at ${seconds(ns)}`);
  });
  const halts = spans.filter(({ byNs }) => byNs > beyondNs).length;
  const claim = `nothing is ordered on a clock that is off by more than ${seconds(beyondNs)}`;
  const said = `${claim}, ${halts} times; orders go on while it is off by less`;
  return { name: 'clockHaltsBeyond', claim: said, checked: spans.length, violations };
}

const seconds = (ns: Nanoseconds) => `${(ns / SECOND_NS).toFixed(2)} s`;
