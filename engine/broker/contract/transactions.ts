/** The contract of transactions: all or nothing, also for offsets, and one producer an id. */

import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { PartitionOffset } from '../record.ts';
import { POLL_MS, readAll } from './polling.ts';
import { groupName, makeTopic, record, type Subject, type Suite, textOf } from './setting.ts';

/** A group without members: any identity may commit for it. */
const nobody = (groupId: string) => ({ groupId, memberId: '', generation: -1 });

const transactional = (subject: Subject, transactionalId: string = randomUUID()) =>
  subject.broker().producer({ transactionalId });
const valuesOf = async (subject: Subject, topic: string, partitions = 1) =>
  (await readAll(subject.broker(), topic, partitions)).map(({ value }) => textOf(value));

export const transactions: Suite = {
  'shows its records in all partitions once it is committed, and none before': async subject => {
    const topic = await makeTopic(subject, 2);
    const producer = await transactional(subject);
    const transaction = await producer.begin();
    await transaction.send([record(topic, { value: 'a' })]);
    await transaction.send([record(topic, { partition: 1, value: 'b' })]);
    expect(await valuesOf(subject, topic, 2)).toEqual([]);
    await transaction.commit();
    await expect.poll(() => valuesOf(subject, topic, 2)).toEqual(['a', 'b']);
    await producer.close();
  },

  'that is aborted leaves nothing to committed readers': async subject => {
    const topic = await makeTopic(subject);
    const producer = await transactional(subject);
    for (const [value, end] of [
      ['a', 'commit'],
      ['b', 'abort'],
      ['c', 'commit'],
    ] as const) {
      const transaction = await producer.begin();
      await transaction.send([record(topic, { value }), record(topic, { value })]);
      await transaction[end]();
    }
    await expect.poll(() => valuesOf(subject, topic)).toEqual(['a', 'a', 'c', 'c']);
    await producer.close();
  },

  'that is aborted stays hidden though its end lies in another fetch': async subject => {
    const topic = await makeTopic(subject);
    const producer = await transactional(subject);
    const aborted = await producer.begin();
    for (let count = 0; count < 40; count++) {
      await aborted.send([record(topic, { value: Buffer.alloc(2000, 1) })]);
    }
    await aborted.abort();
    const committed = await producer.begin();
    await committed.send([record(topic, { value: 'kept' })]);
    await committed.commit();
    const from = [{ topic, partition: 0, offset: 0 }];
    const reader = await subject
      .broker()
      .reader({ isolation: 'read-committed', pollWaitMs: POLL_MS, fetchBytesMax: 5000, from });
    const seen: (string | null)[] = [];
    await expect
      .poll(
        async () => {
          for (const { records } of await reader.poll()) {
            seen.push(...records.map(({ value }) => textOf(value)));
          }
          return seen;
        },
        { timeout: 20_000 },
      )
      .toEqual(['kept']);
    await Promise.all([reader.close(), producer.close()]);
  },

  'commits the offsets of every partition it was given': async subject => {
    const topic = await makeTopic(subject, 4);
    const groupId = groupName();
    const producer = await transactional(subject);
    const partitions = [0, 1, 2, 3].map(partition => ({ topic, partition }));
    const transaction = await producer.begin();
    await transaction.send([record(topic, { value: 'out' })]);
    const offsets = partitions.map(each => ({ ...each, offset: 10 + each.partition }));
    await Promise.all([
      transaction.addOffsets(nobody(groupId), offsets.slice(0, 2)),
      transaction.addOffsets(nobody(groupId), offsets.slice(2)),
    ]);
    await transaction.commit();
    const committed = () => subject.broker().admin.committed(groupId, partitions);
    await expect.poll(committed).toEqual(offsets);
    await producer.close();
  },

  'moves the offsets of several groups, topics and partitions, all of them or none':
    async subject => {
      const topics = [await makeTopic(subject, 3), await makeTopic(subject, 2)];
      const groups = [groupName(), groupName()] as const;
      const partitions = topics.flatMap((topic, index) =>
        Array.from({ length: 3 - index }, (_, partition) => ({ topic, partition })),
      );
      const offsetsAt = (start: number) =>
        partitions.map((each, index) => ({ ...each, offset: start + index }));
      const committed = () =>
        Promise.all(groups.map(group => subject.broker().admin.committed(group, partitions)));
      const producer = await transactional(subject);
      const play = async (starts: readonly [number, number], end: 'commit' | 'abort') => {
        const transaction = await producer.begin();
        const [atOnce, apart] = starts.map(offsetsAt) as [PartitionOffset[], PartitionOffset[]];
        // One request for a group's all, and one each, none of which waits for another.
        await Promise.all([
          transaction.addOffsets(nobody(groups[0]), atOnce),
          ...apart.map(each => transaction.addOffsets(nobody(groups[1]), [each])),
          transaction.send([record(topics[0]!, { value: end })]),
        ]);
        await transaction[end]();
      };
      await play([10, 20], 'commit');
      await expect.poll(committed).toEqual([offsetsAt(10), offsetsAt(20)]);
      await play([30, 40], 'abort');
      expect(await committed()).toEqual([offsetsAt(10), offsetsAt(20)]);
      // What was aborted does not come along with the next one either.
      const [first, ...rest] = offsetsAt(10);
      const later = await producer.begin();
      await later.addOffsets(nobody(groups[0]), [{ ...first!, offset: 50 }]);
      await later.commit();
      const moved = [{ ...first!, offset: 50 }, ...rest];
      await expect.poll(committed).toEqual([moved, offsetsAt(20)]);
      expect(await valuesOf(subject, topics[0]!, 3)).toEqual(['commit']);
      await producer.close();
    },

  'may be told ahead what it will have, and need not have it': async subject => {
    const topic = await makeTopic(subject, 2);
    const groupId = groupName();
    const producer = await transactional(subject);
    const offset = { topic, partition: 0, offset: 7 };
    for (const [value, partition] of [
      ['a', 0],
      ['b', 1],
      [undefined, 1],
      ['c', 0],
    ] as const) {
      const transaction = await producer.begin();
      await transaction.announce?.(nobody(groupId));
      if (value !== undefined) await transaction.send([record(topic, { partition, value })]);
      if (value === 'a') await transaction.addOffsets(nobody(groupId), [offset]);
      await transaction[value === undefined ? 'abort' : 'commit']();
    }
    await expect.poll(() => valuesOf(subject, topic, 2)).toEqual(['a', 'c', 'b']);
    expect(await subject.broker().admin.committed(groupId, [offset])).toEqual([offset]);
    await producer.close();
  },

  'that is aborted moves no offset': async subject => {
    const topic = await makeTopic(subject);
    const groupId = groupName();
    const producer = await transactional(subject);
    const first = [{ topic, partition: 0, offset: 1, metadata: 'kept' }];
    const committed = await producer.begin();
    await committed.addOffsets(nobody(groupId), first);
    await committed.commit();
    const known = () => subject.broker().admin.committed(groupId, first);
    await expect.poll(known).toEqual(first);
    const aborted = await producer.begin();
    await aborted.addOffsets(nobody(groupId), [{ topic, partition: 0, offset: 2 }]);
    await aborted.abort();
    expect(await known()).toEqual(first);
    await producer.close();
  },

  'of a producer whose id has a younger one is fenced, and leaves nothing': async subject => {
    const topic = await makeTopic(subject);
    const id = randomUUID();
    const older = await transactional(subject, id);
    const zombie = await older.begin();
    await zombie.send([record(topic, { value: 'zombie' })]);
    const younger = await transactional(subject, id);
    const transaction = await younger.begin();
    await transaction.send([record(topic, { value: 'heir' })]);
    await transaction.commit();
    const late = zombie.send([record(topic, { value: 'late' })]).then(() => zombie.commit());
    await expect(late).rejects.toMatchObject({ code: 'fenced' });
    await zombie.abort();
    await expect(older.begin()).rejects.toMatchObject({ code: 'fenced' });
    await expect.poll(() => valuesOf(subject, topic)).toEqual(['heir']);
    await Promise.all([older.close(), younger.close()]);
  },

  'follows another at once, a hundred times over': async subject => {
    const topic = await makeTopic(subject);
    const producer = await transactional(subject);
    for (let count = 0; count < 100; count++) {
      const transaction = await producer.begin();
      await transaction.send([record(topic, { value: String(count) })]);
      await transaction.commit();
    }
    const expected = Array.from({ length: 100 }, (_, count) => String(count));
    await expect.poll(() => valuesOf(subject, topic)).toEqual(expected);
    await producer.close();
  },

  'is open to readers of the uncommitted, and holds back the end of the others': async subject => {
    const topic = await makeTopic(subject);
    const producer = await transactional(subject);
    const transaction = await producer.begin();
    await transaction.send([record(topic, { value: 'open' })]);
    const { admin } = subject.broker();
    const end = async (isolation: 'read-committed' | 'read-uncommitted') =>
      (await admin.bounds([{ topic, partition: 0 }], isolation))[0]!.end;
    expect(await end('read-committed')).toBe(0);
    await transaction.commit();
    await expect.poll(() => end('read-committed')).toBeGreaterThan(0);
    expect(await end('read-uncommitted')).toBe(await end('read-committed'));
    await producer.close();
  },
};

