/** A scenario of a group over topics, in place of the desk: load, faults, what must hold. */
import { z } from 'zod';
import { duration, killed, name, someTime, stage } from './fields.ts';
import type { Threshold } from './threshold.ts';
import { checkThresholds, thresholdsOf } from './threshold-fields.ts';
import { checked, hasField, type Yaml } from './yaml.ts';

const moment = {
  /** Since the load began. */
  at: duration,
  /** How long; then it is undone. */
  for: someTime,
};

const ofMembers = { ...moment, target: z.literal('members') };
const ofSource = { ...moment, target: z.literal('source') };
const spoilt = { share: z.number().min(0).max(1), by: someTime };

const fault = z.discriminatedUnion('target', [
  /**
   * All but the first are killed, stopped past their session or sent away, each for itself, and
   * come back, again and again.
   */
  z.strictObject({ ...ofMembers, kind: z.literal('storm') }),
  /** The node that leads the first key's records. */
  z.strictObject({ ...moment, target: z.literal('broker'), kind: killed }),
  z.discriminatedUnion('kind', [
    /** Records carry a time before that of their sending: each less than `by`, or by all of it. */
    z.strictObject({ ...ofSource, kind: z.literal('disorder'), ...spoilt }),
    z.strictObject({ ...ofSource, kind: z.literal('late'), ...spoilt }),
    /** The clock of their sender is ahead. */
    z.strictObject({ ...ofSource, kind: z.literal('ahead'), ...spoilt }),
  ]),
]);

const milliseconds = someTime.transform(ns => ns / 1e6);

const streams = z.strictObject({
  /** Processes of the group. */
  members: z.int().min(1).max(8),
  partitions: z.int().min(1).max(64),
  /** The first is the hot one. */
  keys: z.int().min(2).max(1_000),
  /** Share of the load that has the first key; in a stage of that name alone, where one is. */
  hot: z
    .strictObject({ share: z.number().min(0).max(1), stage: name.optional() })
    .default({ share: 0 }),
  /** Of a bar, in event time; how long after its end it takes records. */
  window: milliseconds,
  lateness: milliseconds,
  /** How far behind the latest of its partition a record may be, ahead of the clock. */
  outOfOrder: milliseconds,
  ahead: milliseconds,
  /** What a record costs a member. */
  work: z
    .string()
    .regex(/^\d+us$/, 'give microseconds: 200us')
    .transform(Number.parseFloat)
    .default(0),
  /** After this long without a sign of life a member's tasks go to others. */
  session: milliseconds.default(6_000),
});

const invariants = z.strictObject({
  /** Each record changed its bar once, or is among the late or dead ones; none is missing. */
  barsExact: z.literal(true),
  /** While records wait there is never a longer time without a result. */
  resultSilenceAtMost: someTime.optional(),
  /** From sending to result, of every record of the partitions without the hot key. */
  othersWithin: someTime.optional(),
  /** Records of one of those partitions that wait. */
  othersLagAtMost: z.int().positive().optional(),
  /** So long after the hot stage its key has its results within two seconds again. */
  hotAgainWithin: someTime.optional(),
});

const schema = z
  .strictObject({
    name,
    about: z.string().min(1).max(500),
    seed: z.int().min(0).default(1),
    brokers: z.union([z.literal(1), z.literal(3)]).default(1),
    streams,
    load: z.array(stage).min(1).max(100),
    faults: z.array(fault).max(100).default([]),
    invariants,
    thresholds: z.record(z.string(), z.array(z.string()).min(1).max(20)).default({}),
  })
  .superRefine(checkTogether);

type Read = z.output<typeof schema>;
export type StreamFault = Read['faults'][number];
export type StreamScenario = Omit<Read, 'thresholds'> & { thresholds: Threshold[] };

function checkTogether(read: Read, context: z.RefinementCtx): void {
  const issue = (path: (string | number)[], message: string) =>
    context.addIssue({ code: 'custom', path, message });
  const totalNs = read.load.reduce((total, { for: ns }) => total + ns, 0);
  for (const [at, one] of read.faults.entries()) {
    const isLong = one.at + one.for > totalNs;
    if (isLong) issue(['faults', at], 'ends after the load: add load, or begin earlier');
    if (one.target === 'broker' && read.brokers !== 3) {
      issue(['faults', at, 'target'], 'nothing goes on without it: set brokers: 3');
    }
    if (one.kind === 'storm' && read.streams.members < 2) {
      issue(['faults', at, 'kind'], 'the first member stays: give two or more');
    }
  }
  const { stage: hot } = read.streams.hot;
  if (hot !== undefined && !read.load.some(one => one.name === hot)) {
    issue(['streams', 'hot', 'stage'], 'no load stage has this name');
  }
  if (read.invariants.hotAgainWithin !== undefined && hot === undefined) {
    issue(['invariants', 'hotAgainWithin'], 'there is no end of it: set streams.hot.stage');
  }
  checkThresholds(read, issue);
}

/** Of a file with `streams`. Throws `bad-config` with a line for each problem. */
export function streamScenarioOf(source: Yaml): StreamScenario {
  const read = checked(source, schema);
  return { ...read, thresholds: thresholdsOf(read) };
}

export const isStreamScenario = (source: Yaml): boolean => hasField(source, 'streams');
