/** The contract of readers: polls, positions, pauses, bounds and times. */

import { expect } from 'vitest';
import type { Producer } from '../producer.ts';
import type { PartitionBatch } from '../record.ts';
import { nowMs } from '../wait.ts';
import { POLL_MS, readAll, take } from './polling.ts';
import { makeTopic, record, type Subject, type Suite, textOf } from './setting.ts';

/** A topic whose partition p holds the values `p:0` to `p:(count - 1)`, at times 10, 20, ... */
const filled = async (subject: Subject, partitions: number, count: number) => {
  const topic = await makeTopic(subject, partitions);
  const producer = await subject.broker().producer({});
  for (let partition = 0; partition < partitions; partition++) {
    await producer.send(
      Array.from({ length: count }, (_, index) =>
        record(topic, {
          partition,
          value: `${partition}:${index}`,
          timestampMs: 10 * index + 10,
        }),
      ),
    );
  }
  await producer.close();
  return topic;
};
const readerAt = (subject: Subject, topic: string, offsets: readonly number[]) =>
  subject.broker().reader({
    ...{ isolation: 'read-committed', pollWaitMs: POLL_MS },
    from: offsets.map((offset, partition) => ({ topic, partition, offset })),
  });

async function inTransaction(producer: Producer, topic: string, value: string): Promise<void> {
  const transaction = await producer.begin();
  await transaction.send([record(topic, { value })]);
  await transaction.commit();
}

