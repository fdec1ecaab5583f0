/** From signals to orders at several venues: without these tests, parents could stall. */
import { describe, expect, it } from 'vitest';
import { MILLISECOND_NS, SECOND_NS } from '#engine';
import { createReplay } from '../gateway.ts';
import { paperWorld, replayedBytes } from '../paper-world.ts';
import { setState } from '../risk/states.ts';
import type { VenueEvent } from '../venue/market.ts';
import type { VenueTerms } from '../venue-terms.ts';
import type { ExecutionPolicy } from './policy.ts';
import { tradedLots, type VenuesWorld, venuesConfig, venuesWorld } from './venues-world.ts';

const BID = 100_000;
const POLICY: ExecutionPolicy = {
  ...{ minimumChangeLots: 1, minimumChangeIncrements: 1, holdOffNs: 100 * MILLISECOND_NS },
  quoteIntervalNs: 100 * MILLISECOND_NS,
  peg: { offsetIncrements: 0, stepIncrements: 1, intervalNs: 200 * MILLISECOND_NS },
  slicing: undefined,
  router: {
    ...{ quoteAgeNs: 5 * SECOND_NS, missPerMillion: 100, latencyPerMillion: 0 },
    ...{ halfLifeNs: 60 * SECOND_NS, switchPerMillion: 5 },
  },
};
const EVEN = { jitterPercent: 0, seed: 0 };
const DAY_ONLY: Partial<VenueTerms> = { timesInForce: ['day'] };

function begun(policy: Partial<ExecutionPolicy> = {}, venues = [DAY_ONLY, DAY_ONLY]): VenuesWorld {
  const world = venuesWorld(venuesConfig({ ...POLICY, ...policy }, venues));
  for (const venue of venues.keys()) {
    world.connect(venue);
    world.quote(venue, BID);
  }
  world.wait(SECOND_NS);
  return world;
}

/** `venue: side lots price` of each order that the gateway holds for open. */
function takeShown({ ends }: VenuesWorld, venue: number): void {
  const events: VenueEvent[] = [];
  const order = { orderId: 9999, instrument: 0, side: 'buy', postOnly: false } as const;
  ends[venue]!.market.submit({ ...order, quantityLots: 5, limitIncrements: BID + 5 }, events);
}

const openOrders = ({ gateway }: VenuesWorld) =>
  gateway.state.desks[0]!.orders.map(({ venue, side, lots, filledLots, limitIncrements }) => {
    return `${venue}: ${side === 1 ? 'buy' : 'sell'} ${lots - filledLots} at ${limitIncrements}`;
  });
/** The venue of each new order, by the names of the parties in its bytes. */
const askedVenues = ({ sent }: VenuesWorld) =>
  sent
    .map(bytes => bytes.toString('latin1'))
    .filter(text => text.includes('\u000135=D\u0001'))
    .map(text => Number(text.split('\u000156=VENUE')[1]![0]));
const kinds = ({ parents }: VenuesWorld) => parents.map(({ kind }) => kind);

