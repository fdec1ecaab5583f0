/** Two gateways, one venue: without these, both trade at once or an order is forgotten. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { simulatePair } from './simulated-pair.ts';
import type { Planted, SimulatedFault, SimulationOutcome } from './simulation-plan.ts';

const LENGTH_MS = 4_000 as const;

const fault: fc.Arbitrary<SimulatedFault> = fc.record({
  atMs: fc.integer({ min: 100, max: LENGTH_MS }),
  forMs: fc.integer({ min: 1, max: 900 }),
  kind: fc.constantFrom('kill', 'pause', 'part', 'cut'),
  member: fc.constantFrom('A', 'B', 'W'),
});

const plan = fc.record({
  seed: fc.nat(),
  lengthMs: fc.constant(LENGTH_MS),
  faults: fc.array(fault, { maxLength: 12 }),
  aloneAfterMs: fc.constantFrom(undefined, 0, 60, 300),
});

describe('a pair whose witness is dead, and one of whose nodes is', () => {
  const death = fc.record({
    atMs: fc.integer({ min: 100, max: LENGTH_MS }),
    forMs: fc.integer({ min: 100, max: 900 }),
    kind: fc.constant('kill' as const),
    member: fc.constantFrom('A', 'B', 'W'),
  });
  const deaths = fc.record({
    seed: fc.nat(),
    lengthMs: fc.constant(LENGTH_MS),
    faults: fc.array(death, { minLength: 4, maxLength: 12 }),
    aloneAfterMs: fc.constantFrom(undefined, 60),
    hasOperators: fc.constant(true),
  });

  type Death = { atMs: number; forMs: number; kind: 'kill'; member: 'A' | 'B' | 'W' };
  const killed = (member: Death['member'], atMs: number, forMs: number): Death => ({
    ...{ kind: 'kill', member, atMs, forMs },
  });
  const deathsOf = (faults: Death[]) => ({
    ...{ seed: 0, lengthMs: LENGTH_MS, faults },
    ...{ aloneAfterMs: undefined, hasOperators: true as const },
  });
  // B was lent the epoch that A then claimed by operators' word, and B had not claimed.
  const lentAndClaimed = deathsOf([
    ...[killed('A', 103, 100), killed('B', 110, 111), killed('W', 110, 206)],
    ...[killed('B', 264, 100), killed('A', 333, 100)],
  ]);
  // B went on alone by operators' word; the witness came back and was told of its old standby.
  const declaredLate = deathsOf([
    ...[killed('A', 100, 100), killed('W', 100, 641)],
    ...[killed('A', 565, 574), killed('B', 1139, 168)],
  ]);

  it('goes on by the word of two operators, and gives way to nobody when all come back', () => {
    let words = 0;
    fc.assert(
      fc.property(deaths, given => {
        const outcome = simulatePair(given);
        words += outcome.words;
        expect(outcome.violations).toEqual([]);
      }),
      {
        numRuns: 60,
        examples: [[lentAndClaimed], [declaredLate]],
      },
    );
    expect(words).toBeGreaterThan(10);
  });

  it('would lose what left where operators do not look at which node has everything', () => {
    const found = fc.check(
      fc.property(deaths, given => {
        const planted = 'word-unlooked';
        return simulatePair({ ...given, planted }).violations.length === 0;
      }),
      { numRuns: 2_000, endOnFailure: true },
    );
    expect(found.failed).toBe(true);
  });
});

describe('a pair under kills, pauses and partitions', () => {
  it('never has two nodes trade in overlapping epochs, nor loses what left', () => {
    const seen: SimulationOutcome[] = [];
    fc.assert(
      fc.property(plan, given => {
        const outcome = simulatePair(given);
        seen.push(outcome);
        expect(outcome.violations).toEqual([]);
      }),
      { numRuns: 150 },
    );
    const sum = (of: (one: SimulationOutcome) => number) => seen.reduce((n, one) => n + of(one), 0);
    // Else nothing was put to the test: 333 on average, with a standard deviation of 14.
    expect(sum(({ claims }) => claims)).toBeGreaterThan(225);
    expect(sum(({ outputs }) => outputs)).toBeGreaterThan(25_000);
  });

  it('trades through the loss of any one of the three', () => {
    for (const member of ['A', 'B', 'W'] as const) {
      const faults: SimulatedFault[] = [{ atMs: 1000, forMs: 2000, kind: 'kill', member }];
      const given = { seed: 1, lengthMs: LENGTH_MS, faults, aloneAfterMs: 50 };
      const { outputs, violations } = simulatePair(given);
      expect(violations).toEqual([]);
      expect(outputs, member).toBeGreaterThan((0.9 * LENGTH_MS) / 4);
    }
  });

  it('trades again once a standby that fell behind has what was written meanwhile', () => {
    const faults: SimulatedFault[] = [{ atMs: 1000, forMs: 60, kind: 'pause', member: 'B' }];
    const given = { seed: 1, lengthMs: LENGTH_MS, faults, aloneAfterMs: undefined };
    // Five records without an answer are more than may be held.
    const { claims, outputs, violations } = simulatePair({ ...given, outputBytes: 4 * 1024 ** 2 });
    expect([claims, violations]).toEqual([1, []]);
    expect(outputs).toBeGreaterThan((0.9 * LENGTH_MS) / 4);
    expect(outputs).toBeLessThan(simulatePair(given).outputs);
  });

  it('pairs with a standby that never finds a moment without a new record', () => {
    const faults: SimulatedFault[] = [{ atMs: 300, forMs: 500, kind: 'kill', member: 'A' }];
    const given = { seed: 1, lengthMs: 1500, faults, aloneAfterMs: undefined };
    const { pairings, violations } = simulatePair({ ...given, recordEveryMs: 0.1 });
    expect(violations).toEqual([]);
    expect(pairings).toBe(2);
  });

  it.each<Exclude<Planted, 'word-unlooked' | undefined>>([
    'lease-ignored',
    'sent-before-acknowledged',
    'alone-unknown',
  ])('finds a planted fault: %s', planted => {
    const found = fc.check(
      fc.property(plan, given => simulatePair({ ...given, planted }).violations.length === 0),
      { numRuns: 2_000, endOnFailure: true },
    );
    expect(found.failed).toBe(true);
  });
});
