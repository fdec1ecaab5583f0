/** What became of the orders sent to a venue: share filled and time to the first answer. */
import type { Nanoseconds } from '#engine';
import { wholeQuotient } from './whole-quotient.ts';

/** A whole in Q16. */
export const WHOLE_Q16 = 65_536;
/** An outcome counts for a 16th, the one before it for 15/16 of that, and so on. */
const WEIGHT = 16;

export type FillHistory = {
  /** Of what crossing orders asked for, the share they did not get; a reject is all of it. */
  missQ16: number;
  /** Of the latest miss or fill. */
  updatedNs: Nanoseconds;
  /** From a request to its first answer; 0 before one. */
  latencyNs: Nanoseconds;
  /** When the latest came, where latency is forgiven. */
  answeredNs: Nanoseconds | undefined;
  outcomes: number;
  rejects: number;
};

type Now = { nowNs: Nanoseconds; halfLifeNs: Nanoseconds };

export const createFillHistory = (): FillHistory => ({
  ...{ missQ16: 0, updatedNs: 0, latencyNs: 0, answeredNs: undefined, outcomes: 0, rejects: 0 },
});

/** A crossing order ended with so much of it filled. */
export function noteOutcome(
  history: FillHistory,
  { lots, filledLots }: { lots: number; filledLots: number },
  now: Now,
): void {
  const missedLots = Math.min(lots, Math.max(0, lots - filledLots));
  const missQ16 = lots === 0 ? 0 : wholeQuotient(missedLots * WHOLE_Q16, lots);
  const before = missAt(history, now);
  history.missQ16 = before + Math.trunc((missQ16 - before) / WEIGHT);
  history.updatedNs = now.nowNs;
  history.outcomes++;
}

/** The venue refused an order. */
export function noteReject(history: FillHistory, now: Now): void {
  noteOutcome(history, { lots: 1, filledLots: 0 }, now);
  history.rejects++;
}

/** A first answer came; `isForgiven`: it counts for less the longer ago it is. */
export function noteLatency(
  history: FillHistory,
  latencyNs: Nanoseconds,
  { isForgiven, ...now }: Now & { isForgiven: boolean },
): void {
  const before = latencyAt(history, now);
  history.latencyNs = before === 0 ? latencyNs : before + Math.trunc((latencyNs - before) / WEIGHT);
  history.answeredNs = isForgiven ? now.nowNs : undefined;
}

/** miss * 2^-floor(elapsed / half-life): a venue left alone is forgiven. */
export function missAt({ missQ16, updatedNs }: FillHistory, now: Now): number {
  return halved(missQ16, updatedNs, now);
}

export function latencyAt({ latencyNs, answeredNs }: FillHistory, now: Now): Nanoseconds {
  return answeredNs === undefined ? latencyNs : halved(latencyNs, answeredNs, now);
}

function halved(value: number, sinceNs: Nanoseconds, { nowNs, halfLifeNs }: Now): number {
  const halvings = wholeQuotient(nowNs - sinceNs, halfLifeNs);
  return halvings > 52 ? 0 : Math.trunc(value / 2 ** halvings);
}
