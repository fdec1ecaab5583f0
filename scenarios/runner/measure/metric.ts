/** What a scenario measures: raw values, each with its moment; nothing is averaged first. */
import type { Nanoseconds } from '#engine';

/** `atNs`: since the feed began. A trend's value is in ns, a rate's 0 or 1, a counter's 1. */
export type Sample = { atNs: Nanoseconds; value: number };

export type MetricKind = 'trend' | 'rate' | 'counter';

/** By name: its kind, and what one value stands for. */
export const METRICS = {
  ingest: { kind: 'trend', about: 'a batch of ticks: from when it was due until the edge took it' },
  'tick-to-provisional': {
    kind: 'trend',
    about: 'a move that missed: from when its tick was due until it was drafted',
  },
  'tick-to-verified-hit': {
    kind: 'trend',
    about: 'a move that hit: from when its tick was due until its forecast was taken',
  },
  'tick-to-verified-miss': { kind: 'trend', about: 'a move that missed: until its verdict' },
  'order-tick-age': { kind: 'trend', about: 'a new or replaced order: age of the tick behind it' },
  'verified-return': {
    kind: 'trend',
    about: 'a fault: from its end to the next verified forecast',
  },
  'order-return': { kind: 'trend', about: 'a fault: from its end to the next order message' },
  takeover: {
    kind: 'trend',
    about: 'a node of a pair fails: until a new order of the other is acknowledged',
  },
  'edge-takeover': {
    kind: 'trend',
    about: 'an edge dies or stands still: until a tick of each of its partitions is committed',
  },
  'edge-leave': { kind: 'trend', about: 'the same of an edge that leaves in order' },
  'kill-to-last-order': {
    kind: 'trend',
    about: 'a kill: from its request to the last order on the wire, 0 where none followed',
  },
  result: {
    kind: 'trend',
    about: 'a record of a group, not of the hot partition: from its sending to its result',
  },
  'hot-result': {
    kind: 'trend',
    about: 'the same of the hot key, and of those that share its partition',
  },
  hits: { kind: 'rate', about: 'a forecast after a move: whether it was verified before the move' },
  verified: { kind: 'rate', about: 'a move with a forecast: whether a verified one came in time' },
  ticks: { kind: 'counter', about: 'a tick that the edge took' },
  moves: { kind: 'counter', about: 'a move that got a forecast' },
  late: { kind: 'counter', about: 'a move whose deadline passed' },
  gaps: { kind: 'counter', about: 'an epoch that the edge opened because its feed was lost' },
  orders: { kind: 'counter', about: 'a new order at the venue' },
  changes: { kind: 'counter', about: 'a replace or a cancel at the venue' },
  fills: { kind: 'counter', about: 'a fill that the venue reported' },
  'late-records': { kind: 'counter', about: 'a record that came too late for its bar' },
  'dead-letters': { kind: 'counter', about: 'a record that could not be used' },
  rebalances: { kind: 'counter', about: 'a sharing-out of the tasks of a group' },
  'member-failures': { kind: 'counter', about: 'a member that was killed, stopped or sent away' },
  rejects: { kind: 'counter', about: 'an order or change that the venue rejected' },
} as const satisfies Record<string, { kind: MetricKind; about: string }>;

export type MetricName = keyof typeof METRICS;

export type Measured = Readonly<Record<MetricName, readonly Sample[]>>;

export const isMetric = (name: string): name is MetricName => Object.hasOwn(METRICS, name);

/** Metrics without a value, to be filled. */
export function emptyMeasured(): Record<MetricName, Sample[]> {
  const names = Object.keys(METRICS) as MetricName[];
  return Object.fromEntries(names.map(name => [name, [] as Sample[]])) as Record<
    MetricName,
    Sample[]
  >;
}
