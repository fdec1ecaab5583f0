/** Requests of a commit: one that is too large is refused by brokers, and nothing goes on. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { OutgoingRecord } from '../broker/record.ts';
import { bytesOf, slices } from './committer.ts';

const BYTES_MAX = 512 * 1024;

const record = fc
  .record({ partition: fc.nat(3), bytes: fc.nat(300_000) })
  .map(({ partition, bytes }): OutgoingRecord => {
    const value = new Uint8Array(bytes);
    return { topic: 'a', partition, key: null, value, headers: [], timestampMs: 0 };
  });

it('keep the order of records, and the bytes of each partition within what a broker takes', () => {
  const commits = fc.array(fc.array(record, { maxLength: 12 }), { maxLength: 4 });
  fc.assert(
    fc.property(commits, tasks => {
      const sent = [...slices(tasks)];
      expect(sent.flat()).toEqual(tasks.flat());
      for (const slice of sent) {
        const bytes = [0, 0, 0, 0];
        for (const each of slice) bytes[each.partition]! += bytesOf(each);
        expect(slice.length === 1 || Math.max(...bytes) <= BYTES_MAX).toBe(true);
      }
    }),
    { numRuns: 50 },
  );
});
