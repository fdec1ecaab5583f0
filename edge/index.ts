/** The edge: ticks to tokens, speculation in market time, decisions. */
export { type FollowForecastConfig, followForecast } from './decide/follow-forecast.ts';
export {
  type Parent,
  type ParentRecord,
  parentOf,
  parentRecordOf,
  parentSchema,
} from './decide/parent.ts';
export type { Policy } from './decide/policy.ts';
export { type WorkParentConfig, workParent } from './decide/work-parent.ts';
export {
  createEdge,
  type Edge,
  type EdgeOptions,
  type EdgePorts,
  type Settled,
} from './edge.ts';
export { createEdgeEffects, type Decision } from './effects.ts';
export type { EdgeEvent } from './event.ts';
export type { BreakerConfig } from './forecast/breaker.ts';
export type { Drafted, Drafter, DraftRequest } from './forecast/drafter.ts';
export { createSpeculator, type SpeculationSize } from './forecast/speculator.ts';
export { keepWarm } from './keep-warm.ts';
export { type EdgeLatency, noEdgeLatency } from './latency.ts';
export {
  type MarketState,
  marketStateOf,
  marketStateSchema,
  type TakenOver,
} from './market-state.ts';
export {
  createEdgeEncoder,
  EDGE_RECORD_BYTES_MAX,
  type EdgeRecord,
  readEdgeRecord,
} from './record.ts';
export { createEdgeState, type EdgeConfig, type EdgeCounts, type EdgeState } from './state.ts';
export { stepEdge } from './step.ts';
export {
  type ForecastRecord,
  forecastSchema,
  type SignalRecord,
  type StateRecord,
  signalSchema,
  stateSchema,
} from './topic-records.ts';
