/** A full disk: what left without a record could not be proved, nor known after a restart. */
import { expect, it } from 'vitest';
import { MILLISECOND_NS, OutriderError, SECOND_NS, virtualTime } from '#engine';
import type { GatewayEvent } from './event.ts';
import { encodeMessage } from './fix/codec.ts';
import { formatUtcTimestamp } from './fix/timestamp.ts';
import { createReplay } from './gateway.ts';
import { CONFIG, type PaperWorld, replayedBytes, START_NS, tradingWorld } from './paper-world.ts';
import { FIRM, stateOf } from './risk/states.ts';
import { stallingJournal } from './stall.ts';
import { isLoggedOn } from './state.ts';

const FULL = new OutriderError('disk', 'gateway.log: write failed: ENOSPC');

it('sends nothing while the disk is full, says so, and trades again once there is space', () => {
  const world = tradingWorld();
  world.signal({ style: 'join', limitIncrements: 100_000 });
  world.wait(100 * MILLISECOND_NS);
  expect(world.tally.open.size).toBe(1);
  const sentBefore = world.sent.length;

  world.diskError = FULL;
  world.signal({ style: 'join', limitIncrements: 99_999 });
  world.wait(SECOND_NS);
  world.signal({ style: 'cross', desiredLots: 3 });
  world.wait(60 * SECOND_NS);
  expect(world.stalls).toEqual([FULL.message]);
  expect(world.sent).toHaveLength(sentBefore);
  expect(isLoggedOn(world.gateway.state)).toBe(true);

  world.diskError = undefined;
  world.wait(SECOND_NS);
  expect(world.stalls).toEqual([FULL.message, undefined]);
  expect(isLoggedOn(world.gateway.state)).toBe(false);
  world.connect();
  world.wait(SECOND_NS);
  // What was made before the disk took it is too old to leave now: the venue never sees it.
  expect(world.gateway.state.counts.notSent).toBe(1);
  world.signal({ style: 'cross', desiredLots: 2 });
  world.wait(SECOND_NS);
  expect(world.tally.positionLots[0]).toBe(2);
  expect(world.tally.mostOpen).toBe(1);
  expect(replayedBytes(createReplay(CONFIG), world.log)).toEqual(Buffer.concat(world.sent));
});

it('keeps what came over a socket whose memory is used again before the disk has space', () => {
  const world = tradingWorld();
  const status = encodeMessage(
    {
      ...{ msgSeqNum: 2, senderCompId: 'VENUE', targetCompId: 'GATEWAY' },
      sendingTime: formatUtcTimestamp(CONFIG.originNs, world.time.nowNs()),
    },
    { msgType: '1', testReqId: 'before' },
  );
  // As a socket hands it in.
  const memory = Buffer.from(status);
  world.diskError = FULL;
  world.gateway.onBytes(memory);
  memory.fill(0);
  world.diskError = undefined;
  world.wait(SECOND_NS);
  expect(Buffer.concat(world.sent).toString('latin1')).toContain('\u0001112=before\u0001');
});

it('takes a kill that came meanwhile before anything new', () => {
  const world = tradingWorld();
  world.diskError = FULL;
  world.signal({});
  world.gateway.command('kill');
  world.wait(SECOND_NS);
  world.diskError = undefined;
  world.wait(SECOND_NS);
  world.connect();
  world.wait(SECOND_NS);
  world.signal({});
  world.wait(SECOND_NS);
  expect(stateOf(world.gateway.state.risk, FIRM)).toBe('halted');
  expect(world.tally.positionLots[0]).toBe(0);
  for (let count = 0; count < 64; count++) expectHeld(world);
});

/** Commands find room again after each stall. */
function expectHeld(world: PaperWorld): void {
  world.diskError = FULL;
  world.gateway.command('kill');
  world.gateway.command('arm');
  world.diskError = undefined;
  world.wait(SECOND_NS);
  expect(stateOf(world.gateway.state.risk, FIRM)).toBe('active');
}

it('holds a bounded number of decisions, and passes on what is no matter of the disk', () => {
  const time = virtualTime(START_NS);
  let error: Error | undefined = FULL;
  const resumed: unknown[] = [];
  const log = stallingJournal({
    ...{ clock: time, timers: time, onStalled() {} },
    journal() {
      if (error !== undefined) throw error;
    },
    onResumed: (event, held) => resumed.push([event.kind, held.length]),
  });
  const event: GatewayEvent = { kind: 'timer', timeNs: START_NS };
  const kill: GatewayEvent = { kind: 'command', timeNs: START_NS, command: 'kill' };
  expect(log.write(event)).toBe(false);
  for (let count = 0; count < 64; count++) log.hold(kill);
  expect(() => log.hold(kill)).toThrow('64 decisions wait');
  error = undefined;
  time.advanceTo(START_NS + SECOND_NS);
  expect(resumed).toEqual([['timer', 64]]);
  expect(log.isStalled).toBe(false);
  error = new Error('a bug');
  expect(() => log.write(event)).toThrow('a bug');
  expect(log.isStalled).toBe(false);
});

it('keeps what a venue said as it was when it came, or the step would see other bytes', () => {
  const time = virtualTime(START_NS);
  const journalled: GatewayEvent[] = [];
  const resumed: GatewayEvent[] = [];
  let isFull = true;
  const log = stallingJournal({
    ...{ clock: time, timers: time, onStalled() {} },
    journal(event) {
      journalled.push(event);
      if (isFull) throw FULL;
    },
    onResumed: event => void resumed.push(event),
  });
  const received = new Uint8Array([1, 2, 3]);
  const event: GatewayEvent = { kind: 'inbound', timeNs: START_NS, venue: 0, bytes: received };
  log.write(event);
  received.fill(9);
  isFull = false;
  time.advanceTo(START_NS + SECOND_NS);
  expect(resumed).toEqual([{ ...event, bytes: new Uint8Array([1, 2, 3]) }]);
  // The very event, or the log would take it twice.
  expect(new Set(journalled).size).toBe(1);
});
