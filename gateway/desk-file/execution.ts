/** How a strategy's wishes become orders, as a desk file says it; formulas in docs/gateway.md. */
import { z } from 'zod';
import { MILLISECOND_NS, SECOND_NS } from '#engine';
import type { ExecutionPolicy, Slicing } from '../execution/policy.ts';

const LOTS_MAX = 1_000_000_000;
const DAY_SECONDS = 86_400;
const HOUR_MS = 3_600_000;

const lots = z.int().min(1).max(LOTS_MAX);
const increments = z.int().min(1).max(1_000_000);
const percent = z.int().min(0).max(100);
const perMillion = z.int().min(0).max(1_000_000);
const milliseconds = z.int().min(1).max(HOUR_MS);
const durationSeconds = z.int().min(1).max(DAY_SECONDS);

const twapSchema = z.strictObject({
  kind: z.literal('twap'),
  durationSeconds,
  slices: z.int().min(1).max(10_000),
  catchUpPercent: percent.default(75),
  jitterPercent: percent.default(0),
  seed: z.int().min(0).max(0xffff_ffff).default(0),
});

const povSchema = z.strictObject({
  kind: z.literal('pov'),
  durationSeconds,
  volume: z.enum(['traded', 'quoted']).default('traded'),
  participationPerMillion: z.int().min(1).max(1_000_000),
  capLots: lots,
  floorPercent: percent.default(0),
});

const pegSchema = z.strictObject({
  offsetIncrements: z.int().min(-1_000_000).max(1_000_000).default(0),
  stepIncrements: increments.default(1),
  intervalMs: milliseconds.default(250),
});

const routerSchema = z.strictObject({
  quoteAgeMs: milliseconds.default(5000),
  missPerMillion: perMillion.default(50),
  latencyPerMillion: z.int().min(0).max(1000).default(1),
  halfLifeSeconds: durationSeconds.default(60),
  switchPerMillion: perMillion.default(5),
});

export const executionSchema = z
  .strictObject({
    minimumChangeLots: lots.default(1),
    minimumChangeIncrements: increments.default(1),
    holdOffMs: milliseconds.default(100),
    /** Quotes between signals come at most so often, each instrument's latest. */
    quotesEveryMs: milliseconds.default(100),
    peg: pegSchema.prefault({}),
    slicing: z.discriminatedUnion('kind', [twapSchema, povSchema]).optional(),
    router: routerSchema.prefault({}),
  })
  .refine(
    ({ slicing }) => slicing?.kind !== 'twap' || slicing.slices <= slicing.durationSeconds * 1000,
    { path: ['slicing', 'slices'], message: 'give at least a millisecond a slice' },
  );

export type DeskExecution = z.output<typeof executionSchema>;

/** In the units of the planner. */
export function executionPolicy(given: DeskExecution): ExecutionPolicy {
  const { minimumChangeLots, minimumChangeIncrements, peg, router, slicing } = given;
  const { quoteAgeMs, halfLifeSeconds, ...costs } = router;
  const { intervalMs, ...pegging } = peg;
  return {
    ...{ minimumChangeLots, minimumChangeIncrements },
    holdOffNs: given.holdOffMs * MILLISECOND_NS,
    quoteIntervalNs: given.quotesEveryMs * MILLISECOND_NS,
    peg: { ...pegging, intervalNs: intervalMs * MILLISECOND_NS },
    slicing: slicing && slicingPolicy(slicing),
    router: {
      ...costs,
      quoteAgeNs: quoteAgeMs * MILLISECOND_NS,
      halfLifeNs: halfLifeSeconds * SECOND_NS,
    },
  };
}

function slicingPolicy(given: NonNullable<DeskExecution['slicing']>): Slicing {
  const { durationSeconds: seconds, ...slicing } = given;
  return { ...slicing, durationNs: seconds * SECOND_NS };
}
