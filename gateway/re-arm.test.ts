/** Armed again, a gateway trades on new signals alone: nobody looked at the wishes of before. */
import { describe, expect, it } from 'vitest';
import { MILLISECOND_NS, SECOND_NS } from '#engine';
import { createReplay } from './gateway.ts';
import { CONFIG, type PaperWorld, paperWorld, replayedBytes } from './paper-world.ts';

const RESTING = { style: 'join', desiredLots: 3, limitIncrements: 99_995 } as const;

function worldOf(stepVersion: number): PaperWorld {
  const world = paperWorld({ ...CONFIG, stepVersion });
  world.quote(0, 100_000, 100_010);
  world.connect();
  world.wait(SECOND_NS);
  return world;
}

/** Killed and armed at once: the cancel is answered after that, which works the desk again. */
function killedAndArmed(stepVersion: number): PaperWorld {
  const world = worldOf(stepVersion);
  world.signal(RESTING);
  world.wait(100 * MILLISECOND_NS);
  world.gateway.command('kill');
  world.gateway.command('arm');
  world.wait(5 * SECOND_NS);
  return world;
}

const newOrders = ({ sent }: PaperWorld) =>
  Buffer.concat(sent).toString('latin1').split('\u000135=D\u0001').length - 1;

describe('after a kill and an arm', () => {
  it('the wish of before goes no more, the next signal does', () => {
    const world = killedAndArmed(3);
    expect(newOrders(world)).toBe(1);
    expect(world.tally.open.size).toBe(0);
    world.signal(RESTING);
    world.wait(SECOND_NS);
    expect(newOrders(world)).toBe(2);
    expect(world.tally.open.size).toBe(1);
  });

  it('a wish of meanwhile goes neither', () => {
    const world = worldOf(3);
    world.gateway.command('kill');
    world.signal(RESTING);
    world.gateway.command('arm');
    world.cut();
    world.connect();
    world.wait(5 * SECOND_NS);
    expect(newOrders(world)).toBe(0);
  });

  it('an arm of what was never killed drops nothing', () => {
    const world = worldOf(3);
    world.signal(RESTING);
    world.wait(SECOND_NS);
    world.gateway.command('arm');
    world.wait(SECOND_NS);
    expect(world.tally.open.size).toBe(1);
  });

  it('logs of version 2 give the bytes they gave: there the wish went again', () => {
    const world = killedAndArmed(2);
    expect(newOrders(world)).toBe(2);
    const replay = createReplay({ ...CONFIG, stepVersion: 2 });
    expect(replayedBytes(replay, world.log)).toEqual(Buffer.concat(world.sent));
    const newer = createReplay({ ...CONFIG, stepVersion: 3 });
    expect(replayedBytes(newer, world.log)).not.toEqual(Buffer.concat(world.sent));
  });
});
