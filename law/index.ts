/** The law, optimised: tokens, keyed noise, packed passes, coupled settlement, forecasts. */
export {
  appendMove,
  appendToken,
  type Context,
  createContext,
  isReady,
  openEpoch,
} from './context.ts';
export { draftPaths, type TrajectoryRange } from './drafting.ts';
export { createFollower, type Follower } from './follower.ts';
export {
  entropyOf,
  FORECAST_HEADER_INTS,
  type Forecast,
  forecastInts,
  forecastText,
  HORIZON_INTS,
  type Horizon,
  horizonOf,
} from './forecast.ts';
export { forecastIdentity, noiseKey, type RunIdentity } from './identity.ts';
export type { Model, ModelSession } from './model.ts';
export { createNoiseWindow, type NoiseWindow } from './noise-window.ts';
export { createRunner, passNewNodes, queueChoice, type Runner } from './passes.ts';
export { addBranch, addPresent, createPathSet, nodeAt, type PathSet, resetPaths } from './paths.ts';
export { entropyPpm, PROBABILITY_ONE, probabilitiesQ24 } from './probability.ts';
export { SCALE_CODES, SCALE_START, scaleCode, scaleThreshold } from './scale.ts';
export { type SettlementCounts, type Settler, settle } from './settlement.ts';
export {
  checkDraftSideInputs,
  freezeSideInputs,
  hasSameValues,
  NO_SIDE_INPUTS,
  SIDE_INPUTS_MAX,
  type SideInputs,
  underNextSideInputs,
} from './side-inputs.ts';
export { createSummariser, type ForecastPaths, type Summariser } from './summariser.ts';
export { isClipped, scaleStep, TOKEN_MOVES, TOKENS, tokenOf } from './tokeniser.ts';
export { childOf, createTrie, resetTrie, type Trie } from './trie.ts';
