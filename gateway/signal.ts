/** What a strategy wants of the gateway: a position, how urgently, and on what ground. */
import type { Nanoseconds } from '#engine';

/** Wait for a better price, join the near touch or follow it without trading at once, or cross. */
export type Style = 'wait' | 'join' | 'peg' | 'cross';

/** Whether the target verified the forecast, or only the draft proposed it. */
export type Basis = 'provisional' | 'verified';

export type Confidence = {
  /**
   * Tokens that drafts proposed and the target accepted, in millionths, over the instrument's
   * latest 64 verdicts; all where none drafted, and in lockstep: nothing there depends on a draft.
   */
  acceptancePpm: number;
  /** Of the forecast's next move, in millionths of the most its alphabet allows (law, 5.6). */
  entropyPpm: number;
  /**
   * By how much the feed's clock has left ours since its link came up, to a millisecond; either
   * sign, and 0 for a feed in the edge's own process.
   */
  clockOffsetNs: Nanoseconds;
};

export type Signal = {
  /** Index into the desk file's strategies; 0 where there is none. */
  strategy: number;
  /** Index into the run's instrument table. */
  instrument: number;
  /** When it was decided. */
  timeNs: Nanoseconds;
  desiredLots: number;
  style: Style;
  limitIncrements: number;
  /** 90 % interval of the mid at the forecast's last move, in half price increments. */
  midLowHalfIncrements: number;
  midHighHalfIncrements: number;
  basis: Basis;
  /** Identity of the forecast, 32 hex digits. */
  forecastId: string;
  /** When that forecast was settled or drafted. */
  forecastTimeNs: Nanoseconds;
  /** The quote it was decided on, and when that was injected into the run. */
  bidIncrements: number;
  askIncrements: number;
  tickTimeNs: Nanoseconds;
  /** What risk may hold against the forecast; left out where the edge says nothing of it. */
  confidence?: Confidence | undefined;
};
