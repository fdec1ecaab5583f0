/** Parents through the whole gateway: some order of events could otherwise fill too much. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MILLISECOND_NS, SECOND_NS } from '#engine';
import { createReplay } from '../gateway.ts';
import { replayedBytes } from '../paper-world.ts';
import type { Style } from '../signal.ts';
import type { GatewayConfig } from '../state.ts';
import type { ExecutionPolicy, Slicing } from './policy.ts';
import { type VenuesWorld, venuesConfig, venuesWorld } from './venues-world.ts';

const BID = 100_000;
const VENUES = 2;

type Action =
  | { kind: 'quote'; venue: number; move: number; spread: number; tradedLots: number }
  | { kind: 'signal'; desiredLots: number; style: Style; beyond: number }
  | { kind: 'wait'; milliseconds: number }
  | { kind: 'cut' | 'connect'; venue: number }
  | { kind: 'restart' | 'kill' | 'arm' };

const venue = fc.nat(VENUES - 1);
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      ...{ kind: fc.constant('quote' as const), venue, move: fc.integer({ min: -4, max: 4 }) },
      ...{ spread: fc.integer({ min: 1, max: 4 }), tradedLots: fc.nat(40) },
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      ...{ kind: fc.constant('signal' as const), desiredLots: fc.integer({ min: -60, max: 60 }) },
      style: fc.constantFrom<Style>('wait', 'join', 'peg', 'peg', 'cross', 'cross'),
      beyond: fc.integer({ min: -2, max: 8 }),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      milliseconds: fc.oneof(fc.nat(3), fc.nat(600)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut' as const), venue }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('connect' as const), venue }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('restart' as const, 'kill', 'arm', 'arm') }),
  },
);

const slicing = fc.constantFrom<(Slicing | undefined)[]>(
  undefined,
  {
    ...{ kind: 'twap', durationNs: 8 * SECOND_NS, slices: 4, catchUpPercent: 50 },
    ...{ jitterPercent: 40, seed: 7 },
  },
  {
    ...{ kind: 'pov', durationNs: 10 * SECOND_NS, volume: 'traded', capLots: 15 },
    ...{ participationPerMillion: 200_000, floorPercent: 50 },
  },
);
const configs: fc.Arbitrary<GatewayConfig> = fc
  .record<ExecutionPolicy>({
    minimumChangeLots: fc.integer({ min: 1, max: 3 }),
    minimumChangeIncrements: fc.integer({ min: 1, max: 2 }),
    holdOffNs: fc.constantFrom(MILLISECOND_NS, 100 * MILLISECOND_NS),
    quoteIntervalNs: fc.constant(MILLISECOND_NS),
    peg: fc.record({
      offsetIncrements: fc.integer({ min: -1, max: 1 }),
      stepIncrements: fc.integer({ min: 1, max: 2 }),
      intervalNs: fc.constantFrom(MILLISECOND_NS, 200 * MILLISECOND_NS),
    }),
    slicing,
    router: fc.record({
      quoteAgeNs: fc.constant(SECOND_NS),
      missPerMillion: fc.nat(200),
      latencyPerMillion: fc.nat(2),
      halfLifeNs: fc.constant(10 * SECOND_NS),
      switchPerMillion: fc.nat(20),
    }),
  })
  .map(policy => venuesConfig(policy, [{}, { hasPostOnly: false, timesInForce: ['day'] }]));

function perform(world: VenuesWorld, bids: number[], act: Action): void {
  switch (act.kind) {
    case 'quote':
      bids[act.venue]! += act.move;
      world.quote(act.venue, bids[act.venue]!, act);
      break;
    case 'signal': {
      const { desiredLots, style, beyond } = act;
      const { positionLots } = world.gateway.state.desks[0]!.holding;
      const bidIncrements = bids[0]!;
      const limitIncrements = bidIncrements + (desiredLots > positionLots ? beyond : -beyond);
      const prices = { bidIncrements, askIncrements: bidIncrements + 2, limitIncrements };
      world.signal({ desiredLots, style, ...prices });
      break;
    }
    case 'wait':
      world.wait(act.milliseconds * MILLISECOND_NS);
      break;
    case 'kill':
    case 'arm':
      world.gateway.command(act.kind);
      break;
    case 'cut':
    case 'connect':
      world[act.kind](act.venue);
      break;
    case 'restart':
      world.restart();
      break;
  }
}

/** By the markets' own count: what was traded, and what is open on that side. */
function committedLots({ ends }: VenuesWorld, side: 1 | -1): number {
  let sum = 0;
  for (const { tally } of ends) {
    sum += side * tally.positionLots[0]!;
    for (const [id, order] of tally.open) {
      if ((order.side === 'buy') === (side === 1)) sum += tally.leavesLots.get(id)!;
    }
  }
  return sum;
}

function live(config: GatewayConfig, actions: readonly Action[]): VenuesWorld {
  const world = venuesWorld(config);
  const bids = Array.from({ length: VENUES }, () => BID);
  for (const at of world.ends.keys()) {
    world.connect(at);
    world.quote(at, BID);
  }
  world.wait(SECOND_NS / 2);
  let parent = 0;
  let cap = 0;
  for (const act of actions) {
    perform(world, bids, act);
    const current = world.gateway.state.execution.works[0]!.parent;
    if (current === undefined) continue;
    const { id, side, startLots, totalLots } = current;
    // What is under way to a market may be of an earlier, larger total.
    cap = id === parent ? Math.max(cap, totalLots) : totalLots;
    parent = id;
    expect(committedLots(world, side) - side * startLots).toBeLessThanOrEqual(cap);
  }
  return world;
}

const scripts = fc.array(action, { minLength: 20, maxLength: 120, size: 'max' });

describe('whatever signals, quotes, lost venues and restarts come', () => {
  it('keeps the children of a parent within it, by the count of the markets', () => {
    fc.assert(
      fc.property(configs, scripts, (config, actions) => {
        const world = live(config, actions);
        for (const at of world.ends.keys()) world.connect(at);
        world.wait(5 * SECOND_NS);
        // A timer may send an order at any moment; a kill ends that, and what is open.
        world.gateway.command('kill');
        world.wait(SECOND_NS);
        const { desks, counts } = world.gateway.state;
        expect(counts.outOfStep).toBe(0);
        const traded = world.ends.reduce((sum, { tally }) => sum + tally.positionLots[0]!, 0);
        expect(desks[0]!.holding.positionLots).toBe(traded);
        expect(desks[0]!.orders).toEqual([]);
        expect(world.ends.flatMap(({ tally }) => [...tally.open.keys()])).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('gives the same bytes from its log, and from a snapshot in the midst of it', () => {
    fc.assert(
      fc.property(configs, scripts, fc.nat(100), (config, actions, percent) => {
        const world = live(config, actions);
        const at = Math.floor((world.log.length * percent) / 100);
        const replay = createReplay(config);
        const before = replayedBytes(replay, world.log.slice(0, at));
        const resumed = createReplay(config);
        resumed.restore(replay.snapshot().bytes.slice());
        const after = replayedBytes(resumed, world.log.slice(at));
        expect(Buffer.concat([before, after])).toEqual(Buffer.concat(world.sent));
        expect(resumed.state.execution).toEqual(world.gateway.state.execution);
      }),
      { numRuns: 60 },
    );
  });
});
