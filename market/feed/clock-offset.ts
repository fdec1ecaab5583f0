/** How far another process's clock is from ours, from messages that went there and back. */
import { MILLISECOND_NS, type Nanoseconds } from '#engine';

export type ClockOffset = {
  /** `theirNs` was read there between our `sentNs` and our `nowNs`. */
  note(echo: { sentNs: Nanoseconds; theirNs: Nanoseconds; nowNs: Nanoseconds }): void;
  /** Our time of a time there; wrong by half the round trip at most. Needs one note before. */
  toOurs(theirNs: Nanoseconds): Nanoseconds;
  /** By how much their clock has left ours since the first note, to a millisecond; + is ahead. */
  leftNs(): Nanoseconds;
};

/** A round trip this much longer than the shortest one says less than what is known already. */
const ROUND_TRIP_FACTOR = 2;

/**
 * The latest of the quick echoes holds, so the offset follows clocks that drift apart; a slow one
 * counts where even its whole round trip does not explain what it says.
 */
export function createClockOffset(): ClockOffset {
  let shortestNs = Number.POSITIVE_INFINITY;
  let offsetNs = 0;
  let firstNs: Nanoseconds | undefined;
  return {
    note({ sentNs, theirNs, nowNs }) {
      const roundTripNs = nowNs - sentNs;
      const saidNs = sentNs + Math.floor(roundTripNs / 2) - theirNs;
      const isSlow = roundTripNs > ROUND_TRIP_FACTOR * shortestNs;
      if (isSlow && Math.abs(saidNs - offsetNs) <= roundTripNs) return;
      shortestNs = Math.min(shortestNs, roundTripNs);
      offsetNs = saidNs;
      firstNs ??= offsetNs;
    },
    toOurs: theirNs => theirNs + offsetNs,
    leftNs: () => MILLISECOND_NS * Math.round(((firstNs ?? offsetNs) - offsetNs) / MILLISECOND_NS),
  };
}
