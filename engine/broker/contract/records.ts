/** The contract of records: what is sent is what is read, in order, once. */

import { expect } from 'vitest';
import { POLL_MS, readAll, take } from './polling.ts';
import { makeTopic, record, type Subject, type Suite, textOf } from './setting.ts';

const MEGABYTE = 1_000_000;

const reading = (subject: Subject, topic: string, partitions = 1) =>
  subject.broker().reader({
    ...{ isolation: 'read-committed', pollWaitMs: POLL_MS },
    from: Array.from({ length: partitions }, (_, partition) => ({ topic, partition, offset: 0 })),
  });

export const records: Suite = {
  'keep key, value, headers and time, or a reader would see others': async subject => {
    const topic = await makeTopic(subject);
    const producer = await subject.broker().producer({});
    const headers = [
      ['a', Buffer.from('1')],
      ['ä', Buffer.from([0, 255])],
      ['a', Buffer.alloc(0)],
      ['constructor', Buffer.from('2')],
      ['__proto__', Buffer.from('3')],
    ] as const;
    const timestampMs = 1_764_201_600_123;
    await producer.send([record(topic, { key: 'k', value: 'v', headers, timestampMs })]);
    await producer.send([record(topic, { key: null, value: null, timestampMs: 5 })]);
    await producer.send([record(topic, { key: '', value: '' })]);
    const [full, none, empty] = await readAll(subject.broker(), topic);
    expect(textOf(full!.key)).toBe('k');
    expect(textOf(full!.value)).toBe('v');
    expect(full!.timestampMs).toBe(timestampMs);
    const found = full!.headers.map(([name, value]) => [name, [...value]]);
    const sent = headers.map(([name, value]) => [name, [...value]]);
    const { headerOrder } = subject.broker().capabilities;
    expect(found).toEqual(headerOrder ? sent : [0, 2, 1, 3, 4].map(at => sent[at]));
    expect([none!.key, none!.value, none!.headers, none!.timestampMs]).toEqual([null, null, [], 5]);
    expect([textOf(empty!.key), textOf(empty!.value)]).toEqual(['', '']);
    await producer.close();
  },

  'keep the order of their sending in each partition, though sends overlap': async subject => {
    const topic = await makeTopic(subject, 3);
    const producer = await subject.broker().producer({ lingerMs: 1 });
    const sends = Array.from({ length: 3000 }, (_, index) =>
      producer.send([record(topic, { partition: index % 3, value: String(index) })]),
    );
    await Promise.all(sends);
    const all = await readAll(subject.broker(), topic, 3);
    expect(all.length).toBe(3000);
    for (let partition = 0; partition < 3; partition++) {
      const its = all.filter(each => each.partition === partition);
      expect(its.map(each => each.offset)).toEqual(its.map((_, index) => index));
      expect(its.map(each => Number(textOf(each.value)))).toEqual(
        its.map((_, index) => index * 3 + partition),
      );
    }
    await producer.close();
  },

  'of 1 MB pass whole, several of a fetch each': async subject => {
    const topic = await makeTopic(subject);
    const producer = await subject.broker().producer({});
    const values = [1, 2, 3].map(fill => Buffer.alloc(MEGABYTE, fill));
    await producer.send(values.map(value => record(topic, { value })));
    const reader = await reading(subject, topic);
    const taken = await take(reader, 3);
    expect(taken.map(({ value }) => Buffer.compare(value!, values[value![0]! - 1]!))).toEqual([
      0, 0, 0,
    ]);
    expect(taken.map(({ value }) => value![0])).toEqual([1, 2, 3]);
    await Promise.all([reader.close(), producer.close()]);
  },

  'that a topic refuses for their size fail alone: those behind them stand': async subject => {
    const topic = await makeTopic(subject, 1, { 'max.message.bytes': '2000' });
    const producer = await subject.broker().producer({});
    const before = producer.send([record(topic, { value: 'before' })]);
    await before;
    const large = producer.send([record(topic, { value: Buffer.alloc(5000) })]);
    await expect(large).rejects.toMatchObject({ code: 'limit' });
    await producer.send([record(topic, { value: 'behind' })]);
    const all = await readAll(subject.broker(), topic);
    expect(all.map(({ value }) => textOf(value))).toEqual(['before', 'behind']);
    await producer.close();
  },

  'are read by whichever codec they were packed': async subject => {
    const topic = await makeTopic(subject);
    const { compressions } = subject.broker().capabilities;
    for (const compression of compressions) {
      const producer = await subject.broker().producer({ compression });
      await producer.send(
        Array.from({ length: 500 }, (_, index) =>
          record(topic, { key: compression, value: `${compression} ${index}`.repeat(20) }),
        ),
      );
      await producer.close();
    }
    const all = await readAll(subject.broker(), topic);
    expect(all.map(({ key, value }) => `${textOf(key)} ${textOf(value)}`)).toEqual(
      compressions.flatMap(compression =>
        Array.from({ length: 500 }, (_, index) => {
          return `${compression} ${`${compression} ${index}`.repeat(20)}`;
        }),
      ),
    );
  },

  'for a topic that does not exist are refused by name': async subject => {
    const producer = await subject.broker().producer({});
    const sent = producer.send([record('no-such-topic', {})]);
    await expect(sent).rejects.toThrow(/no-such-topic/);
    await producer.close();
  },

  'leave their keys latest values after compaction, tombstones included': async subject => {
    const config = {
      ...{ 'cleanup.policy': 'compact', 'min.cleanable.dirty.ratio': '0.01' },
      ...{ 'segment.ms': '100', 'delete.retention.ms': '3600000', 'min.compaction.lag.ms': '0' },
    };
    const topic = await makeTopic(subject, 1, config);
    const producer = await subject.broker().producer({});
    for (let round = 0; round < 20; round++) {
      const timestampMs = 1000 * round;
      await producer.send([
        record(topic, { key: 'a', value: `a${round}`, timestampMs }),
        record(topic, { key: 'b', value: round === 19 ? null : `b${round}`, timestampMs }),
      ]);
    }
    // Segments are closed by time: compaction leaves the open one alone.
    let timestampMs = 20_000;
    const compacted = async () => {
      timestampMs += 1000;
      await producer.send([record(topic, { key: 'c', value: 'c', timestampMs })]);
      const all = await readAll(subject.broker(), topic);
      const latest = new Map(all.map(({ key, value }) => [textOf(key), textOf(value)]));
      expect([latest.get('a'), latest.get('b')]).toEqual(['a19', null]);
      expect(all.length).toBeLessThan(20);
      expect(all.at(-1)!.offset).toBeGreaterThan(39);
    };
    await expect.poll(compacted, { timeout: 60_000, interval: 200 }).toBeUndefined();
    await producer.close();
  },
};
