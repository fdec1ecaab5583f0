/** What a member makes of its coordinator's word at bad times: events that are true, and an end. */

import {
  encodeConsumerProtocolAssignment,
  heartbeatV4,
  joinGroupV9,
  leaveGroupV5,
  offsetFetchV8,
  syncGroupV5,
} from '@platformatic/kafka';
import { expect, it } from 'vitest';
import { coPartitioned } from '../contract/co-partitioned.ts';
import type { GroupOptions } from '../group.ts';
import { nowMs, waitMs } from '../wait.ts';
import type { Cluster } from './cluster.ts';
import { ERROR } from './error-codes.ts';
import { joinGroup } from './group.ts';

const SESSION_MS = 300;
const assignment = encodeConsumerProtocolAssignment({
  ...{ version: 0, assignedPartitions: [{ topic: 'ticks', partitions: [0] }], userData: null },
});
const committed = {
  ...{ partitionIndex: 0, committedOffset: 5n, metadata: null, errorCode: ERROR.none },
};

/** A coordinator that gives a lone member all, and says what it is told to at its beats. */
async function memberOf(given: Partial<GroupOptions> = {}) {
  const said = { joins: 0, beat: ERROR.none as number, isThere: true };
  const answers = new Map<unknown, () => object>([
    [heartbeatV4.api, () => ({ errorCode: said.beat })],
    [syncGroupV5.api, () => ({ errorCode: ERROR.none, assignment })],
    [leaveGroupV5.api, () => ({ errorCode: ERROR.none })],
    [
      offsetFetchV8.api,
      () => ({ groups: [{ errorCode: 0, topics: [{ name: 'ticks', partitions: [committed] }] }] }),
    ],
    [
      joinGroupV9.api,
      () => {
        said.beat = ERROR.none;
        const generationId = ++said.joins;
        return { errorCode: 0, memberId: 'm', generationId, leader: 'other', members: [] };
      },
    ],
  ]);
  const links = {
    call: async (_node: unknown, api: unknown) => answers.get(api)!(),
    close: async () => {},
  };
  const cluster = {
    ...{ links, openLinks: () => links, known: () => undefined, refresh: async () => {} },
    ...{ forgetCoordinator() {}, mistrust() {} },
    coordinator: async () =>
      said.isThere ? { host: 'a', port: 9092 } : new Promise<never>(() => {}),
  } as unknown as Cluster;
  const member = await joinGroup(cluster, {
    ...{ groupId: 'g', topics: ['ticks'], assigner: coPartitioned, isolation: 'read-committed' },
    ...{ sessionTimeoutMs: SESSION_MS, heartbeatMs: 10, startAt: 'first', pollWaitMs: 20 },
    ...given,
  });
  return { member, said };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await waitMs(5);
}

it('fails the poll that waits once its instance id is taken, whatever a handler does', async () => {
  const { member, said } = await memberOf({ instanceId: 'one', pollWaitMs: 60_000 });
  member.onRebalance(async ({ type }) => {
    if (type === 'lost') throw new Error('of a handler that fails');
    said.beat = ERROR.fencedInstance;
  });
  const beganMs = nowMs();
  await expect(member.poll()).rejects.toThrow(/instanceId one: .*give each process/);
  expect(nowMs() - beganMs).toBeLessThan(30_000);
  await member.close();
});

it('tells that its partitions are lost where it was put out while it took them', async () => {
  const { member, said } = await memberOf();
  const events: string[] = [];
  member.onRebalance(async ({ type }) => {
    events.push(type);
    if (events.length > 1) return;
    said.beat = ERROR.unknownMember;
    // Some beats long: opening the state of the partitions takes its time.
    await waitMs(100);
  });
  void member.poll();
  await until(() => events.length === 3);
  expect(events).toEqual(['assigned', 'lost', 'assigned']);
  await member.close();
});

it('joins once where it is put out, or asks itself, while it gives up its partitions', async () => {
  const { member, said } = await memberOf();
  const events: string[] = [];
  member.onRebalance(async ({ type }) => {
    events.push(type);
    if (type !== 'revoked') return;
    said.beat = ERROR.unknownMember;
    await member.rejoin();
    await waitMs(100);
  });
  void member.poll();
  await until(() => events.length === 1);
  await waitMs(50);
  await member.rejoin();
  await until(() => events.length === 3);
  await waitMs(100);
  expect(events).toEqual(['assigned', 'revoked', 'assigned']);
  expect(said.joins).toBe(2);
  await member.close();
});

it('closes within a session though its group has no coordinator to be told', async () => {
  const { member, said } = await memberOf();
  let isAssigned = false;
  member.onRebalance(async () => {
    isAssigned = true;
  });
  void member.poll();
  await until(() => isAssigned);
  said.isThere = false;
  const beganMs = nowMs();
  await member.close();
  expect(nowMs() - beganMs).toBeLessThan(SESSION_MS * 20);
});
