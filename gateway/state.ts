/** Everything a gateway knows; it changes by `step` alone. */
import { invariant, type Nanoseconds } from '#engine';
import type { Instrument } from '#market';
import { type Kernels, loadedKernels } from '#native';
import type { Account, Valuation } from './account/account.ts';
import { createMoneyTables, type MoneyTables } from './account/money-tables.ts';
import { type MoneyTerms, openConversion } from './account/money-terms.ts';
import type { Zone } from './calendar/zone.ts';
import { createOutputChain, type OutputChain } from './chain/output-chain.ts';
import { createExecutionState, type ExecutionState } from './execution/state.ts';
import { openDesks } from './open-desks.ts';
import {
  createOperatorState,
  type OperatorState,
  type OperatorTerms,
} from './operator/operator-terms.ts';
import type { Desk } from './order/desk.ts';
import { createFinishedOrders, type FinishedOrders } from './order/finished-orders.ts';
import { type WireUnits, wireUnits } from './order/quantity.ts';
import type { SeenExecutions } from './order/seen-executions.ts';
import { createOrderWire, type OrderWire } from './order/wire.ts';
import { buildTopology } from './risk/build-topology.ts';
import type { Limits, RiskTerms } from './risk/limits.ts';
import { createRisk, type Risk } from './risk/risk.ts';
import type { RuleName } from './risk/rules.ts';
import { createSuccession, type Succession } from './standby/claim-record.ts';
import { knownStepVersion, NEWEST_STEP_VERSION } from './step-version.ts';
import { createStrangers, type Strangers } from './strangers.ts';
import { REFERENCE_STRATEGY, type StrategyTerms } from './strategy-terms.ts';
import { createUnusualCounts, type UnusualCounts } from './unusual-counts.ts';
import { createVenueState, type VenueState } from './venue-state.ts';
import type { VenueTerms } from './venue-terms.ts';

export type GatewayConfig = {
  originNs: bigint;
  instruments: Instrument[];
  limits: Limits;
  /** What a desk file limits beside. */
  risk?: RiskTerms | undefined;
  /** New and replacing orders older than this are not resent to a venue that missed them. */
  resendAgeNs: number;
  /** Who may command it; nobody where it is left out. */
  operators?: readonly OperatorTerms[] | undefined;
  /** At least one: records and effects name them by index. */
  venues: readonly VenueTerms[];
  /** As `venues`; one that trades everything where it is left out. */
  strategies?: readonly StrategyTerms[] | undefined;
  /** Version of `step` that the log is begun under; the newest where it is left out. */
  stepVersion?: number | undefined;
  /** Without them profit is counted by quote currency and UTC day, and nothing has hours. */
  money?: MoneyTerms | undefined;
  /** Tables of time zones, as the log's first record has them. */
  zones?: readonly Zone[] | undefined;
};

export type OrderCounts = {
  sent: number;
  acked: number;
  filled: number;
  partiallyFilled: number;
  cancelled: number;
  replaced: number;
  rejected: number;
  refused: Partial<Record<RuleName, number>>;
  /** Journalled, but kept back from a venue that never had them. */
  notSent: number;
  /** Reports that cannot be true of the order they name, or that name none of ours. */
  outOfStep: number;
};

export type GatewayState = {
  config: GatewayConfig;
  /** Time of the latest event. */
  nowNs: Nanoseconds;
  units: WireUnits[];
  /** Of each venue: templates, which follow from the configuration. */
  wires: OrderWire[];
  venues: VenueState[];
  /** Strategy by strategy, each with a desk for every instrument; see `deskOf`. */
  desks: Desk[];
  accounts: Account[];
  /** Conversion rates, and the time of the latest valuation. */
  valuation: Valuation;
  /** Calendars, days and lags, which follow from the configuration. */
  tables: MoneyTables | undefined;
  /** When the calendars have something next. */
  edgeNs: Nanoseconds;
  /** Of strategies with an execution policy. */
  execution: ExecutionState;
  risk: Risk;
  operators: OperatorState;
  /** Client order ids given out, and the UTC day of the latest with its `YYYYMMDD`. */
  orderIds: { count: number; utcDay: number; date: number };
  isStopping: boolean;
  counts: OrderCounts;
  unusual: UnusualCounts;
  /** The latest orders that have ended, and the fills that were booked. */
  finished: FinishedOrders;
  seenExecutions: SeenExecutions;
  strangers: Strangers;
  succession: Succession;
  /** Over every byte that left for a venue. */
  outputChain: OutputChain;
  /** Rules that `step` follows; see step-version.ts. */
  stepVersion: number;
  /** Records stepped, those that change nothing else too. */
  records: number;
};

export function createGatewayState(
  config: GatewayConfig,
  kernels: Kernels = loadedKernels.kernels,
): GatewayState {
  const { instruments, venues, originNs, money } = config;
  invariant(venues.length > 0, 'a gateway has a venue');
  const units = instruments.map(wireUnits);
  const { desks, accounts } = openDesks(config);
  return {
    ...{ config, units, desks, accounts, nowNs: 0.5 },
    valuation: { conversion: money && openConversion(money.currencies), nowNs: 0.5 },
    tables: money && createMoneyTables(money, config),
    edgeNs: 0,
    wires: venues.map(venue => createOrderWire({ venue, originNs, instruments, units }, kernels)),
    venues: venues.map((terms, index) => createVenueState(config, terms, index)),
    execution: createExecutionState(config),
    operators: createOperatorState(),
    risk: createRisk(buildTopology({ config, desks, accounts }), kernels),
    orderIds: { count: 0, utcDay: -1, date: 0 },
    isStopping: false,
    counts: {
      sent: 0,
      acked: 0,
      filled: 0,
      partiallyFilled: 0,
      cancelled: 0,
      replaced: 0,
      rejected: 0,
      refused: {},
      notSent: 0,
      outOfStep: 0,
    },
    unusual: createUnusualCounts(),
    finished: createFinishedOrders(),
    seenExecutions: new Map(),
    strangers: createStrangers(instruments.length),
    succession: createSuccession(),
    outputChain: createOutputChain(),
    stepVersion: knownStepVersion(config.stepVersion ?? NEWEST_STEP_VERSION),
    records: 0,
  };
}

/** The desk of a strategy in an instrument. */
export function deskOf(
  { desks, config }: GatewayState,
  { strategy, instrument }: { readonly strategy: number; readonly instrument: number },
): Desk {
  return desks[strategy * config.instruments.length + instrument]!;
}

/** Terms of a strategy by its index. */
export const strategyAt = ({ config }: GatewayState, strategy: number): StrategyTerms =>
  config.strategies?.[strategy] ?? REFERENCE_STRATEGY;

/** What all strategies hold of an instrument together. */
export function netPositionLots({ desks, config }: GatewayState, instrument: number): number {
  const { length } = config.instruments;
  let lots = 0;
  for (let at = instrument; at < desks.length; at += length) {
    lots += desks[at]!.holding.positionLots;
  }
  return lots;
}

/** Whether orders can leave for every venue. */
export const isLoggedOn = ({ venues }: GatewayState): boolean =>
  venues.every(venue => venue.isLoggedOn);
