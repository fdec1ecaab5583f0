/** A scenario of a group of edges, in place of a run: ticks come, edges are lost and come back. */
import { z } from 'zod';
import { duration, name, someTime, stage } from './fields.ts';
import type { Threshold } from './threshold.ts';
import { checkThresholds, thresholdsOf } from './threshold-fields.ts';
import { checked, hasField, type Yaml } from './yaml.ts';

const fault = z.strictObject({
  /** Since the ticks began; later where the group is not whole again by then. */
  at: duration,
  /** How long after others went on it stays away. */
  for: someTime,
  /** The one that has most partitions. */
  target: z.literal('edge'),
  /**
   * SIGKILL; SIGTERM; SIGSTOP until it is undone; SIGKILL together with a broker that leads its
   * ticks, or the one that coordinates the group.
   */
  kind: z.enum(['kill', 'leave', 'stop', 'with-leader', 'with-coordinator']),
});

const milliseconds = someTime.transform(ns => ns / 1e6);

const edges = z.strictObject({
  /** Processes of the group. */
  members: z.int().min(2).max(8).default(2),
  /** After this long without a sign of life an edge's instruments go to others. */
  session: milliseconds.default(6_000),
});

const invariants = z.strictObject({
  /** Each tick was taken once, in order, by what `edge-state` says; no forecast settled twice. */
  ticksTakenOnce: z.literal(true),
  /** From the signal until a reader has a tick of each partition that was lost. */
  goesOnWithin: someTime.optional(),
});

const schema = z
  .strictObject({
    name,
    about: z.string().min(1).max(500),
    seed: z.int().min(0).default(1),
    brokers: z.union([z.literal(1), z.literal(3)]).default(1),
    edges,
    /** Ticks a second. */
    load: z.array(stage).length(1),
    faults: z.array(fault).min(1).max(100),
    invariants,
    thresholds: z.record(z.string(), z.array(z.string()).min(1).max(20)).default({}),
  })
  .superRefine(checkTogether);

type Read = z.output<typeof schema>;
export type EdgeFault = Read['faults'][number];
export type EdgeScenario = Omit<Read, 'thresholds'> & { thresholds: Threshold[] };

function checkTogether(read: Read, context: z.RefinementCtx): void {
  const issue = (path: (string | number)[], message: string) =>
    context.addIssue({ code: 'custom', path, message });
  for (const [at, one] of read.faults.entries()) {
    if (one.kind.startsWith('with-') && read.brokers !== 3) {
      issue(['faults', at, 'kind'], 'nothing goes on without it: set brokers: 3');
    }
    const isEarly = at > 0 && one.at < read.faults[at - 1]!.at;
    if (isEarly) issue(['faults', at, 'at'], 'is before the fault above: put them in order');
  }
  checkThresholds(read, issue);
}

/** Of a file with `edges`. Throws `bad-config` with a line for each problem. */
export function edgeScenarioOf(source: Yaml): EdgeScenario {
  const read = checked(source, schema);
  return { ...read, thresholds: thresholdsOf(read) };
}

export const isEdgeScenario = (source: Yaml): boolean => hasField(source, 'edges');
