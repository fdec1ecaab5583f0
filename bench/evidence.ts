/** Collects the evidence of a run while it goes on, in memory of a bounded size. */

import type { Decision, EdgeState, Parent } from '#edge';
import { invariant, type Nanoseconds, SECOND_NS } from '#engine';
import type { GatewayEffects, GatewayState } from '#gateway';
import type { Instrument, Quote } from '#market';
import type { Answer } from '#verifier/protocol';
import type { Findings, InstrumentFindings } from './evidence/findings.ts';
import { createForecastOutcomes, type ForecastOutcomes } from './evidence/forecast-outcomes.ts';
import { createLawDigests, type LawDigests, type Settled } from './evidence/law-digests.ts';
import { createMarketWatch, type MarketWatch } from './evidence/market-watch.ts';
import { createMoveGaps, type MoveGaps } from './evidence/move-gaps.ts';
import {
  createParentSlippage,
  type ParentSlippage,
  type SlippageReading,
} from './evidence/parent-slippage.ts';
import { createPositionPath, type PositionPath } from './evidence/position-path.ts';
import {
  countAnswer,
  createSpeculationCounts,
  type SpeculationCounts,
} from './evidence/speculation-counts.ts';
import { createSpeculationSample, type SpeculationSample } from './evidence/speculation-sample.ts';
import { createTimeline, type Timeline } from './evidence/timeline.ts';

/**
 * An observer of a run, `onSent` with each message's bytes. A quote may be told before the edge
 * takes it or after, but before the forecasts and decisions that it led to.
 */
export type Evidence = {
  onStart(states: States): void;
  onQuote(quote: Quote, timeNs: Nanoseconds): void;
  /** The feed of this instrument was lost and is back: its next quote begins a new epoch. */
  onGap(instrument: number): void;
  onDecision(decision: Decision): void;
  onSettled(settled: Settled): void;
  onParent(instrument: number, parent: Parent): void;
  onAnswer(answer: Answer): void;
  onGateway(effects: GatewayEffects, timeNs: Nanoseconds): void;
  onSent(bytes: Uint8Array): void;
  /** Does the digests that wait (4,096 of a kind at most): a live run calls it after each batch. */
  drain(): void;
  /** So far, of the parents that are done. */
  slippage(instrument: number): SlippageReading;
  /** All of it, once the run is over. */
  findings(): Findings;
};

/** Live states; the gateway's is undefined where another process has it. */
type States = { edge: EdgeState; gateway: GatewayState | undefined };

export type EvidenceOptions = {
  instruments: readonly Instrument[];
  /** H: moves of a forecast. */
  moves: number;
  /** Life of a parent order. */
  parentDurationNs: number;
};

const HIT_BUCKETS_MAX = 240;
const POSITION_POINTS_MAX = 2000;

const HIT_NAMES = ['moves', 'hits', 'verifiedLater', 'late', 'overtaken'] as const;
type HitName = (typeof HIT_NAMES)[number];

type Desk = {
  watch: MarketWatch;
  outcomes: ForecastOutcomes;
  speculations: SpeculationSample;
  positions: PositionPath;
  positionLots: number;
  /** Its parts, by strategy. */
  heldLots: Map<number, number>;
  parents: ParentSlippage;
};

type Workings = {
  options: EvidenceOptions;
  states: States | undefined;
  desks: Desk[];
  digests: LawDigests;
  hits: Timeline<HitName>;
  /** The edge's counts as last entered into the timeline. */
  counted: Record<HitName, number>;
  speculation: SpeculationCounts;
  gaps: MoveGaps;
  firstNs: Nanoseconds | undefined;
  lastNs: Nanoseconds;
  nowNs: Nanoseconds;
};

export function createEvidence(options: EvidenceOptions): Evidence {
  const { instruments, moves } = options;
  const workings: Workings = {
    options,
    states: undefined,
    desks: instruments.map(instrument =>
      createDesk(instrument, options, () => edgeOf(workings).config.originNs),
    ),
    digests: createLawDigests(instruments.map(({ symbol }) => symbol)),
    hits: createTimeline(HIT_NAMES, {
      bucketsMax: HIT_BUCKETS_MAX,
      firstWidthNs: SECOND_NS,
    }),
    counted: { moves: 0, hits: 0, verifiedLater: 0, late: 0, overtaken: 0 },
    speculation: createSpeculationCounts(),
    gaps: createMoveGaps(instruments.length),
    firstNs: undefined,
    lastNs: 0,
    nowNs: 0,
  };
  const { desks, digests } = workings;
  invariant(moves >= 1, 'a forecast has moves');
  return {
    onStart(states) {
      workings.states = states;
    },
    onQuote: (quote, timeNs) => onQuote(workings, quote, timeNs),
    onGap: instrument => desks[instrument]!.watch.gap(),
    onDecision(decision) {
      noteTime(workings, decision.timeNs);
      digests.decided(decision);
    },
    onSettled: settled => onSettled(workings, settled),
    onParent: (instrument, parent) => desks[instrument]!.parents.onParent(parent),
    onAnswer: answer => onAnswer(workings, answer),
    onGateway: (effects, timeNs) => onGateway(workings, effects, timeNs),
    onSent: bytes => digests.sent(bytes),
    drain: () => digests.drain(),
    slippage: instrument => desks[instrument]!.parents.read(),
    findings: () => findingsOf(workings),
  };
}