export const readers: Suite = {
  'begins at the offsets it is given and goes on behind what it gave': async subject => {
    const topic = await filled(subject, 2, 10);
    const reader = await readerAt(subject, topic, [4, 9]);
    const taken = await take(reader, 7);
    const values = taken.map(({ value }) => textOf(value)).sort();
    expect(values).toEqual(['0:4', '0:5', '0:6', '0:7', '0:8', '0:9', '1:9']);
    await reader.close();
  },

  'tells the end of its partitions with each batch': async subject => {
    const topic = await filled(subject, 1, 10);
    const reader = await readerAt(subject, topic, [3]);
    let batch: PartitionBatch | undefined;
    while (batch === undefined) [batch] = await reader.poll();
    expect(batch).toMatchObject({ topic, partition: 0, endOffset: 10, nextOffset: 10 });
    await reader.close();
  },

  'waits for a first record no longer than it was told': async subject => {
    const topic = await makeTopic(subject);
    const reader = await readerAt(subject, topic, [0]);
    await reader.poll();
    const beforeMs = nowMs();
    expect(await reader.poll()).toEqual([]);
    const tookMs = nowMs() - beforeMs;
    expect(tookMs).toBeGreaterThan(POLL_MS * 0.8);
    expect(tookMs).toBeLessThan(POLL_MS * 50);
    await reader.close();
  },

  'gives a record that comes during the wait before the wait is over': async subject => {
    const topic = await makeTopic(subject);
    const from = [{ topic, partition: 0, offset: 0 }];
    const reader = await subject
      .broker()
      .reader({ isolation: 'read-committed', pollWaitMs: 60_000, from });
    const producer = await subject.broker().producer({});
    const polled = reader.poll();
    await producer.send([record(topic, { value: 'now' })]);
    const [batch] = await polled;
    expect(textOf(batch!.records[0]!.value)).toBe('now');
    await Promise.all([reader.close(), producer.close()]);
  },

  'leaves out what is paused and goes on where it stood': async subject => {
    const topic = await filled(subject, 2, 5);
    const reader = await readerAt(subject, topic, [0, 0]);
    const paused = [{ topic, partition: 0 }];
    reader.pause(paused);
    const first = await take(reader, 5);
    expect(first.every(({ partition }) => partition === 1)).toBe(true);
    expect(await reader.poll()).toEqual([]);
    reader.resume(paused);
    const second = await take(reader, 5);
    expect(second.map(({ value }) => textOf(value))).toEqual(['0:0', '0:1', '0:2', '0:3', '0:4']);
    await reader.close();
  },

  'goes back and forth exactly, and takes up a partition that it did not read': async subject => {
    const topic = await filled(subject, 2, 5);
    const reader = await readerAt(subject, topic, [0]);
    await take(reader, 5);
    reader.seek({ topic, partition: 0, offset: 2 });
    expect((await take(reader, 3)).map(({ offset }) => offset)).toEqual([2, 3, 4]);
    reader.seek({ topic, partition: 0, offset: 4 });
    expect((await take(reader, 1)).map(({ offset }) => offset)).toEqual([4]);
    reader.seek({ topic, partition: 1, offset: 3 });
    const added = await take(reader, 2);
    expect(added.map(({ value }) => textOf(value))).toEqual(['1:3', '1:4']);
    await reader.close();
  },

  'takes up two topics at once that it did not read': async subject => {
    const topics = [await filled(subject, 1, 2), await filled(subject, 1, 2)];
    const reader = await readerAt(subject, await makeTopic(subject), [0]);
    for (const topic of topics) reader.seek({ topic, partition: 0, offset: 1 });
    const taken = await take(reader, 2);
    expect(taken.map(({ topic }) => topic).sort()).toEqual(topics.sort());
    await reader.close();
  },

  'gives nothing that was fetched before a seek or pause': async subject => {
    const topic = await filled(subject, 1, 5);
    const reader = await readerAt(subject, topic, [0]);
    const polled = reader.poll();
    reader.seek({ topic, partition: 0, offset: 3 });
    const offsets = (await polled).flatMap(({ records }) => records.map(({ offset }) => offset));
    const rest = offsets.length === 0 ? (await take(reader, 2)).map(each => each.offset) : offsets;
    expect(rest).toEqual([3, 4]);
    await reader.close();
  },

  'refuses an offset that is no whole number, and reads on': async subject => {
    const topic = await filled(subject, 1, 2);
    const reader = await readerAt(subject, topic, [0]);
    for (const offset of [0.5, Number.NaN]) {
      const seek = () => reader.seek({ topic, partition: 0, offset });
      expect(seek).toThrow(`${topic}-0 at offset ${offset}: not a whole number; give`);
    }
    expect((await take(reader, 2)).map(({ offset }) => offset)).toEqual([0, 1]);
    await reader.close();
  },

  'says which offsets are kept where it is sent to another one': async subject => {
    const topic = await filled(subject, 1, 5);
    const reader = await readerAt(subject, topic, [99]);
    const polls = async () => {
      for (let count = 0; count < 50; count++) await reader.poll();
    };
    await expect(polls()).rejects.toMatchObject({ code: 'bad-data' });
    reader.seek({ topic, partition: 0, offset: 4 });
    expect((await take(reader, 1)).map(({ offset }) => offset)).toEqual([4]);
    await reader.close();
  },

  'says that its topic was deleted, and hangs nobody': async subject => {
    const topic = await filled(subject, 1, 5);
    const reader = await readerAt(subject, topic, [0]);
    await take(reader, 5);
    await subject.broker().admin.deleteTopics([topic]);
    const polls = async () => {
      for (const untilMs = nowMs() + 30_000; nowMs() < untilMs; ) await reader.poll();
    };
    await expect(polls()).rejects.toThrow(new RegExp(`${topic}.* deleted`));
    await reader.close();
  },

  'goes on though another topic that its broker has used is deleted': async subject => {
    const broker = await subject.another();
    const own = { ...subject, broker: () => broker };
    const [stays, goes] = [await filled(own, 1, 5), await filled(own, 1, 5)];
    const [producer, transactional] = [
      await broker.producer({}),
      await broker.producer({ transactionalId: stays }),
    ];
    for (const topic of [stays, goes]) {
      await broker.admin.bounds([{ topic, partition: 0 }], 'read-committed');
      await producer.send([record(topic, { value: 'before' })]);
      await inTransaction(transactional, topic, 'before');
      await (await readerAt(own, topic, [0])).close();
    }
    // By another client: this one has to find out.
    await subject.broker().admin.deleteTopics([goes]);
    const [lost, kept] = await Promise.allSettled([
      producer.send([record(goes, {})]),
      producer.send([record(stays, { value: 'beside' })]),
    ]);
    expect(lost).toMatchObject({ status: 'rejected', reason: { code: 'bad-config' } });
    expect(String((lost as PromiseRejectedResult).reason)).toContain(goes);
    expect(kept).toMatchObject({ status: 'fulfilled' });
    const made = await makeTopic(own);
    for (const topic of [stays, made]) {
      await producer.send([record(topic, { value: 'behind' })]);
      await inTransaction(transactional, topic, 'behind');
    }
    const values = async (topic: string) =>
      (await readAll(broker, topic)).map(({ value }) => textOf(value));
    const own5 = ['0:0', '0:1', '0:2', '0:3', '0:4'];
    expect(await values(stays)).toEqual([
      ...own5,
      'before',
      'before',
      'beside',
      'behind',
      'behind',
    ]);
    expect(await values(made)).toEqual(['behind', 'behind']);
    await Promise.all([producer.close(), transactional.close()]);
    if (broker !== subject.broker()) await broker.close();
  },

  'refuses polls once it is closed': async subject => {
    const reader = await readerAt(subject, await makeTopic(subject), [0]);
    await reader.close();
    await expect(reader.poll()).rejects.toMatchObject({ code: 'bad-usage' });
  },
};

export const admins: Suite = {
  'counts partitions, and leaves out topics that do not exist': async subject => {
    const topic = await makeTopic(subject, 3);
    const counts = await subject.broker().admin.partitionCounts([topic, 'no-such-topic']);
    expect([...counts]).toEqual([[topic, 3]]);
  },

  'leaves a topic that stands as it is': async subject => {
    const topic = await filled(subject, 2, 1);
    const { replicas } = subject;
    await subject.broker().admin.createTopics([{ topic, partitions: 5, replicas, config: {} }]);
    expect((await subject.broker().admin.partitionCounts([topic])).get(topic)).toBe(2);
  },

  'knows the bounds of partitions, and the first offset at or after a time': async subject => {
    const topic = await filled(subject, 2, 5);
    const both = [0, 1].map(partition => ({ topic, partition }));
    const { admin } = subject.broker();
    expect(await admin.bounds(both, 'read-committed')).toEqual(
      both.map(each => ({ ...each, first: 0, end: 5 })),
    );
    const at = async (timestampMs: number) =>
      (await admin.offsetsAt(both, timestampMs)).map(({ offset }) => offset);
    expect(await at(0)).toEqual([0, 0]);
    expect(await at(20)).toEqual([1, 1]);
    expect(await at(21)).toEqual([2, 2]);
    expect(await at(51)).toEqual([5, 5]);
  },
};
