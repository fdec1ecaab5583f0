/** Orders at a market's close: without these tests, they could trade into another day. */
import { expect, it } from 'vitest';
import { SECOND_NS } from '#engine';
import { withZones } from './config-zones.ts';
import { deskTerms, parseDeskFile } from './desk-file/desk-file.ts';
import { createReplay } from './gateway.ts';
import { CONFIG, type PaperWorld, paperWorld, replayedBytes } from './paper-world.ts';
import type { GatewayConfig } from './state.ts';

const HOUR_NS = 3_600 * SECOND_NS;
/** A Friday and a Monday, the night between them in which New York's clocks change. */
const WINTER_NS = BigInt(Date.UTC(2014, 2, 7)) * 1_000_000n;
const SUMMER_NS = BigInt(Date.UTC(2014, 2, 10)) * 1_000_000n;

function deskOf(strategy: object, originNs = SUMMER_NS): GatewayConfig {
  const { venues, strategies, money } = deskTerms(
    parseDeskFile({
      venues: [{ name: 'north', senderCompId: 'GATEWAY', targetCompId: 'VENUE', postOnly: true }],
      strategies: [{ name: 'alpha', account: 'fund', ...strategy }],
      accounts: [{ name: 'fund' }],
      calendars: [
        {
          ...{ name: 'floor', timeZone: 'America/New_York', instruments: ['EURUSD'] },
          sessions: [{ start: '04:00:00', end: '08:00:00' }],
        },
      ],
    }),
  );
  return withZones({ ...CONFIG, originNs, venues, strategies, money }, undefined);
}

/** A buy order rests behind the market. */
function resting(config: GatewayConfig): PaperWorld {
  const world = paperWorld(config);
  world.quote(0, 100_000, 100_010);
  world.connect();
  world.wait(SECOND_NS);
  world.signal({ style: 'join', limitIncrements: 99_990 });
  world.wait(SECOND_NS);
  expect(world.tally.open.size).toBe(1);
  return world;
}

/** When cancels left; a replay sends the same bytes. */
const cancels = ({ log, sent }: PaperWorld, config: GatewayConfig) => {
  const replay = createReplay(config);
  expect(replayedBytes(replay, log)).toEqual(Buffer.concat(sent));
  return sent
    .map(bytes => bytes.toString('latin1'))
    .filter(text => text.includes('\u000135=F\u0001'))
    .map(text => text.split('\u000152=')[1]!.slice(9, 17));
};

it.each([
  ['eight in New York in winter', WINTER_NS, '13:00:00'],
  ['eight in New York in summer, an hour earlier in UTC', SUMMER_NS, '12:00:00'],
] as const)('cancels what rests at %s, without a quote', (_, originNs, time) => {
  const config = deskOf({ atClose: 'cancel' }, originNs);
  const world = resting(config);
  world.wait(6 * HOUR_NS);
  expect(cancels(world, config)).toEqual([time]);
  expect(world.tally.open.size).toBe(0);
});

it.each([{}, { atClose: 'leave' }])('leaves it where the desk says %j', strategy => {
  const config = deskOf(strategy);
  const world = resting(config);
  world.wait(6 * HOUR_NS);
  expect(cancels(world, config)).toEqual([]);
  expect(world.tally.open.size).toBe(1);
});

it('cancels what is unanswered at the close with its answer', () => {
  const config = deskOf({ atClose: 'cancel' });
  const world = paperWorld(config);
  world.quote(0, 100_000, 100_010);
  world.connect();
  world.time.advanceTo(12 * HOUR_NS - 500_000);
  world.signal({ style: 'join', limitIncrements: 99_990 });
  world.wait(SECOND_NS);
  expect(cancels(world, config)).toEqual(['12:00:00']);
  expect(world.tally.open.size).toBe(0);
});

it('cancels what the close met at a venue that was away, and resumes nothing by itself', () => {
  const config = deskOf({ atClose: 'cancel' });
  const world = resting(config);
  world.wait(2 * HOUR_NS - 3 * SECOND_NS);
  world.signal({ style: 'join', limitIncrements: 99_991 });
  world.time.advanceTo(world.time.nowNs() + SECOND_NS - 2);
  world.cut();
  world.wait(10 * SECOND_NS);
  world.connect();
  world.wait(SECOND_NS);
  expect(world.tally.open.size).toBe(0);
  const before = world.sent.length;
  // Past the next opening, with a quote but without a wish.
  world.wait(22 * HOUR_NS);
  world.quote(0, 100_000, 100_010);
  world.wait(SECOND_NS);
  const orders = world.sent.slice(before).filter(bytes => bytes.includes('\u000135=D\u0001'));
  expect(orders).toEqual([]);
  world.connect();
  world.wait(SECOND_NS);
  world.signal({ style: 'join', limitIncrements: 99_990 });
  world.wait(SECOND_NS);
  expect(world.tally.open.size).toBe(1);
});

it('ends a parent at work with the hours of its market', () => {
  const slicing = { kind: 'twap', durationSeconds: 36_000, slices: 10 };
  const config = deskOf({ atClose: 'cancel', execution: { slicing } });
  const world = paperWorld(config);
  world.quote(0, 100_000, 100_010);
  world.connect();
  world.wait(SECOND_NS);
  world.signal({ desiredLots: 10, style: 'join', limitIncrements: 100_000 });
  world.wait(SECOND_NS);
  expect(world.gateway.state.execution.works[0]!.parent).toBeDefined();
  world.wait(6 * HOUR_NS);
  expect(world.gateway.state.execution.works[0]!.parent).toBeUndefined();
  expect(world.tally.open.size).toBe(0);
  cancels(world, config);
});

it('needs calendars to know a close by', () => {
  const file = {
    venues: [{ name: 'north', senderCompId: 'GATEWAY', targetCompId: 'VENUE', postOnly: true }],
    strategies: [{ name: 'alpha', account: 'fund', atClose: 'cancel' }],
    accounts: [{ name: 'fund' }],
  };
  expect(() => parseDeskFile(file)).toThrow('strategies alpha: atClose: cancel; give the section');
});
