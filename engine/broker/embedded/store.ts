/** The topics of an embedded broker and the one log they stand in. */

import { OutriderError } from '../../error.ts';
import { BATCH } from '../batch/batch-layout.ts';
import { readI32, readI64, writeI64 } from '../batch/big-endian.ts';
import { partitionName } from '../partitions.ts';
import type { TopicPartition } from '../record.ts';
import {
  decodeEntry,
  encodeEntry,
  type LogEntry,
  type StoredBatch,
  type StoredOffset,
} from './log-entry.ts';
import { createPartitionIndex, type PartitionIndex } from './partition-index.ts';
import type { TailedLog } from './tailed-log.ts';
import { isSwept } from './topic-policy.ts';

export type Partition = {
  readonly partition: number;
  first: number;
  next: number;
  sweptEnd: number;
  index: PartitionIndex;
};

export type Topic = {
  readonly topic: string;
  readonly number: number;
  readonly config: Readonly<Record<string, string>>;
  readonly partitions: readonly Partition[];
  sweptAtMs: number;
};

export type Store = {
  log: TailedLog;
  /** Another one after each sweep: places in the log of before say nothing. */
  generation: number;
  readonly topics: Map<string, Topic>;
  readonly byNumber: Map<number, Topic>;
  /** Offsets of groups, by group and partition. */
  readonly offsets: Map<string, Map<string, StoredOffset>>;
  topicsMade: number;
  /** Bytes of records that a sweep might drop, appended since the last one. */
  sweepableBytes: number;
  /** Called after each append. */
  readonly listeners: Set<() => void>;
};

/** Reads what stands in the log. */
export function loadStore(log: TailedLog, generation: number): Store {
  const store: Store = {
    ...{ log, generation, topics: new Map(), byNumber: new Map(), offsets: new Map() },
    ...{ topicsMade: 0, sweepableBytes: 0, listeners: new Set() },
  };
  for (const { offset, payload } of log.scan(0)) apply(store, decodeEntry(payload), offset);
  return store;
}

/** Appends and flushes: it outlives the process once this returns. */
export function appendEntry(store: Store, entry: LogEntry): void {
  const offset = store.log.append(encodeEntry(entry));
  apply(store, entry, offset);
  for (const listener of store.listeners) listener();
}

/** Gives the batches their offsets; the log has all of them and the groups' offsets, or nothing. */
export function appendRecords(
  store: Store,
  batches: readonly { topic: Topic; partition: number; bytes: Buffer }[],
  offsets: readonly StoredOffset[],
): void {
  if (batches.length === 0 && offsets.length === 0) return;
  const next = new Map<Partition, number>();
  const stored = batches.map(({ topic, partition: number, bytes }): StoredBatch => {
    const partition = topic.partitions[number]!;
    const first = next.get(partition) ?? partition.next;
    writeI64(bytes, BATCH.firstOffset, first);
    next.set(partition, first + readI32(bytes, BATCH.lastDelta) + 1);
    return { topicNumber: topic.number, partition: number, bytes };
  });
  appendEntry(store, { type: 'records', batches: stored, offsets });
}

/** Throws `bad-config` where there is none. */
export function partitionOf(store: Store, { topic, partition }: TopicPartition): Partition {
  const found = store.topics.get(topic)?.partitions[partition];
  if (found !== undefined) return found;
  const message = `${topic}-${partition}: no such topic or partition; create it first`;
  throw new OutriderError('bad-config', message);
}

export function apply(store: Store, entry: LogEntry, logOffset: number): void {
  switch (entry.type) {
    case 'records':
      for (const batch of entry.batches) applyBatch(store, batch, logOffset);
      for (const each of entry.offsets) {
        const group = store.offsets.get(each.groupId) ?? new Map<string, StoredOffset>();
        store.offsets.set(each.groupId, group.set(partitionName(each), each));
      }
      return;
    case 'topic': {
      const { topic, topicNumber: number, config, bounds, sweptAtMs } = entry;
      const partitions = bounds.map((each, partition) => ({
        ...{ ...each, partition, index: createPartitionIndex(logOffset) },
      }));
      const made = { topic, number, config, partitions, sweptAtMs };
      store.topics.set(topic, made);
      store.byNumber.set(number, made);
      store.topicsMade = Math.max(store.topicsMade, number + 1);
      return;
    }
    case 'deleted': {
      const topic = store.byNumber.get(entry.topicNumber);
      if (topic === undefined) return;
      store.byNumber.delete(topic.number);
      store.topics.delete(topic.topic);
      for (const group of store.offsets.values()) {
        for (const [name, each] of group) if (each.topic === topic.topic) group.delete(name);
      }
    }
  }
}

function applyBatch(
  store: Store,
  { topicNumber, partition, bytes }: StoredBatch,
  logOffset: number,
) {
  const topic = store.byNumber.get(topicNumber);
  const found = topic?.partitions[partition];
  if (topic === undefined || found === undefined) return;
  const firstOffset = readI64(bytes, BATCH.firstOffset);
  found.index.note({ firstOffset, logOffset, latestMs: readI64(bytes, BATCH.lastTime) });
  found.next = Math.max(found.next, firstOffset + readI32(bytes, BATCH.lastDelta) + 1);
  if (isSwept(topic.config)) store.sweepableBytes += bytes.length;
}
