/** How far another process's clock is from ours, from messages that went there and back. */
import type { Nanoseconds } from '#engine';

export type ClockOffset = {
  /** `theirNs` was read there between our `sentNs` and our `nowNs`. */
  note(echo: { sentNs: Nanoseconds; theirNs: Nanoseconds; nowNs: Nanoseconds }): void;
  /** Our time of a time there; wrong by half the round trip at most. Needs one note before. */
  toOurs(theirNs: Nanoseconds): Nanoseconds;
};

/** A round trip this much longer than the shortest one says too little to be believed. */
const ROUND_TRIP_FACTOR = 2;

/** The latest of the quick echoes holds: so the offset follows clocks that drift apart. */
export function createClockOffset(): ClockOffset {
  let shortestNs = Number.POSITIVE_INFINITY;
  let offsetNs = 0;
  return {
    note({ sentNs, theirNs, nowNs }) {
      const roundTripNs = nowNs - sentNs;
      if (roundTripNs > ROUND_TRIP_FACTOR * shortestNs) return;
      shortestNs = Math.min(shortestNs, roundTripNs);
      offsetNs = sentNs + Math.floor(roundTripNs / 2) - theirNs;
    },
    toOurs: theirNs => theirNs + offsetNs,
  };
}
