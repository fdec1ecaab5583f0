/** Which key belongs where: 128 fixed key groups, spread over however many partitions there are. */

import { OutriderError } from '../error.ts';

/** Fixed for good: state is cut by group, so a group never splits. */
export const KEY_GROUPS = 128;

/**
 * How keys find their partition. `key-group`: in runs of key groups, so that a change of their
 * number moves whole groups. `murmur2`: as Kafka's own clients do, for topics that others write.
 */
export type Partitioner = 'key-group' | 'murmur2';

/** 0 to 127. */
export function keyGroupOf(key: Uint8Array): number {
  return murmur2(key) & (KEY_GROUPS - 1);
}

/** The partition that holds a group: group * partitions / 128, rounded down. */
export function partitionOfGroup(group: number, partitions: number): number {
  return Math.floor((group * partitions) / KEY_GROUPS);
}

/** The groups that a partition holds: from the first to before the second. */
export function groupsOfPartition(partition: number, partitions: number): [number, number] {
  const first = (at: number) => Math.ceil((at * KEY_GROUPS) / partitions);
  return [first(partition), first(partition + 1)];
}

/** `partitions` was checked by `checkPartitions`. */
export function partitionOfKey(
  key: Uint8Array,
  partitions: number,
  partitioner: Partitioner,
): number {
  if (partitions === 1) return 0;
  switch (partitioner) {
    case 'key-group':
      return partitionOfGroup(keyGroupOf(key), partitions);
    case 'murmur2':
      return (murmur2(key) & 0x7fff_ffff) % partitions;
  }
}

/** Throws `bad-config` where some partitions could never get a key. */
export function checkPartitions(topic: string, partitions: number, partitioner: Partitioner): void {
  const most = partitioner === 'key-group' ? KEY_GROUPS : 2 ** 31 - 1;
  if (Number.isInteger(partitions) && partitions >= 1 && partitions <= most) return;
  throw new OutriderError(
    'bad-config',
    `topic ${topic}: ${partitions} partitions by ${partitioner}; give 1 to ${most}` +
      (partitioner === 'key-group' ? ', or say that it is partitioned by murmur2' : ''),
  );
}

const SEED = 0x9747b28c;
const MULTIPLIER = 0x5bd1e995;

/** MurmurHash2 with the seed that Kafka's clients take, as a signed 32-bit integer. */
export function murmur2(bytes: Uint8Array): number {
  const { length } = bytes;
  let hash = SEED ^ length;
  let at = 0;
  for (; at + 4 <= length; at += 4) {
    let word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    word = Math.imul(word, MULTIPLIER);
    word = Math.imul(word ^ (word >>> 24), MULTIPLIER);
    hash = Math.imul(hash, MULTIPLIER) ^ word;
  }
  const left = length - at;
  if (left > 2) hash ^= bytes[at + 2]! << 16;
  if (left > 1) hash ^= bytes[at + 1]! << 8;
  if (left > 0) hash = Math.imul(hash ^ bytes[at]!, MULTIPLIER);
  hash = Math.imul(hash ^ (hash >>> 13), MULTIPLIER);
  return hash ^ (hash >>> 15);
}
