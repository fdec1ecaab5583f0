/** A gateway without its edge: its orders must not work on for wishes that nobody has any more. */
import { describe, expect, it } from 'vitest';
import { ByteReader, SECOND_NS } from '#engine';
import type { GatewayEvent } from './event.ts';
import { createReplay } from './gateway.ts';
import { CONFIG, type PaperWorld, paperWorld, replayedBytes, tradingWorld } from './paper-world.ts';
import { createGatewayEncoder, readGatewayRecord } from './record.ts';

/** Rests five increments behind the near touch. */
const RESTING = { style: 'join', desiredLots: 3, limitIncrements: 99_995 } as const;
const CROSSING = { style: 'cross', desiredLots: 2, limitIncrements: 100_010 } as const;

const openOrders = ({ tally }: PaperWorld) => tally.open.size;

/** What a replay of the log's records sends. */
function replayed(world: PaperWorld): Buffer {
  const encode = createGatewayEncoder();
  const reader = new ByteReader();
  const records = world.log.map(event => {
    reader.reset(encode(event));
    return readGatewayRecord(reader) as GatewayEvent;
  });
  return replayedBytes(createReplay(CONFIG), records);
}

describe('a gateway whose edge is lost', () => {
  it('cancels what works, opens nothing, and trades again for the next signal', () => {
    const world = tradingWorld();
    world.signal(RESTING);
    world.wait(SECOND_NS);
    expect(openOrders(world)).toBe(1);
    world.gateway.command('edge-lost');
    world.wait(SECOND_NS);
    expect(openOrders(world)).toBe(0);
    expect(world.gateway.state.venues[0]!.isLoggedOn).toBe(true);
    world.quote(0, 99_000, 99_010);
    world.wait(60 * SECOND_NS);
    expect(world.tally.positionLots).toEqual([0, 0]);
    world.quote(0, 100_000, 100_010);
    world.signal(CROSSING);
    world.wait(SECOND_NS);
    expect(world.tally.positionLots).toEqual([2, 0]);
  });

  it('keeps the orders of instruments that another edge of the group has', () => {
    const world = tradingWorld();
    world.quote(1, 100_000, 100_010);
    world.signal(RESTING);
    world.signal({ ...RESTING, instrument: 1 });
    world.wait(SECOND_NS);
    expect(openOrders(world)).toBe(2);
    world.gateway.onEdgeLost(0, [0]);
    world.wait(SECOND_NS);
    const left = world.gateway.state.desks.map(({ orders }) => orders.length);
    expect(left).toEqual([0, 1]);
    expect(openOrders(world)).toBe(1);
    expect(replayed(world)).toEqual(Buffer.concat(world.sent));
  });

  it('cancels an order that was not answered yet as soon as it is', () => {
    const world = tradingWorld();
    world.signal(RESTING);
    world.gateway.command('edge-lost');
    world.wait(SECOND_NS);
    expect(world.tally.mostOpen).toBe(1);
    expect(openOrders(world)).toBe(0);
  });

  it.each(['cut', 'restart'] as const)('cancels after a %s what the venue still has', loss => {
    const world = tradingWorld();
    world.signal(RESTING);
    world.wait(SECOND_NS);
    world[loss]();
    world.gateway.command('edge-lost');
    world.wait(SECOND_NS);
    expect(openOrders(world)).toBe(1);
    world.connect();
    world.wait(SECOND_NS);
    expect(openOrders(world)).toBe(0);
  });

  it('cancels an order that a refused change left without a wish', () => {
    const world = tradingWorld();
    world.signal(RESTING);
    world.wait(SECOND_NS);
    // The venue refuses a joining order that would trade.
    world.signal({ ...RESTING, limitIncrements: 100_020 });
    world.wait(SECOND_NS);
    expect(world.gateway.state.desks[0]).toMatchObject({
      signal: undefined,
      orders: [{ lots: 3 }],
    });
    world.gateway.command('edge-lost');
    world.wait(SECOND_NS);
    expect(openOrders(world)).toBe(0);
  });

  it('is in the log: a replay of its records gives the same bytes', () => {
    const world = tradingWorld();
    world.signal(RESTING);
    world.wait(SECOND_NS);
    world.gateway.command('edge-lost');
    world.wait(SECOND_NS);
    expect(replayed(world)).toEqual(Buffer.concat(world.sent));
  });
});

describe('a gateway that the venue left', () => {
  it('works a wish of meanwhile once it is logged on, while that is fresh', () => {
    const world = paperWorld();
    world.quote(0, 100_000, 100_010);
    world.signal(CROSSING);
    world.wait(SECOND_NS / 2);
    world.connect();
    world.wait(SECOND_NS);
    expect(world.tally.positionLots).toEqual([2, 0]);
    world.cut();
    world.signal({ ...CROSSING, desiredLots: 4 });
    world.wait(2 * SECOND_NS);
    world.connect();
    world.wait(SECOND_NS);
    expect(world.tally.positionLots).toEqual([2, 0]);
    expect(world.gateway.state.counts.refused).toEqual({ 'tick-age': 1 });
  });
});

describe('a gateway taken up again', () => {
  it('trades after a stop, which ended the run before, but not after a kill', () => {
    const world = tradingWorld();
    world.gateway.command('stop');
    world.wait(5 * SECOND_NS);
    world.restart();
    world.connect();
    world.wait(SECOND_NS);
    world.signal(CROSSING);
    world.wait(SECOND_NS);
    expect(world.tally.positionLots).toEqual([2, 0]);
    world.gateway.command('kill');
    world.restart();
    world.connect();
    world.wait(SECOND_NS);
    world.signal({ ...CROSSING, desiredLots: 4 });
    world.wait(SECOND_NS);
    expect(world.tally.positionLots).toEqual([2, 0]);
  });
});
