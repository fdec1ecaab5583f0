/** The contract of groups: partitions shared and handed over, offsets kept, zombies fenced. */

import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { GroupMember, GroupOptions, RebalanceEvent } from '../group.ts';
import type { TopicPartition } from '../record.ts';
import { coPartitioned } from './co-partitioned.ts';
import { POLL_MS, pollUntil, take } from './polling.ts';
import { groupName, makeTopic, record, type Subject, type Suite, textOf } from './setting.ts';

type Watched = GroupMember & { readonly events: RebalanceEvent[]; held(): string[] };

const join = async (
  subject: Subject,
  given: Partial<GroupOptions> & Pick<GroupOptions, 'groupId' | 'topics'>,
) => {
  const member = await subject.broker().join({
    ...{ isolation: 'read-committed', pollWaitMs: POLL_MS, assigner: coPartitioned },
    ...{ sessionTimeoutMs: 6_000, heartbeatMs: 100, startAt: 'first', ...given },
  });
  return watched(member);
};

export const groups: Suite = {
  'gives a lone member all partitions, from the first record where it has no offset':
    async subject => {
      const topic = await makeTopic(subject, 2);
      const producer = await subject.broker().producer({});
      await producer.send([0, 1].map(partition => record(topic, { partition, value: 'old' })));
      const member = await join(subject, { groupId: groupName(), topics: [topic] });
      expect((await take(member, 2)).map(({ value }) => textOf(value))).toEqual(['old', 'old']);
      expect(member.held()).toEqual([`${topic}-0`, `${topic}-1`]);
      expect(member.identity().generation).toBeGreaterThan(-1);
      await Promise.all([member.close(), producer.close()]);
    },

  'begins at the end where it is told so': async subject => {
    const topic = await makeTopic(subject);
    const producer = await subject.broker().producer({});
    await producer.send([record(topic, { value: 'old' })]);
    const member = await join(subject, { groupId: groupName(), topics: [topic], startAt: 'end' });
    let first: string | null | undefined;
    while (first === undefined) {
      const [batch] = await member.poll();
      first = batch && textOf(batch.records[0]!.value);
      // Again and again: where its end is, is looked up once its handler is done.
      await producer.send([record(topic, { value: 'new' })]);
    }
    expect(first).toBe('new');
    await Promise.all([member.close(), producer.close()]);
  },

  'goes on behind what was committed, with the metadata kept': async subject => {
    const topic = await makeTopic(subject);
    const groupId = groupName();
    const producer = await subject.broker().producer({});
    await producer.send([1, 2, 3].map(value => record(topic, { value: String(value) })));
    const first = await join(subject, { groupId, topics: [topic] });
    await take(first, 3);
    const offsets = [{ topic, partition: 0, offset: 2, metadata: 'm' }];
    await first.commit(offsets);
    await first.close();
    expect(await subject.broker().admin.committed(groupId, offsets)).toEqual(offsets);
    const second = await join(subject, { groupId, topics: [topic] });
    expect((await take(second, 1)).map(({ value }) => textOf(value))).toEqual(['3']);
    await Promise.all([second.close(), producer.close()]);
  },

  'reads from where the handler sought, though another offset was committed': async subject => {
    const topic = await makeTopic(subject, 2);
    const groupId = groupName();
    const both = [0, 1].map(partition => ({ topic, partition }));
    await subject.broker().admin.setCommitted(
      groupId,
      both.map(each => ({ ...each, offset: 2 })),
    );
    const producer = await subject.broker().producer({});
    const values = ['a', 'b', 'c'];
    for (const { partition } of both) {
      await producer.send(values.map(value => record(topic, { partition, value })));
    }
    const member = await join(subject, { groupId, topics: [topic] });
    member.onRebalance(async ({ type }) => {
      if (type === 'assigned') member.seek({ topic, partition: 1, offset: 1 });
    });
    const taken = (await take(member, 3)).map(({ partition, value }) => [partition, textOf(value)]);
    expect(taken.sort()).toEqual([
      [0, 'c'],
      [1, 'b'],
      [1, 'c'],
    ]);
    await Promise.all([member.close(), producer.close()]);
  },

  'takes offsets that are set while it has no members': async subject => {
    const topic = await makeTopic(subject);
    const groupId = groupName();
    const offsets = [{ topic, partition: 0, offset: 7 }];
    await subject.broker().admin.setCommitted(groupId, offsets);
    expect(await subject.broker().admin.committed(groupId, offsets)).toEqual(offsets);
    const others = [{ topic, partition: 5 }];
    expect(await subject.broker().admin.committed(groupName(), others)).toEqual([]);
  },

  'shares partitions alike in all topics, and tells what was revoked before': async subject => {
    const topics = [await makeTopic(subject, 4), await makeTopic(subject, 4)];
    const groupId = groupName();
    const one = await join(subject, { groupId, topics });
    await pollUntil([one], () => one.held().length === 8);
    const two = await join(subject, { groupId, topics });
    await pollUntil([one, two], () => one.held().length === 4 && two.held().length === 4);
    expect([...one.held(), ...two.held()].sort()).toEqual(
      topics.flatMap(topic => [0, 1, 2, 3].map(partition => `${topic}-${partition}`)).sort(),
    );
    for (const member of [one, two]) {
      const [first, second] = topics.map(topic =>
        member
          .held()
          .filter(name => name.startsWith(topic))
          .map(name => name.slice(topic.length)),
      );
      expect(first).toEqual(second);
    }
    const taken = subject.broker().capabilities.waitsForRevoked ? 'revoked' : 'lost';
    expect(one.events.map(({ type }) => type)).toEqual(['assigned', taken, 'assigned']);
    await two.close();
    await pollUntil([one], () => one.held().length === 8);
    await one.close();
  },

  'has a member commit in its revoked handler before another one begins there': async subject => {
    if (!subject.broker().capabilities.waitsForRevoked) return;
    const topic = await makeTopic(subject, 2);
    const groupId = groupName();
    const producer = await subject.broker().producer({});
    await producer.send([0, 1].map(partition => record(topic, { partition, value: 'once' })));
    const one = await join(subject, { groupId, topics: [topic] });
    await take(one, 2);
    one.onRebalance(async event => {
      one.events.push(event);
      if (event.type !== 'revoked') return;
      await one.commit(event.partitions.map(each => ({ ...each, offset: 1 })));
    });
    const two = await join(subject, { groupId, topics: [topic] });
    await pollUntil([one, two], () => two.held().length === 1);
    expect(await two.poll()).toEqual([]);
    await producer.send([0, 1].map(partition => record(topic, { partition, value: 'next' })));
    const [next] = await take(two, 1);
    expect(textOf(next!.value)).toBe('next');
    await Promise.all([one.close(), two.close(), producer.close()]);
  },

  'begins at what others committed meanwhile where a partition comes back': async subject => {
    const topic = await makeTopic(subject, 2);
    const groupId = groupName();
    const both = [0, 1].map(partition => ({ topic, partition }));
    const producer = await subject.broker().producer({});
    for (const { partition } of both) {
      await producer.send(['a', 'b', 'c'].map(value => record(topic, { partition, value })));
    }
    const one = await join(subject, { groupId, topics: [topic] });
    await take(one, 6);
    await one.commit(both.map(each => ({ ...each, offset: 1 })));
    const two = await join(subject, { groupId, topics: [topic] });
    await pollUntil([one, two], () => one.held().length === 1 && two.held().length === 1);
    const [its] = both.filter(each => two.held().includes(nameOf(each)));
    await two.commit([{ ...its!, offset: 2 }]);
    await two.close();
    let first: number | undefined;
    while (first === undefined) {
      const batch = (await one.poll()).find(each => each.partition === its!.partition);
      first = batch?.records[0]?.offset;
    }
    // Not at 3, where it stood before: what it had read by then is as nothing to it.
    expect(first).toBe(2);
    await Promise.all([one.close(), producer.close()]);
  },

  'fails the polls of a member whose handler fails': async subject => {
    const topic = await makeTopic(subject, 2);
    const groupId = groupName();
    const one = await join(subject, { groupId, topics: [topic] });
    await pollUntil([one], () => one.held().length === 2);
    one.onRebalance(async ({ type }) => {
      if (type !== 'assigned') throw new Error('the disk is full');
    });
    const two = await join(subject, { groupId, topics: [topic] });
    const polled = pollUntil([one, two], () => false);
    await expect(polled).rejects.toThrow(/the disk is full/);
    await Promise.all([one.close(), two.close()]);
  },

  'refuses an older generation: its commits are fenced': async subject => {
    const topic = await makeTopic(subject, 2);
    const groupId = groupName();
    const one = await join(subject, { groupId, topics: [topic] });
    await pollUntil([one], () => one.held().length === 2);
    const before = one.identity();
    const two = await join(subject, { groupId, topics: [topic] });
    await pollUntil([one, two], () => two.held().length === 1 && one.held().length === 1);
    expect(one.identity().generation).toBeGreaterThan(before.generation);
    if (subject.broker().capabilities.fencesByGeneration) {
      const producer = await subject.broker().producer({ transactionalId: randomUUID() });
      const transaction = await producer.begin();
      const late = transaction.addOffsets(before, [{ topic, partition: 0, offset: 1 }]);
      await expect(late).rejects.toMatchObject({ code: 'fenced' });
      await transaction.abort();
      const next = await producer.begin();
      await next.addOffsets(one.identity(), [{ topic, partition: 0, offset: 1 }]);
      await next.commit();
      await producer.close();
    }
    await Promise.all([one.close(), two.close()]);
  },

  'hears members and answers each': async subject => {
    if (!subject.broker().capabilities.memberData) return;
    const topic = await makeTopic(subject, 2);
    const groupId = groupName();
    let said = 'first';
    const one = await join(subject, {
      groupId,
      topics: [topic],
      memberData: () => Buffer.from(said),
    });
    await pollUntil([one], () => one.held().length === 2);
    expect(lastData(one)).toBe('first of 1');
    said = 'second';
    await one.rejoin();
    await pollUntil([one], () => lastData(one) === 'second of 1');
    const taken = subject.broker().capabilities.waitsForRevoked ? 'revoked' : 'lost';
    expect(one.events.map(({ type }) => type)).toEqual(['assigned', taken, 'assigned']);
    const two = await join(subject, {
      groupId,
      topics: [topic],
      memberData: () => Buffer.from('other'),
    });
    await pollUntil([one, two], () => lastData(one) === 'second of 2');
    await pollUntil([one, two], () => lastData(two) === 'other of 2');
    await Promise.all([one.close(), two.close()]);
  },

  'takes the partitions of a member that is silent for the session timeout': async subject => {
    // Members of one process fall silent together, and kafkajs refuses so slow a heart.
    const { isShared, name } = subject.broker().capabilities;
    if (!isShared || name === 'kafkajs') return;
    const topic = await makeTopic(subject, 2);
    const groupId = groupName();
    const other = await subject.another();
    const silent = await other.join({
      ...{ isolation: 'read-committed', pollWaitMs: POLL_MS, assigner: coPartitioned },
      ...{ sessionTimeoutMs: 1_000, heartbeatMs: 3_600_000, startAt: 'first' },
      ...{ groupId, topics: [topic], rebalanceTimeoutMs: 1_000 },
    });
    const heard = watched(silent);
    await pollUntil([heard], () => heard.held().length === 2);
    const one = await join(subject, { groupId, topics: [topic] });
    await pollUntil([one], () => one.held().length === 2);
    await one.close();
    await other.close();
  },

  'keeps the partitions of a static member that comes back in time': async subject => {
    if (!subject.broker().capabilities.staticMembership) return;
    const topic = await makeTopic(subject, 2);
    const groupId = groupName();
    const one = await join(subject, { groupId, topics: [topic], instanceId: 'one' });
    const two = await join(subject, { groupId, topics: [topic], instanceId: 'two' });
    await pollUntil([one, two], () => one.held().length === 1 && two.held().length === 1);
    const held = one.held();
    const { generation } = two.identity();
    await one.close();
    const back = await join(subject, { groupId, topics: [topic], instanceId: 'one' });
    await pollUntil([back, two], () => back.held().length === 1);
    expect(back.held()).toEqual(held);
    expect(two.identity().generation).toBe(generation);
    await Promise.all([back.close(), two.close()]);
  },
};

function watched(member: GroupMember): Watched {
  const events: RebalanceEvent[] = [];
  member.onRebalance(async event => void events.push(event));
  const held = () => {
    const last = events.at(-1);
    const names = last?.type === 'assigned' ? last.partitions.map(nameOf) : [];
    return names.sort();
  };
  return { ...member, events, held };
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`;
}

function lastData({ events }: Watched): string | null {
  const last = events.at(-1);
  return last?.type === 'assigned' ? textOf(last.data) : null;
}
