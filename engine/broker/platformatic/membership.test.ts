/** Rounds of a group that take long: a member must not fall out of it for waiting its turn. */

import { encodeConsumerProtocolAssignment, joinGroupV9, syncGroupV5 } from '@platformatic/kafka';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { coPartitioned } from '../contract/co-partitioned.ts';
import type { GroupOptions } from '../group.ts';
import { waitMs } from '../wait.ts';
import type { Cluster } from './cluster.ts';
import { ERROR } from './error-codes.ts';
import type { Links } from './links.ts';
import { joinRound } from './membership.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** As long as the others may take, by default. */
const ROUND_MS = 59_000;
const assignment = encodeConsumerProtocolAssignment({
  version: 0,
  assignedPartitions: [{ topic: 'ticks', partitions: [3] }],
  userData: Buffer.from('said'),
});

/** A member whose group answers so, one round after the other. */
function memberOf(rounds: { readonly joined: number; readonly synced: number }[]) {
  const call = async (_node: unknown, api: unknown) => {
    const { joined, synced } = rounds[0]!;
    if (api === joinGroupV9.api) {
      await waitMs(ROUND_MS);
      if (joined !== ERROR.none) rounds.shift();
      return { errorCode: joined, memberId: 'm', generationId: 1, leader: 'other', members: [] };
    }
    expect(api).toBe(syncGroupV5.api);
    rounds.shift();
    return { errorCode: synced, assignment };
  };
  const cluster = {
    coordinator: async () => ({ host: 'a', port: 9092 }),
    forgetCoordinator() {},
    mistrust() {},
  } as unknown as Cluster;
  const options: GroupOptions = {
    ...{ groupId: 'g', topics: ['ticks'], assigner: coPartitioned, sessionTimeoutMs: 6_000 },
    ...{ heartbeatMs: 100, startAt: 'first', isolation: 'read-committed' },
  };
  const links = { call } as unknown as Links;
  return { cluster, options, links, memberId: '', generation: -1, isClosed: false };
}

it('goes through rounds that others join late, however long they take together', async () => {
  const late = { joined: ERROR.none, synced: ERROR.rebalanceInProgress };
  const gone = { joined: ERROR.unknownMember, synced: ERROR.none };
  const last = { joined: ERROR.none, synced: ERROR.none };
  const joined = joinRound(memberOf([late, late, gone, last]));
  await vi.advanceTimersByTimeAsync(5 * ROUND_MS);
  expect(await joined).toEqual({
    partitions: [{ topic: 'ticks', partition: 3 }],
    data: new Uint8Array(Buffer.from('said')),
  });
});

it('ends with what its instance id is to be, where another process has it', async () => {
  const state = memberOf([{ joined: ERROR.fencedInstance, synced: ERROR.none }]);
  const joined = joinRound({ ...state, options: { ...state.options, instanceId: 'one' } });
  const said = expect(joined).rejects.toMatchObject({
    code: 'fenced',
    message: expect.stringMatching(/group g, instanceId one: .*; give each process one of its own/),
  });
  await vi.advanceTimersByTimeAsync(ROUND_MS);
  await said;
});
