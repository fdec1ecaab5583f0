/** Features of the run's instruments as its ticks come in: what is known of each, and what not. */

import { SCALE_START, scaleCode, scaleStep, tokenOf } from '#law';
import {
  createFeatures,
  FEATURE_BITS,
  type FeatureTokens,
  type Kernels,
  VIEW,
  VIEW_VALUES,
} from '#native';
import type { Instrument } from './instrument.ts';
import { sessionsOf } from './session.ts';
import type { Tick } from './tick.ts';
import { createTickSlots } from './tick-slots.ts';

/** What docs/features.md defines; each is masked until its source has given what it needs. */
export type FeatureName = keyof typeof FEATURES;

export type MarketFeatures = {
  /** Takes ticks in the order of the log; allocates nothing. */
  take(ticks: readonly Tick[]): void;
  /** The feed was lost: a new epoch of an instrument. */
  gap(instrument: number): void;
  /** As of the instrument's last tick; undefined while it is masked. */
  value(instrument: number, feature: FeatureName): number | undefined;
  /** VIEW_VALUES an instrument: the same in one array, with its bitmap. */
  readonly views: Float64Array;
};

/** Where each feature stands in a view, and the bit that says it is there. */
const FEATURES = {
  spreadIncrements: [VIEW.spreadIncrements, FEATURE_BITS.quote],
  imbalance: [VIEW.imbalance, FEATURE_BITS.imbalance],
  micropriceHalfIncrements: [VIEW.micropriceHalfIncrements, FEATURE_BITS.imbalance],
  fastVolatility: [VIEW.fastVolatility, FEATURE_BITS.volatility],
  slowVolatility: [VIEW.slowVolatility, FEATURE_BITS.volatility],
  tradeFlow: [VIEW.tradeFlow, FEATURE_BITS.tradeFlow],
  intensity: [VIEW.intensity, FEATURE_BITS.intensity],
  depthImbalance: [VIEW.depthImbalance, FEATURE_BITS.depth],
  token: [VIEW.token, FEATURE_BITS.token],
} as const;

export const FEATURE_NAMES = Object.keys(FEATURES) as FeatureName[];

const TOKENS_OF_THE_LAW: FeatureTokens = {
  scaleStart: SCALE_START,
  ...{ scaleCode, scaleStep, tokenOf },
};

/** Records of one native call; longer batches take several. */
const TICKS_MAX = 1024;

export function createMarketFeatures(
  instruments: readonly Pick<Instrument, 'calendar'>[],
  originNs: bigint,
  kernels?: Kernels,
): MarketFeatures {
  const sessions = instruments.map(({ calendar }) => sessionsOf(calendar, originNs));
  const features = createFeatures(
    { sessions, ticksMax: TICKS_MAX, tokens: TOKENS_OF_THE_LAW },
    kernels,
  );
  const { views, records } = features;
  const slots = createTickSlots(records);
  const takeOne = (tick: Tick) => {
    slots.write(0, tick);
    features.take(1);
  };
  return {
    views,
    take(ticks) {
      for (let from = 0; from < ticks.length; from += TICKS_MAX) {
        const count = Math.min(ticks.length - from, TICKS_MAX);
        for (let at = 0; at < count; at++) slots.write(at, ticks[from + at]!);
        features.take(count);
      }
    },
    gap(instrument) {
      takeOne({ kind: 'gap', instrument, exchangeTimeNs: 0 });
    },
    value(instrument, feature) {
      const [at, bit] = FEATURES[feature];
      const view = instrument * VIEW_VALUES;
      return views[view + VIEW.present]! & bit ? views[view + at] : undefined;
    },
  };
}
