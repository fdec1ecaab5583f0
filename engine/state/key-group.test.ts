/** Keys keep their groups and partitions for good, or state would be looked for where it is not. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkPartitions,
  groupsOfPartition,
  KEY_GROUPS,
  keyGroupOf,
  murmur2,
  partitionOfGroup,
  partitionOfKey,
} from './key-group.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

/** The hashes are those that Apache Kafka's own tests expect of its clients. */
const GOLDEN: readonly [text: string, hash: number, group: number][] = [
  ['21', -973932308, 108],
  ['foobar', -790332482, 62],
  ['a-little-bit-long-string', -985981536, 32],
  ['a-little-bit-longer-string', -1486304829, 67],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971, 77],
  ['abc', 479470107, 27],
];

it.each(GOLDEN)('%s hashes as Kafka hashes it, and keeps its group', (text, hash, group) => {
  expect([murmur2(bytes(text)), keyGroupOf(bytes(text))]).toEqual([hash, group]);
});

describe('key groups', () => {
  it('lie in runs, each in one partition, and no two partitions differ by more than one', () => {
    for (let partitions = 1; partitions <= KEY_GROUPS; partitions++) {
      const counts = new Array<number>(partitions).fill(0);
      for (let group = 0; group < KEY_GROUPS; group++) {
        const partition = partitionOfGroup(group, partitions);
        const [first, end] = groupsOfPartition(partition, partitions);
        expect(group >= first && group < end).toBe(true);
        counts[partition]! += 1;
      }
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }
  });

  it('find the partition of any key, whatever the number of partitions', () => {
    const keys = fc.uint8Array({ maxLength: 40 });
    fc.assert(
      fc.property(keys, fc.integer({ min: 1, max: KEY_GROUPS }), (key, partitions) => {
        const partition = partitionOfKey(key, partitions, 'key-group');
        expect(partition).toBe(partitionOfGroup(keyGroupOf(key), partitions));
        const kafka = partitionOfKey(key, partitions, 'murmur2');
        expect(kafka >= 0 && kafka < partitions).toBe(true);
      }),
    );
  });
});

it('takes the sign bit off as Kafka does, or topics of others would be searched wrongly', () => {
  expect(partitionOfKey(bytes('21'), 7, 'murmur2')).toBe((-973932308 & 0x7fffffff) % 7);
  expect(partitionOfKey(bytes('abc'), 7, 'murmur2')).toBe(479470107 % 7);
});

it('refuses more partitions than there are groups, and says what helps', () => {
  expect(() => checkPartitions('input', 129, 'key-group')).toThrow(
    'topic input: 129 partitions by key-group; give 1 to 128, or say that it is partitioned by',
  );
  expect(() => checkPartitions('input', 0, 'murmur2')).toThrow('give 1 to 2147483647');
  checkPartitions('input', 128, 'key-group');
  checkPartitions('input', 129, 'murmur2');
});
