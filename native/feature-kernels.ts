/** What every implementation of the features offers, over bound memory. */

import type { FeatureTokens } from './feature-view.ts';

/** What the features read and write, in place; none overlaps another. */
export type FeatureBuffers = {
  /** Records of 64 bytes, as native/tick-layout.ts draws them. */
  readonly records: Uint8Array;
  /** Written: VIEW_VALUES an instrument. */
  readonly views: Float64Array;
  /** Of one instrument, as native/feature-state.ts draws it. */
  readonly state: Float64Array;
  /** Period and phase of each instrument's sessions, hours; copied. */
  readonly sessions: Float64Array;
  /** For the twin; Rust has its own. */
  readonly tokens: FeatureTokens;
};

export type FeatureCalls = {
  /** Takes the first `count` records and returns how many: fewer at one that is no tick. */
  take(count: number): number;
  /** Writes the state of an instrument, and returns how many values: 0 if it is unknown. */
  save(instrument: number): number;
  /** 1 where the instrument goes on from the state, its view with it; 0 where that is none. */
  restore(instrument: number): number;
};

export type FeatureKernels = {
  bindFeatures(buffers: FeatureBuffers): FeatureCalls;
};
