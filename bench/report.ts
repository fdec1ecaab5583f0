/** The report of a run from its evidence. */

import { invariant, type Nanoseconds } from '#engine';
import { type GatewayState, netPositionLots, profitNanos } from '#gateway';
import type { ReadStats } from '#market';
import { loadedKernels } from '#native';
import { accountsOf } from './account-report.ts';
import type { Findings, InstrumentFindings } from './evidence/findings.ts';
import type { Coverage } from './evidence/forecast-outcomes.ts';
import type { GcPauses } from './gc-pauses.ts';
import type { LatencySummary } from './latency/segment.ts';
import { describeMachine } from './machine.ts';
import type { Report } from './report-schema.ts';

/** What the evidence does not know of its run. */
export type ReportContext = {
  /** B branches of S trajectories of H moves. */
  size: { branches: number; trajectories: number; moves: number };
  /** Collections of a live run; absent for one on the virtual clock. */
  gc?: GcPauses | undefined;
  /** Rows read and rejected; absent where the ticks were not recorded ones. */
  readStats?: ReadStats | undefined;
  /** Empty for a run on the virtual clock. */
  latencyNs: Readonly<Record<string, LatencySummary>>;
  latencyComparable: boolean;
  /** Modelled time to a verdict, for a run on the virtual clock. */
  modelledAnswerNs?: number | undefined;
  /** Digests of the two input logs; null for that of a gateway elsewhere. */
  logDigests: { edgeLog: string; gatewayLog: string | null };
  /** HOST:PORT of that gateway; absent where the findings have the gateway's state. */
  countedElsewhere?: string | undefined;
  machine?: Report['machine'];
};

/** Money in the gateway is in 10^-9 of a unit. */
const NANOS_PER_UNIT = 1e9;

export function createReport(findings: Findings, context: ReportContext): Report {
  const { instruments, digests } = findings;
  return {
    version: 1,
    ticks: ticksOf(findings, context.readStats),
    forecasts: forecastsOf(findings, answerNsOf(context)),
    speculation: speculationOf(findings, context.size),
    ...tradingOf(findings, context),
    calibration: instruments.flatMap(one => calibrationOf(one, context.size.moves)),
    latencyNs: context.latencyNs,
    gc: context.gc ?? null,
    latencyComparable: context.latencyComparable,
    digests: {
      ...{ ...context.logDigests, ...digests },
      fixOutbound: findings.gateway === undefined ? null : digests.fixOutbound,
    },
    kernel: loadedKernels.kind,
    machine: context.machine ?? describeMachine(),
  };
}

function ticksOf(
  { edge, instruments, originNs, firstNs, lastNs }: Findings,
  readStats: ReadStats | undefined,
): Report['ticks'] {
  const { ticks: taken, moves } = edge.counts;
  const { read, used, rejected } = readStats ?? { read: taken, used: taken, rejected: {} };
  return {
    read,
    used,
    rejected: { ...rejected },
    taken,
    moves,
    instruments: instruments.map(one => ({
      symbol: one.instrument.symbol,
      priceIncrement: one.instrument.priceIncrement,
      lotSize: one.instrument.lotSize,
      inferred: one.instrument.inferred,
      maskedFeatures: one.masked,
      moves: one.moves,
      clippedMoves: one.clipped,
      epochs: one.epochs,
    })),
    firstTime: firstNs === undefined ? null : isoTime(originNs, firstNs),
    lastTime: firstNs === undefined ? null : isoTime(originNs, lastNs),
  };
}

