/** Judges a threshold on raw values: exact percentiles of all of them, never of summaries. */
import { type Nanoseconds, SECOND_NS } from '#engine';
import type { Aggregate, Comparison, Threshold } from '../file/threshold.ts';
import { METRICS, type Measured, type MetricName, type Sample } from './metric.ts';

/** A load stage as it was, in nanoseconds since the feed began. */
export type Span = { name: string; fromNs: Nanoseconds; toNs: Nanoseconds };

export type JudgedThreshold = {
  threshold: Threshold;
  /** Undefined where there was no value to judge: the threshold is missed. */
  observed: number | undefined;
  /** Values judged. */
  values: number;
  isMet: boolean;
};

export function judgeThreshold(
  threshold: Threshold,
  measured: Measured,
  { stages, lengthNs }: { stages: readonly Span[]; lengthNs: Nanoseconds },
): JudgedThreshold {
  const spans = stages.filter(({ name }) => name === threshold.stage);
  const isInside = ({ atNs }: Sample) =>
    threshold.stage === undefined ||
    spans.some(({ fromNs, toNs }) => atNs >= fromNs && atNs < toNs);
  const samples = measured[threshold.metric].filter(isInside);
  const timeNs =
    threshold.stage === undefined
      ? lengthNs
      : spans.reduce((total, { fromNs, toNs }) => total + toNs - fromNs, 0);
  const observed = aggregateOf(threshold.metric, threshold.aggregate, { samples, timeNs });
  const isMet = observed !== undefined && holds(observed, threshold.comparison, threshold.limit);
  return { threshold, observed, values: samples.length, isMet };
}

/** Undefined for an aggregate of nothing; a count of nothing is 0. */
export function aggregateOf(
  metric: MetricName,
  aggregate: Aggregate,
  { samples, timeNs }: { samples: readonly Sample[]; timeNs: Nanoseconds },
): number | undefined {
  const isCounter = METRICS[metric].kind === 'counter';
  if (aggregate.kind === 'count') return samples.length;
  if (isCounter) return timeNs > 0 ? (samples.length * SECOND_NS) / timeNs : undefined;
  if (samples.length === 0) return undefined;
  const values = samples.map(({ value }) => value);
  switch (aggregate.kind) {
    case 'percentile':
      return percentileOf(values, aggregate.percent);
    case 'min':
      return values.reduce((a, b) => Math.min(a, b));
    case 'max':
      return values.reduce((a, b) => Math.max(a, b));
    case 'avg':
    case 'rate':
      return values.reduce((a, b) => a + b, 0) / values.length;
  }
}

/** The nearest rank: the smallest value that at least so many percent do not exceed. */
export function percentileOf(values: readonly number[], percent: number): number {
  const sorted = Float64Array.from(values).sort();
  const rank = Math.ceil((percent / 100) * sorted.length);
  return sorted[Math.max(0, rank - 1)]!;
}

function holds(observed: number, comparison: Comparison, limit: number): boolean {
  switch (comparison) {
    case '<':
      return observed < limit;
    case '<=':
      return observed <= limit;
    case '>':
      return observed > limit;
    case '>=':
      return observed >= limit;
    case '==':
      return observed === limit;
    case '!=':
      return observed !== limit;
  }
}
