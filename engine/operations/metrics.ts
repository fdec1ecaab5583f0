/** What a process tells Prometheus: values that are read when somebody asks for them. */

import {
  Counter,
  collectDefaultMetrics,
  Gauge,
  Histogram,
  type Metric,
  Registry,
} from 'prom-client';

export type Metrics = {
  /** All of it in Prometheus' text format. */
  text(): Promise<string>;
  readonly contentType: string;
  /** A value a set of labels, read at each scrape: nothing is done for it in between. */
  gauge(options: PulledOptions): void;
  /** As `gauge`, for sums that only grow. */
  total(options: PulledOptions): void;
  /** As `total`, for a distribution that is counted elsewhere. */
  histogram(options: PulledHistogramOptions): void;
  counter(options: MetricOptions): Count;
  /** Of seconds, in buckets from 0.1 ms to 60 s. */
  seconds(options: MetricOptions): Observe;
};

export type MetricOptions = {
  /** `outrider_...`, with the unit at its end. */
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
};

export type MetricValue = {
  readonly labels?: Readonly<Record<string, string>>;
  /** One that is not finite is left out. */
  readonly value: number;
};

export type PulledOptions = MetricOptions & { read(): readonly MetricValue[] };

export type PulledDistribution = {
  readonly labels: Readonly<Record<string, string>>;
  /** Bounds, ascending, in the unit of the name, with how many values are at or below each. */
  readonly buckets: readonly { readonly atMost: number; readonly count: number }[];
  readonly count: number;
  readonly sum: number;
};

type PulledHistogramOptions = MetricOptions & { read(): readonly PulledDistribution[] };

export type Count = (labels: Readonly<Record<string, string>>, by?: number) => void;
export type Observe = (labels: Readonly<Record<string, string>>, seconds: number) => void;

const SECONDS_BUCKETS = [...[0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 60]];

/** A registry of its own, with what Node says of the process. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  return {
    text: () => registry.metrics(),
    contentType: registry.contentType,
    gauge: options => void new Gauge({ ...pulled(options), registers }),
    total({ read, ...options }) {
      const { labels = [], ...named } = options;
      new Counter({
        ...{ ...named, labelNames: labels, registers },
        collect() {
          this.reset();
          for (const each of finite(read())) this.inc({ ...each.labels }, each.value);
        },
      });
    },
    histogram: options => registry.registerMetric(pulledHistogram(options) as unknown as Metric),
    counter({ labels = [], ...named }) {
      const counter = new Counter({ ...named, labelNames: labels, registers });
      return (of, by = 1) => counter.inc({ ...of }, by);
    },
    seconds({ labels = [], ...named }) {
      const options = { ...named, labelNames: labels, registers, buckets: SECONDS_BUCKETS };
      const histogram = new Histogram(options);
      return (of, seconds) => histogram.observe({ ...of }, seconds);
    },
  };
}

function pulled({ read, labels = [], ...named }: PulledOptions) {
  return {
    ...named,
    labelNames: labels,
    collect(this: Gauge) {
      // What is gone, a task that moved away, must not stay with its last value.
      this.reset();
      if (labels.length === 0) this.remove();
      for (const each of finite(read())) this.set({ ...each.labels }, each.value);
    },
  };
}

/** `prom-client` counts distributions itself; of others it takes what its own answers look like. */
function pulledHistogram({ read, name, help }: PulledHistogramOptions) {
  const valuesOf = ({ labels, buckets, count, sum }: PulledDistribution) => [
    ...[...buckets, { atMost: '+Inf', count }].map(({ atMost, count: value }) => ({
      ...{ metricName: `${name}_bucket`, labels: { le: atMost, ...labels }, value },
    })),
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: count },
  ];
  const get = async () => ({ name, help, type: 'histogram', values: read().flatMap(valuesOf) });
  return { name, get, reset() {} };
}

const finite = (values: readonly MetricValue[]) =>
  values.filter(({ value }) => Number.isFinite(value));
