/** The stretches of a tick's way that are timed, and what is said of each. */

/** Parts of the way, then ends to ends; percentiles of parts do not add up to those of ends. */
export const SEGMENTS = [
  'ingest',
  /** From thread to thread, a part of `ingest`: waiting, no work. */
  'hop',
  /** By way of Kafka, from the call that published to the delivery; a part of `ingest` too. */
  'topic',
  'features',
  'draft',
  'verify',
  /** The verifier's own work on a request, a part of `verify`. */
  'service',
  'decide',
  'risk',
  'encode',
  'tick-to-provisional',
  'tick-to-verified-hit',
  'tick-to-verified-miss',
  'tick-to-order',
  'order-to-ack',
] as const;

export type Segment = (typeof SEGMENTS)[number];

/** Nanoseconds, but for the count. A percentile with fewer than 100 values beyond it is weak. */
export type LatencySummary = {
  count: number;
  p50: number;
  p90: number;
  p99: number;
  p999: number;
  p9999: number;
  max: number;
};

export const isSegment = (name: string): name is Segment =>
  (SEGMENTS as readonly string[]).includes(name);