export const transactionalProducers: Suite = {
  'sends nothing outside of a transaction, and one without begins none': async subject => {
    const topic = await makeTopic(subject);
    const producer = await transactional(subject);
    const sent = producer.send([record(topic, {})]);
    await expect(sent).rejects.toMatchObject({ code: 'bad-usage' });
    const plain = await subject.broker().producer({});
    await expect(plain.begin()).rejects.toMatchObject({ code: 'bad-usage' });
    await Promise.all([producer.close(), plain.close()]);
  },

  'has one transaction at a time, which ends once': async subject => {
    const producer = await transactional(subject);
    const transaction = await producer.begin();
    await expect(producer.begin()).rejects.toMatchObject({ code: 'bad-usage' });
    await transaction.commit();
    await expect(transaction.commit()).rejects.toMatchObject({ code: 'bad-usage' });
    await transaction.abort();
    await producer.close();
  },
};

/** A log with one writer, whose heir must find all that was ever acknowledged. */
export const fencedSends: Suite = {
  'are refused once a younger one has sent, and leave nothing behind that': async subject => {
    const { capabilities } = subject.broker();
    const fencingId = randomUUID();
    if (!capabilities.fencesSends) {
      const opened = subject.broker().producer({ fencingId });
      await expect(opened).rejects.toMatchObject({ code: 'bad-config' });
      return;
    }
    const topic = await makeTopic(subject);
    const older = await subject.broker().producer({ fencingId });
    await older.send([record(topic, { value: 'before' })]);
    const younger = await subject.broker().producer({ fencingId });
    await younger.send([record(topic, { value: 'heir' })]);
    const late = older.send([record(topic, { value: 'late' })]);
    await expect(late).rejects.toMatchObject({ code: 'fenced' });
    await younger.send([record(topic, { value: 'after' })]);
    await expect.poll(() => valuesOf(subject, topic)).toEqual(['before', 'heir', 'after']);
    await Promise.all([older.close(), younger.close()]);
  },

  'are no transactions': async subject => {
    const { capabilities } = subject.broker();
    if (!capabilities.fencesSends) return;
    const producer = await subject.broker().producer({ fencingId: randomUUID() });
    await expect(producer.begin()).rejects.toMatchObject({ code: 'bad-usage' });
    const both = { fencingId: randomUUID(), transactionalId: randomUUID() };
    const opened = subject.broker().producer(both);
    await expect(opened).rejects.toMatchObject({ code: 'bad-config' });
    await producer.close();
  },
};
