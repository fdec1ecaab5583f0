/** What the features of one instrument are, and where each stands in its view. */

/**
 * Values of one instrument's view, in their order; docs/features.md defines them. The first is a
 * bitmap of FEATURE_BITS: a value whose bit is not set means nothing, whatever stands there.
 */
export const VIEW = {
  ...{ present: 0, timeNs: 1, epoch: 2, moves: 3, token: 4, code: 5, scale: 6 },
  ...{ bidIncrements: 7, askIncrements: 8, bidLots: 9, askLots: 10, spreadIncrements: 11 },
  ...{ imbalance: 12, micropriceHalfIncrements: 13, fastVolatility: 14, slowVolatility: 15 },
  ...{ tradeFlow: 16, intensity: 17, bookBidIncrements: 18, bookAskIncrements: 19 },
  ...{ depthImbalance: 20, crossedBooks: 21, forgottenLevels: 22, mergedTicks: 23 },
} as const;

export const VIEW_VALUES = 24;

export const FEATURE_BITS = {
  ...{ quote: 1, bidLots: 2, askLots: 4, imbalance: 8, volatility: 16, tradeFlow: 32 },
  ...{ intensity: 64, token: 128, depth: 256 },
} as const;

/** The law of tokens and scale, for the twin: Rust has its own. */
export type FeatureTokens = {
  readonly scaleStart: number;
  scaleCode(scale: number): number;
  tokenOf(moveHalfIncrements: number, code: number): number;
  scaleStep(scale: number, code: number, token: number): number;
};