/** `2014-05-02T00:00:00.123000000Z`. */
export function isoTime(originNs: bigint, timeNs: Nanoseconds): string {
  const unixNs = originNs + BigInt(timeNs);
  const seconds = new Date(Number(unixNs / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${String(unixNs % 1_000_000_000n).padStart(9, '0')}Z`;
}

/** A verdict's median way: the time a move must leave for one that was asked before it. */
const answerNsOf = ({ latencyNs, modelledAnswerNs }: ReportContext) =>
  latencyNs.verify?.p50 ?? modelledAnswerNs;

function forecastsOf({ edge, gaps }: Findings, answerNs?: number): Report['forecasts'] {
  const { provisional, hits, verifiedLater, late, overtaken, moves, sideInputVersions } =
    edge.counts;
  const verified = hits + verifiedLater;
  const arrivalBound = answerNs === undefined ? undefined : gaps.shareAtLeast(answerNs);
  return {
    ...{ provisional, verified, late, overtaken, hits, hitRate: share(hits, moves) },
    arrivalBound: arrivalBound ?? null,
    sideInputVersions,
  };
}

function speculationOf(
  { speculation, edge }: Findings,
  { branches, trajectories, moves }: ReportContext['size'],
): Report['speculation'] {
  const { verdicts, refused, passes, drafted, accepted, verified, settledMoves } = speculation;
  const used = trajectories * moves * (edge.counts.hits + edge.counts.verifiedLater);
  return {
    verdicts,
    unanswered: known(refused),
    passes,
    drafted,
    accepted,
    acceptance: share(accepted, drafted),
    tokensPerPass: share(settledMoves, passes),
    verifiedTokensPerUsed: share(verified, used),
    branches,
    trajectories,
    moves,
  };
}

type Trading = Pick<Report, 'orders' | 'position' | 'pnl' | 'accounts' | 'slippage'>;

function tradingOf(
  { gateway, instruments }: Findings,
  { countedElsewhere }: ReportContext,
): Trading {
  if (gateway === undefined) {
    invariant(countedElsewhere !== undefined, 'a gateway that is not here is somewhere else');
    return tradingElsewhere(countedElsewhere, instruments);
  }
  const { counts, config } = gateway;
  const accounts = accountsOf(gateway);
  return {
    orders: { countedElsewhere: null, ...counts, refused: known(counts.refused) },
    position: Object.fromEntries(
      config.instruments.map(({ symbol }, at) => [symbol, netPositionLots(gateway, at)]),
    ),
    pnl: profits(gateway),
    ...(accounts === undefined ? undefined : { accounts }),
    slippage: Object.fromEntries(
      instruments.map(one => [one.instrument.symbol, slippageOf(one)] as const),
    ),
  };
}

/** The same fields, none of them a zero that could be taken for a count. */
function tradingElsewhere(
  countedElsewhere: string,
  instruments: readonly InstrumentFindings[],
): Trading {
  const orders = { sent: null, acked: null, filled: null, partiallyFilled: null, cancelled: null };
  const rest = { replaced: null, rejected: null, refused: null, notSent: null, outOfStep: null };
  const interval = { lowHalfIncrements: null, highHalfIncrements: null };
  const slippage = { parents: null, unfilled: null, meanHalfIncrements: null, ...interval };
  const terms = instruments.map(({ instrument }) => instrument);
  return {
    orders: { countedElsewhere, ...orders, ...rest },
    position: Object.fromEntries(terms.map(({ symbol }) => [symbol, null])),
    pnl: Object.fromEntries(terms.map(({ quoteCurrency }) => [quoteCurrency, null])),
    slippage: Object.fromEntries(terms.map(({ symbol }) => [symbol, slippage])),
  };
}

function profits({ desks }: GatewayState): Report['pnl'] {
  const holdings = desks.map(({ holding }) => holding);
  const currencies = new Set(holdings.map(({ instrument }) => instrument.quoteCurrency));
  return Object.fromEntries(
    [...currencies].map(currency => {
      const nanos = profitNanos(holdings, currency);
      return [currency, Number(nanos) / NANOS_PER_UNIT];
    }),
  );
}

function slippageOf({ slippage, unfilled }: InstrumentFindings): Report['slippage'][string] {
  const { count: parents = 0, mean, margin } = slippage ?? {};
  const isKnown = mean !== undefined && margin !== undefined;
  return {
    parents,
    unfilled,
    meanHalfIncrements: mean ?? null,
    lowHalfIncrements: isKnown ? mean - margin : null,
    highHalfIncrements: isKnown ? mean + margin : null,
  };
}

function calibrationOf(
  { instrument, coverage }: InstrumentFindings,
  moves: number,
): Report['calibration'] {
  const row = (move: number, { forecasts, inside50, inside90 }: Coverage) => ({
    instrument: instrument.symbol,
    move,
    forecasts,
    inside50: share(inside50, forecasts),
    inside90: share(inside90, forecasts),
  });
  return moves === 1
    ? [row(1, coverage.first)]
    : [row(1, coverage.first), row(moves, coverage.last)];
}

const share = (part: number, whole: number) => (whole === 0 ? null : part / whole);

function known(counts: Partial<Record<string, number>>): Record<string, number> {
  const entries = Object.entries(counts).flatMap(([name, n]) =>
    n === undefined ? [] : [[name, n]],
  );
  return Object.fromEntries(entries) as Record<string, number>;
}
