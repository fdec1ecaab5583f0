/** Epochs in a gateway's log: what a node wrote after it was replaced must change nothing. */
import { describe, expect, it } from 'vitest';
import { SECOND_NS } from '#engine';
import type { GatewayEvent } from '../event.ts';
import { createReplay } from '../gateway.ts';
import { CONFIG, paperWorld, replayedBytes } from '../paper-world.ts';
import { FIRM, stateOf } from '../risk/states.ts';

/** A gateway that trades under its second epoch, and has an order at work. */
function trading() {
  const world = paperWorld(CONFIG, 1_000_000);
  world.quote(0, 100_000, 100_010);
  world.gateway.claim(2, 'B', '');
  world.gateway.noteStandby('A');
  world.connect();
  world.wait(SECOND_NS);
  world.signal({ limitIncrements: 99_990 });
  world.wait(SECOND_NS);
  return world;
}

const late = (timeNs: number, epoch: number): GatewayEvent => ({
  ...{ kind: 'epoch-claim', timeNs, epoch, node: 'A', operator: '' },
});

describe('a claim in the log', () => {
  it('says who trades, and that answers of before are none', () => {
    const world = trading();
    const { succession, desks } = world.gateway.state;
    expect(succession).toEqual({ epoch: 2, node: 'B', isVoid: false, standby: 'A' });
    expect(world.tally.open.size).toBe(1);
    world.gateway.claim(3, 'A', 'Ada');
    expect(succession).toEqual({ epoch: 3, node: 'A', isVoid: false, standby: undefined });
    expect(desks[0]!.orders.map(({ isUnknown }) => isUnknown)).toEqual([true]);
  });

  it.each([1, 2])('of epoch %i is void after epoch 2, with all behind it', epoch => {
    const { log } = trading();
    const { timeNs } = log.at(-1)!;
    const kill: GatewayEvent = { kind: 'command', timeNs, command: 'kill' };
    const replay = createReplay(CONFIG);
    const bytes = replayedBytes(replay, [...log, late(timeNs, epoch), kill]);
    expect(bytes.equals(replayedBytes(createReplay(CONFIG), log))).toBe(true);
    expect(stateOf(replay.state.risk, FIRM)).toBe('active');
    expect(replay.state.succession.isVoid).toBe(true);
  });

  it('of a newer epoch ends a void stretch', () => {
    const { log } = trading();
    const { timeNs } = log.at(-1)!;
    const kill: GatewayEvent = { kind: 'command', timeNs, command: 'kill' };
    const replay = createReplay(CONFIG);
    replayedBytes(replay, [...log, late(timeNs, 1), late(timeNs, 3), kill]);
    expect(stateOf(replay.state.risk, FIRM)).toBe('halted');
    expect(replay.state.succession).toMatchObject({ epoch: 3, node: 'A', isVoid: false });
  });
});
