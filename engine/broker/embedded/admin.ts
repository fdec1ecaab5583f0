/** Topics of an embedded broker made and deleted, their bounds and the groups' offsets. */

import { decodeBatches } from '../batch/decode-batches.ts';
import { partitionName } from '../partitions.ts';
import type { BrokerAdmin } from '../port.ts';
import type { TopicPartition } from '../record.ts';
import type { Groups } from './groups.ts';
import { decodeEntry } from './log-entry.ts';
import { storedOffset } from './producer.ts';
import { appendEntry, appendRecords, partitionOf, type Store } from './store.ts';

export function createAdmin(store: Store, groups: Groups): BrokerAdmin {
  return {
    async createTopics(topics) {
      for (const { topic, partitions, config } of topics) {
        if (store.topics.has(topic)) continue;
        const bounds = Array.from({ length: partitions }, () => ({
          ...{ first: 0, next: 0, sweptEnd: 0 },
        }));
        const topicNumber = store.topicsMade;
        appendEntry(store, { type: 'topic', topicNumber, topic, config, bounds, sweptAtMs: 0 });
      }
    },
    async deleteTopics(topics) {
      for (const topic of topics) {
        const known = store.topics.get(topic);
        if (known !== undefined) appendEntry(store, { type: 'deleted', topicNumber: known.number });
      }
    },
    async partitionCounts(topics) {
      const known = topics.flatMap(topic => store.topics.get(topic) ?? []);
      return new Map(known.map(({ topic, partitions }) => [topic, partitions.length]));
    },
    async bounds(partitions) {
      return partitions.map(({ topic, partition }) => {
        const { first, next } = partitionOf(store, { topic, partition });
        return { topic, partition, first, end: next };
      });
    },
    async offsetsAt(partitions, timestampMs) {
      return partitions.map(({ topic, partition }) => {
        const offset = offsetAt(store, { topic, partition }, timestampMs);
        return { topic, partition, offset };
      });
    },
    async committed(groupId, partitions) {
      const group = store.offsets.get(groupId);
      return partitions.flatMap(({ topic, partition }) => {
        const found = group?.get(partitionName({ topic, partition }));
        if (found === undefined) return [];
        const { offset, metadata } = found;
        return [{ topic, partition, offset, ...(metadata ? { metadata } : undefined) }];
      });
    },
    async setCommitted(groupId, offsets) {
      groups.requireEmpty(groupId);
      appendRecords(
        store,
        [],
        offsets.map(each => storedOffset(groupId, each)),
      );
    },
  };
}

function offsetAt(store: Store, where: TopicPartition, timestampMs: number): number {
  const { index, first, next } = partitionOf(store, where);
  const { number } = store.topics.get(where.topic)!;
  for (const { payload } of store.log.scan(index.findTime(timestampMs))) {
    const entry = decodeEntry(payload);
    if (entry.type !== 'records') continue;
    for (const { topicNumber, partition, bytes } of entry.batches) {
      if (topicNumber !== number || partition !== where.partition) continue;
      const { records } = decodeBatches(bytes, { fromOffset: first, aborted: [] });
      const found = records.find(record => record.timestampMs >= timestampMs);
      if (found !== undefined) return found.offset;
    }
  }
  return next;
}
