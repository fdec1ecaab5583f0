/** A member that fails, or never listens: without these tests it would hold up its whole group. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Assigner, GroupMember, RebalanceEvent } from '../group.ts';
import type { Broker } from '../port.ts';
import { openEmbedded } from './open.ts';

let directory: string;
let broker: Broker;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'outrider-group-'));
  broker = await openEmbedded({ directory });
  await broker.admin.createTopics([{ topic: 't', partitions: 2, replicas: 1, config: {} }]);
});
afterEach(async () => {
  await broker.close();
  rmSync(directory, { recursive: true });
});

/** All partitions to the first member. */
const assigner: Assigner = {
  name: 'all',
  assign: ({ members }) => {
    const partitions = [0, 1].map(partition => ({ topic: 't', partition }));
    const [first, ...others] = members.map(({ memberId }) => memberId);
    const nothing = { partitions: [], data: new Uint8Array() };
    return new Map([
      [first!, { ...nothing, partitions }],
      ...others.map(each => [each, nothing] as const),
    ]);
  },
};

const joinGroup = () =>
  broker.join({
    ...{ groupId: 'g', topics: ['t'], assigner, isolation: 'read-committed', pollWaitMs: 20 },
    ...{ sessionTimeoutMs: 1_000, heartbeatMs: 100, startAt: 'first' },
  });

async function untilAssigned(member: GroupMember, events: readonly RebalanceEvent[]) {
  while (!events.some(({ type }) => type === 'assigned')) await member.poll();
}

function listen(member: GroupMember): RebalanceEvent[] {
  const events: RebalanceEvent[] = [];
  member.onRebalance(async event => void events.push(event));
  return events;
}

it('goes on without a member whose handler throws, which hears of it at its poll', async () => {
  const failing = await joinGroup();
  failing.onRebalance(async ({ type }) => {
    if (type === 'revoked') throw new Error('cannot let go');
  });
  await failing.poll();
  const other = await joinGroup();
  const events = listen(other);
  await untilAssigned(other, events);
  await expect(failing.poll()).rejects.toThrow('cannot let go');
});

it('goes on without a member that never listened and was closed', async () => {
  const silent = await joinGroup();
  await silent.poll();
  const other = await joinGroup();
  const events = listen(other);
  await other.poll();
  await silent.close();
  await untilAssigned(other, events);
});
