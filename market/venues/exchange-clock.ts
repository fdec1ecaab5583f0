/** How far an exchange's clock is from ours, from one-way messages: the quickest of them says. */
import { MILLISECOND_NS, type Nanoseconds, SECOND_NS } from '#engine';

export type ExchangeClock = {
  /** A message that left the exchange then was received now. */
  note(exchangeTimeNs: Nanoseconds, receiveTimeNs: Nanoseconds): void;
  /** When something of unknown time left the exchange, on its clock; undefined before a note. */
  timeAt(receiveTimeNs: Nanoseconds): Nanoseconds | undefined;
  /**
   * Receive time less exchange time of the quickest message of the last one to two windows: the
   * clocks' difference and the shortest way together, which one-way messages cannot tell apart.
   */
  readonly quickestNs: Nanoseconds | undefined;
  /** By how much their clock has left ours since the first window, to a millisecond; + is ahead. */
  leftNs(): Nanoseconds;
};

/** Long enough for a quick message in a quiet market, short enough to follow clocks that drift. */
const WINDOW_NS = 30 * SECOND_NS;

export function createExchangeClock(): ExchangeClock {
  let windowStartNs = Number.NEGATIVE_INFINITY;
  let current = Number.POSITIVE_INFINITY;
  let previous = Number.POSITIVE_INFINITY;
  let first: Nanoseconds | undefined;
  const quickest = () => {
    const least = Math.min(current, previous);
    return Number.isFinite(least) ? least : undefined;
  };
  return {
    note(exchangeTimeNs, receiveTimeNs) {
      if (receiveTimeNs >= windowStartNs + WINDOW_NS) {
        first ??= quickest();
        previous = current;
        current = Number.POSITIVE_INFINITY;
        windowStartNs = receiveTimeNs;
      }
      const delayNs = receiveTimeNs - exchangeTimeNs;
      if (delayNs < current) current = delayNs;
    },
    timeAt(receiveTimeNs) {
      const least = quickest();
      return least === undefined ? undefined : receiveTimeNs - least;
    },
    get quickestNs() {
      return quickest();
    },
    leftNs() {
      const least = quickest();
      if (first === undefined || least === undefined) return 0;
      return MILLISECOND_NS * Math.round((first - least) / MILLISECOND_NS) || 0;
    },
  };
}
