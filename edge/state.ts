/** What an edge knows of each instrument, and what it counts. */
import type { Nanoseconds } from '#engine';
import type { Basis } from '#gateway/signal';
import type { Context, Forecast, RunIdentity } from '#law';
import {
  createMarketFeatures,
  type Instrument,
  type MarketFeatures,
  type Quote,
  type Sessions,
} from '#market';
import type { Policy, SentWish } from './decide/policy.ts';
import type { Acceptance } from './forecast/acceptance.ts';
import { createInstrumentState } from './instrument-state.ts';

/** A request to the verifier: a speculation from its move index on, or a part of one. */
export type Asked = {
  requestId: number;
  epoch: number;
  moveIndex: number;
  /** What its contexts are read under. */
  sideInputVersion: number;
  wantsPresent: boolean;
  branches: Uint8Array;
  state: 'waiting' | 'settled';
};

export type CurrentForecast = {
  basis: Basis;
  /** Identity of the forecast, worked out when it is first asked for: while its context stands. */
  forecastId: () => string;
  moveIndex: number;
  timeNs: Nanoseconds;
  forecast: Forecast;
};

export type InstrumentState = {
  context: Context;
  readonly sessions: Sessions;
  session: number | undefined;
  /** The last one; its fields change in place. */
  quote: Quote | undefined;
  /** When the quote was injected into the run. */
  tickTimeNs: Nanoseconds;
  /** Newest last, at most ASKED_MAX: the oldest are forgotten first. */
  asked: Asked[];
  forecast: CurrentForecast | undefined;
  /** The move whose verified forecast is still awaited. */
  awaits: number | undefined;
  positionLots: number;
  /** Of the drafts in its verdicts. */
  readonly acceptance: Acceptance;
  sent: SentWish | undefined;
};

export type EdgeCounts = {
  /** Ticks taken, and those that a full ring merged into them. */
  ticks: number;
  merged: number;
  moves: number;
  clipped: number;
  epochs: number;
  hits: number;
  /** Moves that got a verified forecast after all, before their deadline. */
  verifiedLater: number;
  late: number;
  /** Moves that the next move or a new epoch overtook before their forecast was settled. */
  overtaken: number;
  provisional: number;
  /** Versions of side inputs that were frozen. */
  sideInputVersions: number;
};

export type EdgeConfig = {
  originNs: bigint;
  instruments: Instrument[];
  contextMoves: number;
  moves: number;
  /** What belongs to a forecast's identity beside its context. */
  identity: RunIdentity;
  policy: Policy;
  holdNs: number;
};

export type EdgeState = {
  config: EdgeConfig;
  instruments: InstrumentState[];
  /** As of each instrument's last tick; the decision may look, the target never does. */
  features: MarketFeatures;
  /** By how much the feed's clock has left ours; 0 for a feed in this process. */
  clockOffsetNs: Nanoseconds;
  counts: EdgeCounts;
};

/** Requests remembered of one instrument: two moves of the present and 64 branches, each alone. */
export const ASKED_MAX = 130;

export function createEdgeState(config: EdgeConfig): EdgeState {
  return {
    config,
    instruments: config.instruments.map((_, index) => createInstrumentState(config, index)),
    features: createMarketFeatures(config.instruments, config.originNs),
    clockOffsetNs: 0,
    counts: {
      ticks: 0,
      merged: 0,
      moves: 0,
      clipped: 0,
      epochs: 0,
      hits: 0,
      verifiedLater: 0,
      late: 0,
      overtaken: 0,
      provisional: 0,
      sideInputVersions: 0,
    },
  };
}
