/** `result.json`: the verdict of a scenario with the figures it rests on, version 1. */
import { z } from 'zod';

/** Process exit statuses; what is worse goes before: harness, invariant, threshold. */
export const EXIT = {
  passed: 0,
  'invariant-broken': 98,
  'threshold-missed': 99,
  'bad-file': 104,
  'harness-error': 107,
} as const;

export type Outcome = keyof typeof EXIT;

const count = z.int().min(0);
const seconds = z.number();
/** In the unit of its metric: ns, a share, a count, or a count a second; null: of nothing. */
const value = z.number().nullable();

export const resultSchema = z.object({
  version: z.literal(1),
  scenario: z.string(),
  about: z.string(),
  file: z.string(),
  seed: count,
  /** Times of load and faults were this many times those of the file. */
  scale: z.number().positive(),
  outcome: z.enum(['passed', 'invariant-broken', 'threshold-missed', 'harness-error']),
  exitStatus: count,
  /** Why the harness gave up. */
  error: z.string().nullable(),
  /** ISO 8601. */
  startedAt: z.string(),
  /** From the first tick on. */
  lengthSeconds: seconds,
  stages: z.array(
    z.object({ name: z.string(), rate: z.number(), fromSeconds: seconds, toSeconds: seconds }),
  ),
  faults: z.array(
    z.object({
      target: z.string(),
      kind: z.string(),
      /** Null where it never came to it. */
      injectedSeconds: seconds.nullable(),
      undoneSeconds: seconds.nullable(),
    }),
  ),
  invariants: z.array(
    z.object({
      name: z.string(),
      claim: z.string(),
      holds: z.boolean(),
      /** How many things were looked at. */
      checked: count,
      broken: count,
      /** The first of them, in words. */
      violations: z.array(z.string()),
    }),
  ),
  thresholds: z.array(
    z.object({
      text: z.string(),
      isMet: z.boolean(),
      observed: value,
      limit: z.number(),
      values: count,
    }),
  ),
  metrics: z.record(
    z.string(),
    z.object({
      kind: z.enum(['trend', 'rate', 'counter']),
      about: z.string(),
      count,
      rate: value,
      min: value,
      avg: value,
      med: value,
      p90: value,
      p99: value,
      max: value,
    }),
  ),
  machine: z.object({ cpu: z.string(), cores: count, node: z.string() }),
});

export type Result = z.output<typeof resultSchema>;
