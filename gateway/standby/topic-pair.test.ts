/** Two gateways on one topic: without these, both trade at once or an order is forgotten. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { simulatePair } from './simulated-pair.ts';
import type { Planted, SimulatedFault, SimulationOutcome } from './simulation-plan.ts';

const LENGTH_MS = 2_500;

/** `W` is the broker. */
const fault: fc.Arbitrary<SimulatedFault> = fc.record({
  atMs: fc.integer({ min: 100, max: LENGTH_MS }),
  forMs: fc.integer({ min: 1, max: 900 }),
  kind: fc.constantFrom('kill', 'pause', 'part', 'cut'),
  member: fc.constantFrom('A', 'B', 'W'),
});

const onTopic = { lengthMs: LENGTH_MS, aloneAfterMs: undefined, isOnTopic: true };

const plan = fc.record({ seed: fc.nat(), faults: fc.array(fault, { maxLength: 8 }) });

/** The first node, which is the one with a fault, stands still while it trades. */
const standing = fc.record({
  seed: fc.nat(),
  faults: fc.array(
    fc.record({
      atMs: fc.integer({ min: 300, max: 1_500 }),
      forMs: fc.integer({ min: 200, max: 700 }),
      kind: fc.constant('pause' as const),
      member: fc.constant('A' as const),
    }),
    { minLength: 1, maxLength: 3 },
  ),
});

const simulate = (given: { seed: number; faults: SimulatedFault[]; planted?: Planted }) =>
  simulatePair({ ...onTopic, ...given });

describe('a pair on a topic, under kills, pauses and partitions', () => {
  it('never has two nodes trade in overlapping epochs, nor loses what left', () => {
    const seen: SimulationOutcome[] = [];
    fc.assert(
      fc.property(plan, given => {
        const outcome = simulate(given);
        seen.push(outcome);
        expect(outcome.violations).toEqual([]);
      }),
      { numRuns: 80 },
    );
    const sum = (of: (one: SimulationOutcome) => number) => seen.reduce((n, one) => n + of(one), 0);
    console.log(
      sum(({ claims }) => claims),
      sum(({ outputs }) => outputs),
    );
    // Else nothing was put to the test: 165 on average, with a standard deviation of 10.
    expect(sum(({ claims }) => claims)).toBeGreaterThan(110);
    expect(sum(({ outputs }) => outputs)).toBeGreaterThan(25_000);
  });

  it('trades through the loss of any one of the two, and again once the broker is back', () => {
    for (const [member, least] of [
      ['A', 0.85],
      ['B', 0.85],
      ['W', 0.5],
    ] as const) {
      const faults: SimulatedFault[] = [{ atMs: 1000, forMs: 800, kind: 'kill', member }];
      const { outputs, violations } = simulate({ seed: 1, faults });
      expect(violations).toEqual([]);
      expect(outputs, member).toBeGreaterThan((least * LENGTH_MS) / 4);
    }
  });

  it.each([
    ['that is cut off, and writes again when the way is back', 'cut', 'B'],
    ['that stands still, and goes on behind its own lease', 'pause', 'A'],
  ] as const)('fences a primary %s', (_, kind, member) => {
    const faults: SimulatedFault[] = [{ atMs: 1000, forMs: 600, kind, member }];
    const { claims, outputs, violations } = simulate({ seed: 7, faults });
    expect(violations).toEqual([]);
    expect(claims).toBe(2);
    expect(outputs).toBeGreaterThan((0.8 * LENGTH_MS) / 4);
  });

  it.each([
    ['lease-ignored', standing],
    ['sent-before-acknowledged', plan],
    ['unfenced', plan],
    ['read-out-of-order', plan],
  ] as const)('finds a planted fault: %s', (planted, plans) => {
    const found = fc.check(
      fc.property(plans, given => simulate({ ...given, planted }).violations.length === 0),
      { numRuns: 2_000, endOnFailure: true },
    );
    expect(found.failed).toBe(true);
  });
});
