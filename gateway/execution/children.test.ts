/** A parent's children: without these properties, venues could fill more than was wanted. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MILLISECOND_NS, SECOND_NS } from '#engine';
import { signalAt } from '../paper-world.ts';
import type { Signal, Style } from '../signal.ts';
import {
  type ChildrenWorld,
  childrenWorld,
  committedLots,
  fillSome,
  hear,
  look,
  quote,
  readRequest,
} from './children-world.ts';
import type { ExecutionPolicy, Slicing } from './policy.ts';
import { takeSignal } from './work.ts';

const START_NS = 36_000 * SECOND_NS;
const VENUES = 3;

type Action =
  | { kind: 'quote'; venue: number; move: number; spread: number; lots: number; traded: number }
  | { kind: 'signal'; desiredLots: number; style: Style; beyond: number }
  | { kind: 'wait'; milliseconds: number }
  | { kind: 'read'; venue: number; isTaken: boolean }
  | { kind: 'fill'; pick: number; lots: number }
  | { kind: 'hear' | 'lose' | 'restore'; venue: number };

const venue = fc.nat(VENUES - 1);
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      ...{ kind: fc.constant('quote' as const), venue, move: fc.integer({ min: -3, max: 3 }) },
      spread: fc.integer({ min: 1, max: 4 }),
      ...{ lots: fc.nat(40), traded: fc.nat(60) },
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('signal' as const),
      desiredLots: fc.integer({ min: -100, max: 100 }),
      style: fc.constantFrom<Style>('wait', 'join', 'peg', 'peg', 'cross', 'cross'),
      beyond: fc.integer({ min: -2, max: 8 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      ...{ kind: fc.constant('wait' as const), milliseconds: fc.nat(1500) },
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      ...{ kind: fc.constant('read' as const), venue },
      isTaken: fc.oneof(
        { weight: 4, arbitrary: fc.constant(true) },
        { weight: 1, arbitrary: fc.constant(false) },
      ),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      ...{
        kind: fc.constant('fill' as const),
        pick: fc.nat(9),
        lots: fc.integer({ min: 1, max: 30 }),
      },
    }),
  },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('hear' as const), venue }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('lose' as const, 'restore'), venue }) },
);

const slicing: fc.Arbitrary<Slicing | undefined> = fc.constantFrom<(Slicing | undefined)[]>(
  undefined,
  {
    ...{ kind: 'twap', durationNs: 10 * SECOND_NS, slices: 5, catchUpPercent: 50 },
    ...{ jitterPercent: 20, seed: 1 },
  },
  {
    ...{ kind: 'pov', durationNs: 20 * SECOND_NS, volume: 'traded', capLots: 20 },
    ...{ participationPerMillion: 300_000, floorPercent: 60 },
  },
);
const policies: fc.Arbitrary<ExecutionPolicy> = fc.record({
  minimumChangeLots: fc.integer({ min: 1, max: 4 }),
  minimumChangeIncrements: fc.integer({ min: 1, max: 3 }),
  holdOffNs: fc.constantFrom(1, 50 * MILLISECOND_NS, SECOND_NS),
  quoteIntervalNs: fc.constant(MILLISECOND_NS),
  peg: fc.record({
    offsetIncrements: fc.integer({ min: -2, max: 2 }),
    stepIncrements: fc.integer({ min: 1, max: 2 }),
    intervalNs: fc.constantFrom(1, 200 * MILLISECOND_NS),
  }),
  slicing,
  router: fc.record({
    quoteAgeNs: fc.constantFrom(SECOND_NS, 3600 * SECOND_NS),
    missPerMillion: fc.nat(1000),
    latencyPerMillion: fc.constant(1),
    halfLifeNs: fc.constantFrom(SECOND_NS, 60 * SECOND_NS),
    switchPerMillion: fc.nat(20),
  }),
});

function wish(world: ChildrenWorld, signal: Signal): void {
  takeSignal(world.work, signal, world);
  look(world);
}

type Bids = number[];

function perform(world: ChildrenWorld, bids: Bids, act: Action): void {
  switch (act.kind) {
    case 'quote': {
      bids[act.venue]! += act.move;
      const bid = bids[act.venue]!;
      quote(world, act.venue, { ...act, bid, ask: bid + act.spread });
      break;
    }
    case 'signal': {
      const { desiredLots, style, beyond } = act;
      const side = desiredLots > world.positionLots ? 1 : -1;
      const limitIncrements = bids[0]! + side * beyond;
      const bidIncrements = bids[0]!;
      const prices = { limitIncrements, bidIncrements, askIncrements: bidIncrements + 1 };
      wish(world, signalAt(world.nowNs, { desiredLots, style, ...prices }));
      break;
    }
    case 'wait':
      world.nowNs += act.milliseconds * MILLISECOND_NS;
      look(world);
      break;
    case 'read':
      readRequest(world, act.venue, act.isTaken);
      break;
    case 'fill':
      fillSome(world, act.pick, act.lots);
      break;
    case 'hear':
      hear(world, act.venue);
      break;
    case 'lose':
    case 'restore':
      world.venues[act.venue]!.isUp = act.kind === 'restore';
      look(world);
      break;
  }
}

/**
 * Counted at the venues: never above the total, or, once that was lowered, never above the least
 * that was out since. False at the first step that breaks it.
 */