describe('a desired position', () => {
  it('is taken across venues by what each shows, the cheaper first', () => {
    const world = begun();
    world.quote(0, BID + 1);
    world.quote(1, BID);
    world.signal({ desiredLots: 8, style: 'cross', limitIncrements: BID + 5 });
    world.wait(10 * MILLISECOND_NS);
    expect(world.ends.map(({ tally }) => tally.positionLots[0])).toEqual([3, 5]);
    expect(kinds(world)).toEqual(['began', 'slice', 'ended']);
  });

  it('goes to a venue by the edge’s quotes, but to one with a feed only by its own', () => {
    const world = venuesWorld(venuesConfig(POLICY, [{ hasFeed: true }, {}]));
    for (const venue of [0, 1]) world.connect(venue);
    world.wait(SECOND_NS);
    world.signal({ desiredLots: 3, style: 'cross', limitIncrements: BID + 10 });
    world.wait(10 * MILLISECOND_NS);
    expect(askedVenues(world)).toEqual([1]);
    world.quote(0, BID - 20);
    world.wait(SECOND_NS);
    expect(askedVenues(world)).toEqual([1, 0]);
  });

  it('crosses with what a venue cancels at once, and remembers what it did not fill', () => {
    const world = begun({}, [{}, {}]);
    world.signal({ desiredLots: 13, style: 'cross', limitIncrements: BID + 5 });
    // Another took the venue's lots while the order was under way.
    takeShown(world, 1);
    world.wait(10 * MILLISECOND_NS);
    const { holding, orders } = world.gateway.state.desks[0]!;
    expect(holding.positionLots).toBe(5);
    expect(orders).toEqual([]);
    expect(world.ends.flatMap(({ tally }) => [...tally.open.keys()])).toEqual([]);
    const { histories } = world.gateway.state.execution;
    expect(histories.map(({ outcomes, missQ16 }) => [outcomes, missQ16 > 0])).toEqual([
      [1, false],
      [1, true],
    ]);
    expect(histories.map(({ latencyNs }) => latencyNs)).toEqual([2e6, 2e6]);
    world.quote(0, BID);
    world.quote(1, BID);
    world.wait(200 * MILLISECOND_NS);
    expect(holding.positionLots).toBe(13);
    expect(kinds(world).at(-1)).toBe('ended');
  });

  it('turns from a venue that refuses what it shows to one that trades', () => {
    const world = venuesWorld(venuesConfig(POLICY, [{}, {}]));
    for (const venue of [0, 1]) world.connect(venue);
    const quoteBoth = () => {
      world.quote(0, BID);
      // The better price, at a venue whose market knows of none.
      const prices = { bidIncrements: BID, askIncrements: BID + 1, tickTimeNs: world.time.nowNs() };
      const sizes = { bidLots: 5, askLots: 5, tradedLots: 0 };
      world.gateway.onQuote({ instrument: 0, venue: 1, ...prices, ...sizes });
    };
    quoteBoth();
    world.wait(SECOND_NS);
    world.signal({ desiredLots: 5, style: 'cross', limitIncrements: BID + 5 });
    for (let second = 0; second < 20; second++) {
      quoteBoth();
      world.wait(SECOND_NS);
    }
    const { desks, execution } = world.gateway.state;
    expect(desks[0]!.holding.positionLots).toBe(5);
    expect(execution.histories[1]!.rejects).toBe(2);
  });

  it('follows the touch with a peg, no faster than its rate, and never past its limit', () => {
    const world = begun();
    world.signal({ desiredLots: 4, style: 'peg', limitIncrements: BID + 3 });
    world.wait(10 * MILLISECOND_NS);
    expect(openOrders(world)).toEqual([`0: buy 4 at ${BID}`]);
    for (const bid of [BID + 1, BID + 2]) {
      world.quote(0, bid);
      world.wait(50 * MILLISECOND_NS);
    }
    expect(openOrders(world)).toEqual([`0: buy 4 at ${BID}`]);
    world.wait(200 * MILLISECOND_NS);
    expect(openOrders(world)).toEqual([`0: buy 4 at ${BID + 2}`]);
    world.quote(0, BID + 9);
    world.wait(SECOND_NS);
    expect(openOrders(world)).toEqual([`0: buy 4 at ${BID + 3}`]);
  });

  it('joins where the touch was and stays there until it is wished for anew', () => {
    const world = begun();
    world.signal({ desiredLots: -4, style: 'join', limitIncrements: BID - 50 });
    world.wait(10 * MILLISECOND_NS);
    world.quote(0, BID - 4);
    world.wait(SECOND_NS / 2);
    expect(openOrders(world)).toEqual([`0: sell 4 at ${BID + 2}`]);
  });

  it('leaves a venue that is lost to the others, but for what may still be filled there', () => {
    const world = begun();
    world.signal({ desiredLots: 4, style: 'peg', limitIncrements: BID + 3 });
    world.wait(10 * MILLISECOND_NS);
    world.cut(0);
    world.quote(1, BID);
    world.signal({ desiredLots: 6, style: 'peg', limitIncrements: BID + 3 });
    world.wait(SECOND_NS);
    expect(openOrders(world)).toEqual([`0: buy 4 at ${BID}`, `1: buy 2 at ${BID}`]);
    // Filled while nobody could hear of it.
    world.quote(0, BID - 5);
    world.connect(0);
    world.wait(SECOND_NS);
    expect(world.gateway.state.desks[0]!.holding.positionLots).toBe(4);
    expect(openOrders(world)).toEqual([`1: buy 2 at ${BID}`]);
  });

  it('leaves a venue that is halted, and goes elsewhere once nothing is left there', () => {
    const world = begun();
    world.signal({ desiredLots: 4, style: 'peg', limitIncrements: BID + 3 });
    world.wait(10 * MILLISECOND_NS);
    const { gateway, time } = world;
    const halt = { state: 'halted', nowNs: time.nowNs() } as const;
    setState(gateway.state.risk, { kind: 'venue', index: 0 }, halt);
    for (const at of [0, 1]) {
      world.quote(at, BID);
      world.wait(200 * MILLISECOND_NS);
    }
    expect(openOrders(world)).toEqual([`1: buy 4 at ${BID}`]);
  });

  it('is given up by a stop, a kill or the loss of its edge, and not taken up by itself', () => {
    for (const command of ['stop', 'kill', 'edge-lost'] as const) {
      const world = begun();
      world.signal({ desiredLots: 4, style: 'peg', limitIncrements: BID + 3 });
      world.wait(10 * MILLISECOND_NS);
      world.gateway.command(command);
      world.wait(SECOND_NS);
      world.gateway.command('arm');
      world.quote(0, BID);
      world.wait(SECOND_NS);
      expect(openOrders(world)).toEqual([]);
      expect(world.ends.flatMap(({ tally }) => [...tally.open.keys()])).toEqual([]);
      expect(kinds(world).at(-1)).toBe('ended');
    }
  });
});

