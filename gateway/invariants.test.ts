/** The whole gateway: without these properties, some order of events could break a promise. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SECOND_NS } from '#engine';
import { createReplay } from './gateway.ts';
import { clientOrderIdText } from './order/client-order-id.ts';
import { type Action, anyAction, perform, quotedWorld } from './paper-actions.ts';
import { CONFIG, type PaperWorld, replayedBytes } from './paper-world.ts';
import { isLoggedOn } from './state.ts';

/** What holds at every instant, whatever is under way. */
function expectLimits({ gateway, tally }: PaperWorld): void {
  const { positionLots } = CONFIG.limits;
  for (const [index, { holding }] of gateway.state.desks.entries()) {
    expect(Math.abs(holding.positionLots)).toBeLessThanOrEqual(positionLots);
    expect(Math.abs(tally.positionLots[index]!)).toBeLessThanOrEqual(positionLots);
  }
  expect(tally.mostOpen).toBeLessThanOrEqual(1);
}

function live(actions: readonly Action[], delayNs: number): PaperWorld {
  const { world, quotes } = quotedWorld(delayNs);
  for (const act of actions) {
    perform(world, quotes, act);
    expectLimits(world);
  }
  return world;
}

const scripts = fc.tuple(
  fc.array(anyAction, { minLength: 20, maxLength: 120 }),
  fc.constantFrom(0, 1_000_000, 40_000_000),
);

describe('whatever signals, quotes, commands and lost connections come', () => {
  it('books what the market filled, within the limits, with one order an instrument', () => {
    fc.assert(
      fc.property(scripts, ([actions, delayNs]) => {
        const world = live(actions, delayNs);
        world.connect();
        world.wait(5 * SECOND_NS);
        const { desks } = world.gateway.state;
        expect(world.gateway.state.counts.outOfStep).toBe(0);
        const booked = desks.map(({ holding }) => holding.positionLots);
        expect(booked).toEqual(world.tally.positionLots);
        expect(
          desks.flatMap(({ orders }) => orders).filter(each => each.isUnknown || each.pending),
        ).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('leaves no order at the venue after a stop, whatever was unanswered then', () => {
    fc.assert(
      fc.property(scripts, ([actions, delayNs]) => {
        const world = live(actions, delayNs);
        if (!isLoggedOn(world.gateway.state)) {
          world.connect();
          world.wait(SECOND_NS);
        }
        world.gateway.command('stop');
        world.wait(SECOND_NS);
        expect([...world.tally.open.values()]).toEqual([]);
        expect(world.gateway.state.venues[0]!.session.status).toBe('disconnected');
      }),
      { numRuns: 300 },
    );
  });

  it('never sends more orders a second than allowed, nor one name twice', () => {
    fc.assert(
      fc.property(scripts, ([actions, delayNs]) => {
        const world = live(actions, delayNs);
        const requests = world.effects.flatMap(({ requests: sent }) => sent);
        const names = requests.map(({ clientOrderId }) => clientOrderIdText(clientOrderId));
        expect(new Set(names).size).toBe(names.length);
        const timesNs: number[] = [];
        for (const [index, { requests: sent }] of world.effects.entries()) {
          const orders = sent.filter(({ kind }) => kind !== 'cancel');
          for (const _ of orders) timesNs.push(world.log[index]!.timeNs);
        }
        const { ordersPerSecond } = CONFIG.limits;
        for (const [index, timeNs] of timesNs.entries()) {
          const before = timesNs[index - ordersPerSecond] ?? Number.NEGATIVE_INFINITY;
          expect(timeNs - before).toBeGreaterThanOrEqual(SECOND_NS);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('gives the same bytes from its log, or no one could prove what was sent and why', () => {
    fc.assert(
      fc.property(scripts, ([actions, delayNs]) => {
        const world = live(actions, delayNs);
        const replay = createReplay(CONFIG);
        expect(replayedBytes(replay, world.log)).toEqual(Buffer.concat(world.sent));
        expect(replay.state.counts).toEqual(world.gateway.state.counts);
        expect(replay.state.desks).toEqual(world.gateway.state.desks);
      }),
      { numRuns: 100 },
    );
  });
});
