/** Where the edge's latency is recorded: each segment as it happens, ends to ends apart. */
import type { Nanoseconds } from '#engine';

export type EdgeLatency = {
  /** From when the tick was due to when the edge took it up. */
  ingested(injectedNs: Nanoseconds, takenNs: Nanoseconds): void;
  /** Book, features and token, and the decision of a tick that moved nothing. */
  observed(takenNs: Nanoseconds, nowNs: Nanoseconds): void;
  /** A provisional forecast was drafted and decided on. */
  provisional(at: {
    injectedNs: Nanoseconds;
    startedNs: Nanoseconds;
    draftedNs: Nanoseconds;
    nowNs: Nanoseconds;
  }): void;
  /** A verdict came back, after so much work of the verifier's. */
  verified(askedNs: Nanoseconds, nowNs: Nanoseconds, serviceNs: number): void;
  /** The decision on a forecast that was verified before its move, and on one that was not. */
  hit(injectedNs: Nanoseconds, nowNs: Nanoseconds): void;
  miss(injectedNs: Nanoseconds, nowNs: Nanoseconds): void;
};

/** For virtual time, which claims no latency. */
export const noEdgeLatency: EdgeLatency = {
  ingested() {},
  observed() {},
  provisional() {},
  verified() {},
  hit() {},
  miss() {},
};