const MOVES = [0, 3, -2, 1, -3, 2];

/** A market that goes up and down through its touches and trades now and then, by a fixed rule. */
function trade(world: VenuesWorld, seconds: number): void {
  for (let step = 0; step < 4 * seconds; step++) {
    for (const venue of world.ends.keys()) {
      const move = MOVES[(step + venue) % MOVES.length]!;
      world.quote(venue, BID + move, { tradedLots: (step * 3 + venue) % 4 });
    }
    world.wait(SECOND_NS / 4);
  }
}

it('works the parents of two strategies apart, each for its own position', () => {
  const config = venuesConfig(POLICY, [{}, {}]);
  const [strategy] = config.strategies!;
  const strategies = [strategy!, { ...strategy!, name: 'beta' }];
  const world = venuesWorld({ ...config, strategies });
  for (const venue of [0, 1]) {
    world.connect(venue);
    world.quote(venue, BID);
  }
  world.wait(SECOND_NS);
  for (const venue of [0, 1]) world.quote(venue, BID);
  world.signal({ strategy: 0, desiredLots: 3, style: 'cross', limitIncrements: BID + 5 });
  world.signal({ strategy: 1, desiredLots: -2, style: 'cross', limitIncrements: BID - 5 });
  world.wait(SECOND_NS);
  const { desks } = world.gateway.state;
  expect(desks.map(({ holding }) => holding.positionLots)).toEqual([3, -2]);
  const ended = world.parents.filter(({ kind }) => kind === 'ended');
  expect(ended.map(({ parent }) => [parent.id, parent.strategy, parent.doneLots])).toEqual([
    [1, 0, 3],
    [2, 1, 2],
  ]);
});

it('rests a peg of a strategy without an execution policy at the near touch', () => {
  const world = paperWorld();
  world.quote(0, BID, BID + 10);
  world.connect();
  world.wait(SECOND_NS);
  world.signal({ style: 'peg', desiredLots: 2, limitIncrements: BID + 10 });
  world.wait(SECOND_NS);
  expect([...world.tally.open.values()]).toMatchObject([{ limitIncrements: BID, postOnly: true }]);
});

const slices = ({ parents }: VenuesWorld) => parents.filter(({ kind }) => kind === 'slice');

describe('a sliced parent of 1,000 lots', () => {
  it('is worked by an even schedule to its end, slice by slice', () => {
    const world = begun({
      slicing: {
        kind: 'twap',
        durationNs: 600 * SECOND_NS,
        slices: 20,
        catchUpPercent: 50,
        ...EVEN,
      },
    });
    world.signal({ desiredLots: 1000, style: 'peg', limitIncrements: BID + 10 });
    trade(world, 605);
    expect(tradedLots(world)).toBe(1000);
    expect(slices(world).map(({ sliceLots }) => sliceLots)).toEqual(Array(20).fill(50));
    const startNs = world.parents[0]!.parent.startNs;
    expect(kinds(world).slice(-1)).toEqual(['ended']);
    expect(world.parents.at(-1)!.parent).toMatchObject({ id: 1, doneLots: 1000, startNs });
  });

  it('takes its share of the volume, and says how much each time', () => {
    const world = begun({
      slicing: {
        ...{ kind: 'pov', durationNs: 3600 * SECOND_NS, volume: 'traded' },
        ...{ participationPerMillion: 250_000, capLots: 30, floorPercent: 0 },
      },
    });
    world.signal({ desiredLots: -1000, style: 'peg', limitIncrements: BID - 10 });
    trade(world, 200);
    const volume = world.gateway.state.execution.markets[0]!.volume.tradedLots;
    const released = slices(world).reduce((sum, { sliceLots }) => sum + sliceLots, 0);
    expect(released).toBe(Math.floor(volume / 4));
    expect(-tradedLots(world)).toBeGreaterThan(released - 30);
    trade(world, 600);
    expect(tradedLots(world)).toBe(-1000);
    expect(kinds(world).at(-1)).toBe('ended');
  });

  it('gives the same bytes from its log, or no one could prove why a slice left', () => {
    const slicing = {
      kind: 'twap',
      durationNs: 60 * SECOND_NS,
      slices: 6,
      catchUpPercent: 50,
      ...EVEN,
    } as const;
    const world = begun({ slicing });
    world.signal({ desiredLots: 300, style: 'peg', limitIncrements: BID + 10 });
    trade(world, 20);
    world.cut(1);
    trade(world, 10);
    world.connect(1);
    trade(world, 40);
    expect(tradedLots(world)).toBe(300);
    const replay = createReplay(venuesConfig({ ...POLICY, slicing }, [DAY_ONLY, DAY_ONLY]));
    expect(replayedBytes(replay, world.log)).toEqual(Buffer.concat(world.sent));
    expect(replay.state.execution).toEqual(world.gateway.state.execution);
  });
});
