/** What a strategy wants of the gateway: a position, how urgently, and on what ground. */
import type { Nanoseconds } from '#engine';

/** Wait for a better price, join the near touch or follow it without trading at once, or cross. */
export type Style = 'wait' | 'join' | 'peg' | 'cross';

/** Whether the target verified the forecast, or only the draft proposed it. */
export type Basis = 'provisional' | 'verified';

export type Confidence = {
  /** Tokens of the draft that the target accepted, in millionths; all where it drafted none. */
  acceptancePpm: number;
  /** Of the target's next step, in millionths of the most its alphabet allows. */
  entropyPpm: number;
  /** How much later the exchange's clock is than ours, least delay taken off; either sign. */
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
