/** Thresholds as k6 writes them: `tick-to-provisional{stage:burst}: [p(99) < 20ms, max < 1s]`. */
import type { Nanoseconds } from '#engine';
import { isMetric, METRICS, type MetricKind, type MetricName } from '../measure/metric.ts';
import { parseDuration } from './duration.ts';

export type Aggregate =
  | { kind: 'percentile'; percent: number }
  | { kind: 'min' | 'max' | 'avg' | 'count' | 'rate' };

export type Comparison = '<' | '<=' | '>' | '>=' | '==' | '!=';

export type Threshold = {
  metric: MetricName;
  /** Only values of this load stage count. */
  stage: string | undefined;
  aggregate: Aggregate;
  comparison: Comparison;
  /** Nanoseconds for a trend, a share for a rate, a count or a count a second for a counter. */
  limit: number | Nanoseconds;
  /** As the file has it. */
  text: string;
};

/** What may be asked of a kind of metric. */
const ALLOWED: Readonly<Record<MetricKind, string>> = {
  trend: 'p(N), med, min, max, avg or count',
  rate: 'rate',
  counter: 'count or rate (a second)',
};

const SUBJECT = /^([a-z-]+)(?:\{stage:([a-z0-9-]+)\})?$/;
const EXPRESSION = /^(p\((\d{1,3}(?:\.\d{1,4})?)\)|[a-z]+) *(<=|>=|==|!=|<|>) *([\d.]+[a-z%]*)$/;

/** The threshold, or in words what is wrong with it. */
export function parseThreshold(subject: string, expression: string): Threshold | string {
  const [, metric = '', stage] = SUBJECT.exec(subject) ?? [];
  if (!isMetric(metric)) {
    return `${subject}: no metric; known are ${Object.keys(METRICS).join(', ')}`;
  }
  const [, name = '', percent, comparison, given = ''] = EXPRESSION.exec(expression) ?? [];
  if (comparison === undefined) {
    return 'write AGGREGATE < LIMIT, such as p(99) < 20ms';
  }
  const { kind } = METRICS[metric];
  const aggregate = parseAggregate(kind, name, percent);
  if (aggregate === undefined) return `${name}: ${metric} is a ${kind}; ask for ${ALLOWED[kind]}`;
  const limit = parseLimit(kind, aggregate, given);
  if (limit === undefined) {
    const isTime = kind === 'trend' && aggregate.kind !== 'count';
    return `${given}: give ${isTime ? 'a time such as 20ms' : 'a number'}`;
  }
  const text = `${subject} ${expression}`;
  return { metric, stage, aggregate, comparison: comparison as Comparison, limit, text };
}

function parseAggregate(
  kind: MetricKind,
  name: string,
  percent: string | undefined,
): Aggregate | undefined {
  if (kind === 'rate') return name === 'rate' ? { kind: 'rate' } : undefined;
  if (kind === 'counter') return name === 'count' || name === 'rate' ? { kind: name } : undefined;
  if (percent !== undefined) {
    return Number(percent) <= 100 ? { kind: 'percentile', percent: Number(percent) } : undefined;
  }
  switch (name) {
    case 'med':
      return { kind: 'percentile', percent: 50 };
    case 'min':
    case 'max':
    case 'avg':
    case 'count':
      return { kind: name };
    default:
      return undefined;
  }
}

function parseLimit(kind: MetricKind, aggregate: Aggregate, given: string): number | undefined {
  if (kind === 'trend' && aggregate.kind !== 'count') return parseDuration(given);
  const [, number, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(given) ?? [];
  if (number === undefined) return undefined;
  return percent === '%' ? Number(number) / 100 : Number(number);
}
