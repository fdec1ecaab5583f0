/** Partitions and groups of a transaction: each is made known to the coordinator before its use. */

import { partitionName } from '../partitions.ts';
import type { GroupIdentity } from '../producer.ts';
import type { OutgoingRecord, TopicPartition } from '../record.ts';
import type { ProducerIdentity } from './sender.ts';
import { addGroup, addPartitions, type Coordination } from './transactions.ts';

export type TransactionMembers = {
  /** Whether the coordinator has heard of the transaction. */
  hasAny(): boolean;
  /** Partitions that records were sent to. */
  written(): readonly TopicPartition[];
  /** Done once records may be sent to these. */
  expect(partitions: readonly TopicPartition[]): Promise<void>;
  add(records: readonly OutgoingRecord[]): Promise<void>;
  /** Done once offsets of the group may be added. */
  addGroup(group: GroupIdentity): Promise<void>;
  /** Done once nothing of this is under way. Never fails. */
  settled(): Promise<void>;
};

export function transactionMembers(producer: {
  readonly coordination: Coordination;
  readonly identity: ProducerIdentity;
}): TransactionMembers {
  const { coordination, identity } = producer;
  const known = new Set<string>();
  const written = new Map<string, TopicPartition>();
  const groups = new Map<string, Promise<void>>();
  const wanted: TopicPartition[] = [];
  let adding: Promise<void> | undefined;
  const addAll = async () => {
    // All that one turn of the event loop sends is added by one request.
    await null;
    try {
      while (wanted.length > 0) await addPartitions(coordination, identity, wanted.splice(0));
    } finally {
      adding = undefined;
    }
  };
  const want = (name: string, partition: TopicPartition) => {
    if (known.has(name)) return;
    known.add(name);
    wanted.push(partition);
    adding ??= addAll();
  };
  return {
    hasAny: () => known.size > 0 || groups.size > 0,
    written: () => [...written.values()],
    async expect(partitions) {
      for (const each of partitions) want(partitionName(each), each);
      await adding;
    },
    async add(records) {
      let topic: string | undefined;
      let partition = -1;
      for (const record of records) {
        if (record.topic === topic && record.partition === partition) continue;
        ({ topic, partition } = record);
        const name = partitionName(record);
        if (written.has(name)) continue;
        written.set(name, { topic, partition });
        want(name, { topic, partition });
      }
      await adding;
    },
    async addGroup({ groupId }) {
      const known = groups.get(groupId) ?? addGroup(coordination, identity, groupId);
      groups.set(groupId, known);
      await known;
    },
    async settled() {
      await Promise.allSettled([adding, ...groups.values()]);
    },
  };
}