function staysWithin(world: ChildrenWorld, actions: readonly Action[]): boolean {
  const bids = Array.from({ length: VENUES }, () => 100_000);
  let parent = 0;
  let cap = 0;
  for (const act of actions) {
    perform(world, bids, act);
    const { parent: current } = world.work;
    if (current === undefined) continue;
    const committed = committedLots(world);
    if (current.id !== parent) cap = current.totalLots;
    parent = current.id;
    if (committed > Math.max(current.totalLots, cap)) return false;
    cap = Math.max(current.totalLots, committed);
  }
  return true;
}

const scripts = fc.array(action, { minLength: 20, maxLength: 150, size: 'max' });
const worldOf = (policy: ExecutionPolicy) =>
  childrenWorld(policy, { venues: VENUES, startNs: START_NS });

describe('whatever quotes, fills, rejects and lost venues come, in whatever order', () => {
  it('keeps filled, open and pending children of a parent within it', () => {
    fc.assert(
      fc.property(policies, scripts, (policy, actions) => {
        expect(staysWithin(worldOf(policy), actions)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  const faults: [string, Partial<ChildrenWorld>][] = [
    ['a lot more were sent than was planned', { fault: lots => lots + 1 }],
    [
      'unanswered orders were not counted',
      { seen: all => all.filter(({ pending }) => pending?.kind !== 'new') },
    ],
    [
      'a replace under way counted as done',
      {
        seen: all =>
          all.map(child => (child.pending === undefined ? child : { ...child, ...child.pending })),
      },
    ],
  ];
  it.each(faults)('would be found out by the tally and by the request check if %s', (_, fault) => {
    const found = { tally: 0, check: 0 };
    fc.assert(
      fc.property(policies, scripts, (policy, actions) => {
        const world = Object.assign(worldOf(policy), fault, { checksRequests: false });
        if (!staysWithin(world, actions)) found.tally++;
        try {
          staysWithin(Object.assign(worldOf(policy), fault), actions);
        } catch (error) {
          expect(String(error)).toMatch(/lots done and at work stay within/);
          found.check++;
        }
      }),
      { numRuns: 500, seed: 7 },
    );
    expect(found.tally).toBeGreaterThan(0);
    expect(found.check).toBeGreaterThan(0);
  });

  it('works a parent to its end where venues take what they are asked', () => {
    const venueTurns = Array.from({ length: VENUES }, (_, at) => at);
    fc.assert(
      fc.property(policies, fc.integer({ min: 1, max: 300 }), (policy, desiredLots) => {
        const world = worldOf(policy);
        for (const at of venueTurns) quote(world, at, { bid: 100, ask: 101, lots: 3, traded: 0 });
        wish(world, signalAt(START_NS, { desiredLots, style: 'cross', limitIncrements: 101 }));
        for (let second = 0; second < 400 && world.positionLots < desiredLots; second++) {
          world.nowNs += SECOND_NS / 2;
          for (const at of venueTurns) {
            quote(world, at, { bid: 100, ask: 101, lots: 3, traded: 50 });
            while (world.venues[at]!.requests.length > 0) readRequest(world, at, true);
            fillSome(world, at, 10);
            while (world.venues[at]!.reports.length > 0) hear(world, at);
          }
          if (policy.slicing?.kind === 'twap' && second > 18) break;
        }
        const durationNs = policy.slicing?.durationNs ?? 400 * SECOND_NS;
        if (durationNs > 100 * SECOND_NS) expect(world.positionLots).toBe(desiredLots);
        else expect(world.positionLots).toBeGreaterThanOrEqual(Math.min(desiredLots, 40));
        expect(world.positionLots).toBeLessThanOrEqual(desiredLots);
      }),
      { numRuns: 100 },
    );
  });
});
