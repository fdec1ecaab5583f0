/** What a step of the edge wants done, appended to a buffer that its host hands in. */
import type { Nanoseconds } from '#engine';
import type { Signal } from '#gateway/signal';
import type { Wish } from './decide/policy.ts';

/** A settled context: the present of a request, or the branch that the market took. */
export type Take = { instrument: number; requestId: number; branch: number | undefined };

/** A decision on a verified or provisional forecast; not every one is worth a signal. */
export type Decision = {
  instrument: number;
  timeNs: Nanoseconds;
  verified: boolean;
  /** Known while the context of the forecast stands. */
  forecastId: () => string;
  wish: Wish;
  isSent: boolean;
};

export type EdgeEffects = {
  /** Instruments whose context moved and is full: they want a forecast and a look ahead. */
  moved: number[];
  /** Verified forecasts to hand in as `forecast` events. */
  takes: Take[];
  signals: Signal[];
  decisions: Decision[];
};

export const createEdgeEffects = (): EdgeEffects => ({
  moved: [],
  takes: [],
  signals: [],
  decisions: [],
});

/** For a buffer that is used again. */
export function clearEdgeEffects({ moved, takes, signals, decisions }: EdgeEffects): void {
  clearEntries(moved);
  clearEntries(takes);
  clearEntries(signals);
  clearEntries(decisions);
}

/** Setting a length to 0 would give the array's memory away, and the next entry allocate it. */
export function clearEntries(entries: unknown[]): void {
  while (entries.length > 0) entries.pop();
}

export function takeOf(takes: readonly Take[], instrument: number): Take | undefined {
  for (let at = 0; at < takes.length; at++) {
    if (takes[at]!.instrument === instrument) return takes[at];
  }
  return undefined;
}
