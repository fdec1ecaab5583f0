/** Steps of a scenario: what operators type and do, one after another, and what must be seen. */
import { z } from 'zod';
import { type Nanoseconds, SECOND_NS } from '#engine';
import { parseDuration } from './duration.ts';

/** A step that does not say how long it may take. */
const WITHIN_NS = 20 * SECOND_NS;
const WITHIN_NS_MAX = 300 * SECOND_NS;

const duration = z.string().transform((text, context): Nanoseconds => {
  const ns = parseDuration(text);
  if (ns !== undefined && ns > 0 && ns <= WITHIN_NS_MAX) return ns;
  context.addIssue({ code: 'custom', message: 'give a time of up to 5m: 500ms, 20s, 2m' });
  return z.NEVER;
});

const pattern = z
  .string()
  .max(400)
  .refine(isPattern, 'give a regular expression')
  .transform(text => new RegExp(text, 'm'));

const name = z.string().regex(/^[a-z0-9-]{1,40}$/, 'give lower case letters, digits and hyphens');
/** `RUNBOOK/STEP`, a file of docs/runbooks and a number in it. */
const runbookStep = z.string().regex(/^[a-z-]{1,40}\/\d{1,2}$/, 'give RUNBOOK/STEP: stuck-order/3');
export const runbookSteps = z.array(runbookStep).max(10).default([]);

/** Processes that a step acts on; A and B are the nodes of a pair. */
const PROCESSES = [
  ...(['venue', 'second-venue', 'venue-link', 'gateway', 'witness'] as const),
  ...(['run', 'A', 'B'] as const),
] as const;
export type StepProcess = (typeof PROCESSES)[number];

const ACTS = [
  ...(['outrider', 'reads', 'log', 'telephone', 'stop', 'go-on', 'kill', 'end', 'start'] as const),
  ...(['orders', 'quiet'] as const),
];

const shape = z.strictObject({
  name,
  /** Steps of runbooks that this is. */
  does: runbookSteps,
  /** A command line, as an operator types it behind `outrider`; docs/scenarios.md has $NAMES. */
  outrider: z.string().min(1).max(1000).optional(),
  /** Its exit status. */
  exit: z.int().min(0).max(255).default(0),
  /** What it prints. */
  says: pattern.optional(),
  /** Text for later command lines: the first group of an expression, by $NAME. */
  keep: z.record(z.string().regex(/^[A-Z]{2,20}$/, 'give capital letters'), pattern).default({}),
  /** SIGSTOP, SIGCONT, SIGKILL, SIGTERM; a process that is there again where it was. */
  stop: z.enum(PROCESSES).optional(),
  'go-on': z.enum(PROCESSES).optional(),
  kill: z.enum(PROCESSES).optional(),
  end: z.enum(PROCESSES).optional(),
  start: z.enum(PROCESSES).optional(),
  /** Further parameters of what is started. */
  with: z.string().max(400).default(''),
  /** So many new orders reach the venue, or the second one. */
  orders: z.int().min(1).max(1000).optional(),
  at: z.enum(['venue', 'second-venue']).default('venue'),
  /** A file: what is in it is what it says. */
  reads: z.string().max(400).optional(),
  /** Of a gateway that is not there: kept aside, lost, or again what was kept. */
  log: z.enum(['keep', 'lose', 'restore']).optional(),
  /**
   * The venue's desk is called: `refuse-cancels`, `take-cancels`, `cancel ID`,
   * `overfill ID`, `overfill-next`.
   */
  telephone: z.string().max(100).optional(),
  /** No new or replacing order reaches any venue for so long. */
  quiet: duration.optional(),
  /** `outrider`: typed again until it says so; the others: how long they may take [20s]. */
  within: duration.optional(),
});

export const stepSchema = shape.transform((given, context) => {
  const acts = ACTS.filter(act => given[act] !== undefined);
  if (acts.length === 1) return { ...given, act: actOf(given) };
  context.addIssue({ code: 'custom', message: `give one of ${ACTS.join(', ')}` });
  return z.NEVER;
});

type Shape = z.output<typeof shape>;
export type Step = Shape & { act: StepAct };

export type StepAct =
  | { kind: 'type'; line: string; repeatNs: Nanoseconds }
  | { kind: 'stop' | 'go-on' | 'kill' | 'end' | 'start'; process: StepProcess; withinNs: number }
  | { kind: 'read'; file: string; repeatNs: Nanoseconds }
  | { kind: 'log'; what: 'keep' | 'lose' | 'restore' }
  | { kind: 'telephone'; call: string }
  | { kind: 'orders'; count: number; withinNs: Nanoseconds }
  | { kind: 'quiet'; ns: Nanoseconds };

function actOf(given: Shape): StepAct {
  const { outrider, reads, log, telephone, orders, quiet, within } = given;
  const withinNs = within ?? WITHIN_NS;
  if (outrider !== undefined) return { kind: 'type', line: outrider, repeatNs: within ?? 0 };
  if (reads !== undefined) return { kind: 'read', file: reads, repeatNs: within ?? 0 };
  if (log !== undefined) return { kind: 'log', what: log };
  if (telephone !== undefined) return { kind: 'telephone', call: telephone };
  if (orders !== undefined) return { kind: 'orders', count: orders, withinNs };
  if (quiet !== undefined) return { kind: 'quiet', ns: quiet };
  for (const kind of ['stop', 'go-on', 'kill', 'end', 'start'] as const) {
    const process = given[kind];
    if (process !== undefined) return { kind, process, withinNs };
  }
  throw new TypeError('a step has an act');
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}
