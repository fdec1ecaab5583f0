/** What every implementation of the features offers, over bound memory. */

import type { FeatureTokens } from './feature-view.ts';

/** What the features read and write, in place; `views` overlaps neither of the others. */
export type FeatureBuffers = {
  /** Records of 64 bytes, as native/tick-layout.ts draws them. */
  readonly records: Uint8Array;
  /** Written: VIEW_VALUES an instrument. */
  readonly views: Float64Array;
  /** Period and phase of each instrument's sessions, hours; copied. */
  readonly sessions: Float64Array;
  /** For the twin; Rust has its own. */
  readonly tokens: FeatureTokens;
};

/** Takes the first `count` records and returns how many: fewer at one that is no tick. */
export type TakeTicks = (count: number) => number;

export type FeatureKernels = {
  bindFeatures(buffers: FeatureBuffers): TakeTicks;
};
