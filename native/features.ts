/** Book, features and token of each instrument: one call a batch of ticks over bound memory. */

import { STATE_VALUES_MAX } from './feature-state.ts';
import { type FeatureTokens, VIEW_VALUES } from './feature-view.ts';
import type { Kernels } from './kernels.ts';
import { loadedKernels } from './load.ts';
import { TICK_BYTES } from './tick-layout.ts';

/** Sessions of an instrument part where (hour + phase) / period is whole; a period of 0: never. */
export type FeatureSessions = { readonly periodHours: number; readonly phaseHours: number };

export type FeatureOptions = {
  /** One for each instrument. */
  readonly sessions: readonly FeatureSessions[];
  /** Ticks of one call. */
  readonly ticksMax: number;
  readonly tokens: FeatureTokens;
};

export type Features = {
  /** The caller writes ticks here, from the first record on, as native/tick-layout.ts draws. */
  readonly records: Uint8Array;
  /** VIEW_VALUES an instrument, as of its last tick. */
  readonly views: Float64Array;
  /** Takes the first `count` records. Throws RangeError at one that is no tick of the run's. */
  take(count: number): void;
  /** Of one instrument at a time, as native/feature-state.ts draws it. */
  readonly state: Float64Array;
  /** Writes an instrument's state. Throws RangeError for one that is none of the run's. */
  save(instrument: number): void;
  /** The instrument goes on from the state; false, and nothing changed, where that is none. */
  restore(instrument: number): boolean;
};

const TICKS_MAX = 2 ** 16;

export function createFeatures(
  options: FeatureOptions,
  kernels: Kernels = loadedKernels.kernels,
): Features {
  const { sessions, ticksMax, tokens } = options;
  if (!Number.isInteger(ticksMax) || ticksMax < 1 || ticksMax > TICKS_MAX) {
    throw new RangeError(`ticksMax is ${ticksMax}: pass an integer from 1 to ${TICKS_MAX}`);
  }
  const records = new Uint8Array(ticksMax * TICK_BYTES);
  const views = new Float64Array(sessions.length * VIEW_VALUES);
  const state = new Float64Array(STATE_VALUES_MAX);
  const kernel = kernels.bindFeatures({
    ...{ records, views, state, tokens },
    sessions: Float64Array.from(sessions.flatMap(each => [each.periodHours, each.phaseHours])),
  });
  const { take: takeTicks } = kernel;
  const checkState = () => {
    if (views.length === sessions.length * VIEW_VALUES && state.length > 0) return;
    throw transferred();
  };
  return {
    records,
    views,
    state,
    take(count) {
      if (!(count >= 0 && count <= ticksMax)) {
        throw new RangeError(`count is ${count}: pass an integer from 0 to ticksMax, ${ticksMax}`);
      }
      // A transferred array has length 0, and its memory is no longer ours to touch.
      if (records.length === 0 || views.length !== sessions.length * VIEW_VALUES) {
        throw transferred();
      }
      const taken = takeTicks(count);
      if (taken !== count) throw new RangeError(`record ${taken} is no tick of this run`);
    },
    save(instrument) {
      checkState();
      if (kernel.save(instrument) > 0) return;
      throw new RangeError(`instrument ${instrument} is none of this run`);
    },
    restore(instrument) {
      checkState();
      return kernel.restore(instrument) === 1;
    },
  };
}

const transferred = () => new RangeError('a bound buffer was transferred: create new features');
