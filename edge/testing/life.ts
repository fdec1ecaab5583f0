/** What may happen to an edge in a property test: quotes, gaps, and the fates of its requests. */
import fc from 'fast-check';

const mids = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 3 });
const step = fc.record({
  afterMs: fc.integer({ min: 0, max: 90 }),
  /** Changes of the mid by the quotes of one batch; 0 leaves it alone. */
  mids,
  gap: fc.integer({ min: 0, max: 40 }).map(draw => draw === 0),
  /** What the one side input becomes after the batch, where the target takes it. */
  side: fc.option(fc.integer({ min: -9, max: 9 }), { nil: undefined, freq: 2 }),
});
/** What becomes of each request in turn: days of delay are as good as lost. */
const fate = fc.oneof(
  { weight: 8, arbitrary: fc.record({ delayMs: fc.integer({ min: 1, max: 100 }) }) },
  fc.constantFrom(
    { refuse: 'expired' as const },
    { refuse: 'overloaded' as const },
    { isLost: true },
    { isDown: true },
    { restarts: true },
    { linkDrops: true },
  ),
);
export type Fate = {
  delayMs?: number;
  refuse?: 'expired' | 'overloaded';
  isLost?: boolean;
  isDown?: boolean;
  restarts?: boolean;
  linkDrops?: boolean;
};
export const life = fc.record({
  steps: fc.array(step, { minLength: 20, maxLength: 60 }),
  fates: fc.array(fate as fc.Arbitrary<Fate>, { minLength: 1, maxLength: 20 }),
  isLockstep: fc.boolean(),
  hasDraft: fc.boolean(),
  contextsPerRequest: fc.integer({ min: 1, max: 6 }),
  /** How long a draft elsewhere takes; undefined drafts here. */
  draftDelayMs: fc.option(fc.integer({ min: 0, max: 80 }), { nil: undefined }),
});
export type Life = typeof life extends fc.Arbitrary<infer T> ? T : never;
