/** Features of the run's instruments as its ticks come in: what is known of each, and what not. */

import { OutriderError } from '#engine';
import { SCALE_START, scaleCode, scaleStep, tokenOf } from '#law';
import {
  createFeatures,
  FEATURE_BITS,
  type Features,
  type FeatureTokens,
  type Kernels,
  LEVELS_STAY,
  STATE,
  STATE_BITS,
  STATE_VALUES,
  VIEW,
  VIEW_VALUES,
} from '#native';
import { type BookChanges, eachLevelChange, NO_CHANGES } from './book-changes.ts';
import { type BookLevels, bookLevelsOf, writeBookLevels } from './book-levels.ts';
import {
  type FeatureState,
  type FeatureTimes,
  featureStateOf,
  writeFeatureState,
} from './feature-state.ts';
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
  /** What an instrument's features go on from, but for the levels of its book. */
  state(instrument: number): FeatureState;
  levels(instrument: number): BookLevels;
  /**
   * The instrument goes on from what was kept of it, or begins anew. Throws `bad-data`, and the
   * instrument begins anew, where that is no state.
   */
  resume(instrument: number, kept: KeptFeatures | undefined): void;
};

/** Of a book of which nothing was kept nothing is known until its next snapshot. */
export type KeptFeatures = {
  readonly state: FeatureState;
  readonly levels: BookLevels | undefined;
  /** Of the levels since. */
  readonly changes: BookChanges | undefined;
};

/** Whether the levels of its book are in it. */
export const hasKeptBook = (kept: KeptFeatures | undefined): boolean =>
  kept?.levels !== undefined && kept.levels.bids >= 0;

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
  const timesOf = (instrument: number) => ({ sessions: sessions[instrument]!, originNs });
  return {
    views,
    take(ticks) {
      for (let from = 0; from < ticks.length; from += TICKS_MAX) {
        const count = Math.min(ticks.length - from, TICKS_MAX);
        for (let at = 0; at < count; at++) slots.write(at, ticks[from + at]!);
        features.take(count);
      }
    },
    ...keeping({ features, takeOne, timesOf }),
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

type Keeping = {
  readonly features: Features;
  takeOne(tick: Tick): void;
  timesOf(instrument: number): FeatureTimes;
};

function keeping(parts: Keeping): Pick<MarketFeatures, 'state' | 'levels' | 'resume'> {
  const { features, timesOf } = parts;
  const { state } = features;
  return {
    state(instrument) {
      state.fill(LEVELS_STAY, STATE.bids, STATE.asks + 1);
      features.save(instrument);
      return featureStateOf(state, timesOf(instrument));
    },
    levels(instrument) {
      state.fill(0, STATE.bids, STATE.asks + 1);
      features.save(instrument);
      return bookLevelsOf(state);
    },
    resume(instrument, kept) {
      state.fill(0, 0, STATE_VALUES);
      state[STATE.scale] = SCALE_START;
      features.restore(instrument);
      if (kept === undefined) return;
      writeFeatureState(kept.state, state, timesOf(instrument));
      if (hasKeptBook(kept) && state[STATE.known]! & STATE_BITS.book) {
        resumeBook(instrument, kept, parts);
      } else {
        state[STATE.known]! &= ~(STATE_BITS.book | STATE_BITS.bookTop);
        state.fill(0, STATE.bookBidIncrements, STATE.asks + 1);
      }
      if (features.restore(instrument)) return;
      throw new OutriderError('bad-data', 'what was kept of features is no state of them');
    },
  };
}

/** The levels stay; what their changes did to the rest is overwritten by the state, as it was. */
function resumeBook(instrument: number, kept: KeptFeatures, parts: Keeping): void {
  const { features, takeOne } = parts;
  const { state } = features;
  writeBookLevels(kept.levels!, state);
  if (!features.restore(instrument)) {
    throw new OutriderError('bad-data', 'what was kept of a book is none');
  }
  const stamped = { kind: 'level', instrument, exchangeTimeNs: 0, hasMore: true } as const;
  eachLevelChange(kept.changes ?? NO_CHANGES, level => takeOne({ ...stamped, ...level }));
  state.fill(LEVELS_STAY, STATE.bids, STATE.asks + 1);
}