function createDesk(
  instrument: Instrument,
  { moves, parentDurationNs }: EvidenceOptions,
  originNs: () => bigint,
): Desk {
  const watch = createMarketWatch(instrument, originNs);
  return {
    watch,
    outcomes: createForecastOutcomes(watch, moves),
    speculations: createSpeculationSample(watch, moves),
    positions: createPositionPath(POSITION_POINTS_MAX),
    positionLots: 0,
    heldLots: new Map(),
    parents: createParentSlippage(parentDurationNs),
  };
}

function edgeOf({ states }: Workings): EdgeState {
  invariant(states !== undefined, 'onStart comes before anything else that is observed');
  return states.edge;
}

/** Enters what the edge counted since into the present stretch of time. */
function noteTime(workings: Workings, timeNs: Nanoseconds): void {
  const { counts } = edgeOf(workings);
  const { counted, hits } = workings;
  workings.nowNs = Math.max(workings.nowNs, timeNs);
  if (HIT_NAMES.every(name => counts[name] === counted[name])) return;
  const since = { ...counted };
  for (const name of HIT_NAMES) {
    since[name] = counts[name] - counted[name];
    counted[name] = counts[name];
  }
  hits.add(workings.nowNs, since);
}

function onQuote(workings: Workings, quote: Quote, timeNs: Nanoseconds): void {
  const { instrument, bidIncrements, askIncrements, exchangeTimeNs } = quote;
  noteTime(workings, timeNs);
  workings.firstNs ??= exchangeTimeNs;
  workings.lastNs = Math.max(workings.lastNs, exchangeTimeNs);
  const { watch, outcomes, speculations, parents } = workings.desks[instrument]!;
  const { count } = watch.history;
  watch.show(quote);
  if (watch.history.count > count) workings.gaps.note(instrument, timeNs);
  outcomes.judge();
  speculations.judge();
  parents.onMid(timeNs, bidIncrements + askIncrements);
}

function onSettled(workings: Workings, settled: Settled): void {
  const { instrument, forecast } = settled;
  const { watch, outcomes } = workings.desks[instrument]!;
  const place = watch.placeOf(edgeOf(workings).instruments[instrument]!.context);
  if (place !== undefined) outcomes.settled(forecast, place, workings.nowNs);
  workings.digests.settled(settled);
}

function onAnswer(workings: Workings, answer: Answer): void {
  countAnswer(workings.speculation, answer);
  if (answer.kind !== 'verdict') return;
  const { instrument } = answer.verdict;
  const { watch, speculations } = workings.desks[instrument]!;
  const { context } = edgeOf(workings).instruments[instrument]!;
  const place = watch.placeOf(context);
  if (place === undefined) return;
  speculations.onVerdict(answer.verdict, { context, place }, workings.nowNs);
}

const MOVING: readonly string[] = ['filled', 'busted', 'corrected'];

/** What moves a position comes with the one it left: the difference is what was got or given. */
function onGateway(
  workings: Workings,
  { news, positions }: GatewayEffects,
  timeNs: Nanoseconds,
): void {
  let fill = 0;
  for (const { execution } of news) {
    if (!MOVING.includes(execution.kind)) continue;
    const { strategy, instrument, positionLots } = positions[fill++]!;
    const desk = workings.desks[instrument]!;
    const lots = positionLots - (desk.heldLots.get(strategy) ?? 0);
    desk.heldLots.set(strategy, positionLots);
    desk.positionLots += lots;
    desk.positions.add({ timeNs, lots: desk.positionLots });
    if (execution.kind !== 'filled') continue;
    desk.parents.onFill({ lots, priceIncrements: execution.priceIncrements });
  }
}

function findingsOf(workings: Workings): Findings {
  const { options, desks, states, digests, hits, speculation, gaps } = workings;
  const edge = edgeOf(workings);
  noteTime(workings, workings.nowNs);
  const instruments = options.instruments.map((instrument, at): InstrumentFindings => {
    const { watch, outcomes, speculations, positions, parents } = desks[at]!;
    parents.finish(workings.nowNs);
    return {
      instrument,
      ...watch.summary(),
      coverage: outcomes.coverage,
      fans: outcomes.fans,
      tree: speculations.hit,
      positions: positions.points,
      ...parents.read(),
    };
  });
  const { firstNs, lastNs } = workings;
  return {
    originNs: edge.config.originNs,
    firstNs,
    lastNs,
    edge,
    gateway: states!.gateway,
    instruments,
    speculation,
    gaps,
    hits: hits.read(),
    digests: digests.hex(),
  };
}
