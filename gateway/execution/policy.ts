/** How a strategy's desired positions are worked, in nanoseconds, lots and increments. */
import type { Nanoseconds } from '#engine';

/** Equal steps of time; what a step lacks late in it crosses the spread. */
export type TwapSlicing = {
  kind: 'twap';
  durationNs: Nanoseconds;
  slices: number;
  /** Share of a slice after which what the schedule lacks crosses; 100: never. */
  catchUpPercent: number;
  /** Share of a slice by which its start may be late, as `seed` has it; 0: never. */
  jitterPercent: number;
  /** 0 to 2^32 - 1. */
  seed: number;
};

/** A share of the market's volume, between a floor by time and a cap by size. */
export type PovSlicing = {
  kind: 'pov';
  durationNs: Nanoseconds;
  /** Traded: what quotes say was traded. Quoted: the sizes they show on the side taken from. */
  volume: 'traded' | 'quoted';
  participationPerMillion: number;
  /** Lots beyond what is done that may be released at once. */
  capLots: number;
  /** Share of an even schedule that is released whatever the volume; below it children cross. */
  floorPercent: number;
};

export type Slicing = TwapSlicing | PovSlicing;

export type PegPolicy = {
  /** From the near touch into the spread; below 0 behind the touch. */
  offsetIncrements: number;
  /** A resting child follows a change of at least so much, */
  stepIncrements: number;
  /** and not more often than this. */
  intervalNs: Nanoseconds;
};

export type RouterPolicy = {
  /** A venue whose quote is older is not routed to. */
  quoteAgeNs: Nanoseconds;
  /** What a venue that never fills costs beyond its price, per million of the price. */
  missPerMillion: number;
  /** What a millisecond of its usual latency costs, per million of the price. */
  latencyPerMillion: number;
  /** The memory of misses halves in this time, so that a venue is tried again. */
  halfLifeNs: Nanoseconds;
  /** A resting child moves to another venue only for a gain beyond this, per million. */
  switchPerMillion: number;
};

export type ExecutionPolicy = {
  minimumChangeLots: number;
  minimumChangeIncrements: number;
  /** Between two additions to risk of one child: new, larger, or at another price. */
  holdOffNs: Nanoseconds;
  /** Quotes between signals are asked for at most so often. */
  quoteIntervalNs: Nanoseconds;
  peg: PegPolicy;
  slicing: Slicing | undefined;
  router: RouterPolicy;
};
