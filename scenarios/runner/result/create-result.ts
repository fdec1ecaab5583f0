/** Puts the result together: of a scenario that was judged, and of one that could not be. */
import { availableParallelism, cpus } from 'node:os';
import { type Nanoseconds, SECOND_NS } from '#engine';
import type { Scenario } from '../file/scenario.ts';
import { aggregateOf } from '../measure/judge-threshold.ts';
import { METRICS, type Measured, type MetricName } from '../measure/metric.ts';
import type { PlayedFault } from '../play/faults.ts';
import type { Played } from '../play/play.ts';
import type { Verdict } from '../verdict.ts';
import { EXIT, type Outcome, type Result } from './result.ts';

/** What a result says of its scenario. */
export type ResultHead = {
  scenario: Pick<Scenario, 'name' | 'about' | 'seed' | 'load'>;
  file: string;
  scale: number;
  startedAt: string;
};

/** When it was, and what became of its faults; times on the clock of the harness. */
export type PlayedTimes = Pick<Played, 'beginNs' | 'endNs'> & {
  faults: readonly (Pick<PlayedFault, 'injectedNs' | 'undoneNs'> & {
    fault: { target: string; kind: string };
  })[];
};

/** Violations written out; further ones are counted. */
const VIOLATIONS_MAX = 50;

export function createResult(head: ResultHead, played: PlayedTimes, verdict: Verdict): Result {
  const { beginNs, endNs } = played;
  const since = (ns: Nanoseconds | undefined) =>
    ns === undefined ? null : (ns - beginNs) / SECOND_NS;
  const lengthNs = endNs - beginNs;
  return {
    ...headOf(head, outcomeOf(verdict), null),
    lengthSeconds: lengthNs / SECOND_NS,
    faults: played.faults.map(({ fault: { target, kind }, injectedNs, undoneNs }) => ({
      ...{ target, kind },
      injectedSeconds: since(injectedNs),
      undoneSeconds: since(undoneNs),
    })),
    invariants: verdict.invariants.map(({ name, claim, checked, violations }) => ({
      ...{ name, claim, holds: violations.length === 0, checked, broken: violations.length },
      violations: violations.slice(0, VIOLATIONS_MAX),
    })),
    thresholds: verdict.thresholds.map(({ threshold, observed, values, isMet }) => ({
      ...{ text: threshold.text, isMet, observed: observed ?? null },
      ...{ limit: threshold.limit, values },
    })),
    metrics: metricsOf(verdict.measured, lengthNs),
  };
}

/** What the harness could not finish. */
export function failedResult(head: ResultHead, error: string): Result {
  return {
    ...headOf(head, 'harness-error', error),
    ...{ lengthSeconds: 0, faults: [], invariants: [], thresholds: [], metrics: {} },
  };
}

function outcomeOf({ invariants, thresholds }: Verdict): Result['outcome'] {
  if (invariants.some(({ violations }) => violations.length > 0)) return 'invariant-broken';
  return thresholds.some(({ isMet }) => !isMet) ? 'threshold-missed' : 'passed';
}

function headOf(
  { scenario, file, scale, startedAt }: ResultHead,
  outcome: Exclude<Outcome, 'bad-file'>,
  error: string | null,
) {
  let fromSeconds = 0;
  const stages = scenario.load.map(({ name, for: lengthNs, rate }, at) => {
    const toSeconds = fromSeconds + lengthNs / SECOND_NS;
    const stage = { name: name ?? `stage ${at + 1}`, rate, fromSeconds, toSeconds };
    fromSeconds = toSeconds;
    return stage;
  });
  return {
    ...{ version: 1 as const, scenario: scenario.name, about: scenario.about, file },
    ...{ seed: scenario.seed, scale, outcome, exitStatus: EXIT[outcome], error, startedAt, stages },
    machine: {
      cpu: cpus()[0]?.model.trim() ?? 'unknown',
      cores: availableParallelism(),
      node: process.versions.node,
    },
  };
}

function metricsOf(measured: Measured, timeNs: Nanoseconds): Result['metrics'] {
  const names = Object.keys(METRICS) as MetricName[];
  return Object.fromEntries(
    names.map(name => {
      const samples = measured[name];
      const { kind, about } = METRICS[name];
      const isTrend = kind === 'trend';
      const of = (aggregate: Parameters<typeof aggregateOf>[1]) =>
        aggregateOf(name, aggregate, { samples, timeNs }) ?? null;
      const trend = (aggregate: Parameters<typeof aggregateOf>[1]) =>
        isTrend ? of(aggregate) : null;
      const percentile = (percent: number) => trend({ kind: 'percentile', percent });
      return [
        name,
        {
          ...{ kind, about, count: samples.length, rate: isTrend ? null : of({ kind: 'rate' }) },
          ...{ min: trend({ kind: 'min' }), avg: trend({ kind: 'avg' }) },
          ...{ med: percentile(50), p90: percentile(90), p99: percentile(99) },
          max: trend({ kind: 'max' }),
        },
      ];
    }),
  );
}
