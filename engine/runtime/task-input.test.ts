/** Queues of a task: unbounded they eat the machine, out of order joins miss what was there. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IncomingRecord } from '../broker/record.ts';
import { earliestQueue, SourceQueue } from './task-input.ts';

const record = (offset: number, timestampMs: number, bytes = 0): IncomingRecord => ({
  ...{ offset, timestampMs, key: null, value: new Uint8Array(bytes), headers: [] },
});
const queue = (topic: string, times: number[], end = times.length) => {
  const made = new SourceQueue({ topic, offset: 0, end }, { recordsMax: 3, bytesMax: 10_000 });
  const records = times.map((timeMs, offset) => record(offset, timeMs));
  const batch = { topic, partition: 0, records, nextOffset: times.length, endOffset: end };
  if (times.length > 0) made.add(batch);
  return made;
};

describe('a queue', () => {
  it('is full at its bound of records or bytes, and has room again once they are taken', () => {
    const many = queue('a', [1, 2, 3]);
    expect(many.isFull).toBe(true);
    many.take();
    expect(many.isFull).toBe(false);
    const large = new SourceQueue(
      { topic: 'a', offset: 0, end: 1 },
      { recordsMax: 9, bytesMax: 50_000 },
    );
    const records = [record(0, 1, 60_000)];
    large.add({ topic: 'a', partition: 0, records, nextOffset: 1, endOffset: 1 });
    expect(large.isFull).toBe(true);
    large.take();
    expect(large.bytes).toBe(0);
  });

  it('stands behind control records once a batch is done, or lag would never be 0', () => {
    const made = new SourceQueue(
      { topic: 'a', offset: 5, end: 9 },
      { recordsMax: 9, bytesMax: 9_999 },
    );
    const records = [record(6, 1), record(7, 1)];
    made.add({ topic: 'a', partition: 0, records, nextOffset: 9, endOffset: 9 });
    made.take();
    expect([made.position, made.lag]).toEqual([7, 2]);
    made.take();
    expect([made.position, made.lag, made.isCaughtUp]).toEqual([9, 0, true]);
  });
});

describe('the choice among sources', () => {
  it('takes records in order of event time, whatever partition they are of', () => {
    const sorted = (times: number[]) => times.toSorted((a, b) => a - b);
    const times = fc.array(fc.nat(50), { maxLength: 20 }).map(sorted);
    fc.assert(
      fc.property(times, times, (ones, others) => {
        const queues = [queue('a', ones), queue('b', others)];
        const taken: number[] = [];
        for (let next = earliestQueue(queues, true); next; next = earliestQueue(queues, true)) {
          taken.push(next.take().timestampMs);
        }
        expect(taken).toEqual(sorted([...ones, ...others]));
      }),
    );
  });

  it('waits for a source that is behind, and not for one that has no more', () => {
    const full = queue('a', [5]);
    expect(earliestQueue([full, queue('b', [], 10)], true)).toBeUndefined();
    expect(earliestQueue([full, queue('b', [], 10)], false)).toBe(full);
    expect(earliestQueue([full, queue('b', [], 0)], true)).toBe(full);
  });
});
