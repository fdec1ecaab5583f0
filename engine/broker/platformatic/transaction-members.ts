/** Partitions and groups of a transaction: each is made known to the coordinator before its use. */

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
  const known = partitionSet();
  const written = partitionSet();
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
  const want = (topic: string, partition: number) => {
    if (!known.add(topic, partition)) return;
    wanted.push({ topic, partition });
    adding ??= addAll();
  };
  return {
    hasAny: () => known.list.length > 0 || groups.size > 0,
    written: () => written.list,
    async expect(partitions) {
      for (const { topic, partition } of partitions) want(topic, partition);
      await adding;
    },
    async add(records) {
      for (const { topic, partition } of records) {
        if (written.add(topic, partition)) want(topic, partition);
      }
      await adding;
    },
    async addGroup({ groupId }) {
      const asked = groups.get(groupId) ?? addGroup(coordination, identity, groupId);
      groups.set(groupId, asked);
      await asked;
    },
    async settled() {
      await Promise.allSettled([adding, ...groups.values()]);
    },
  };
}

/** Asked for each record, so without a name made for it. */
function partitionSet() {
  const byTopic = new Map<string, boolean[]>();
  const list: TopicPartition[] = [];
  let last = '';
  let its: boolean[] = [];
  return {
    list,
    /** False where it is inside already. */
    add(topic: string, partition: number): boolean {
      if (topic !== last) {
        last = topic;
        its = byTopic.get(topic) ?? [];
        byTopic.set(topic, its);
      }
      if (its[partition] === true) return false;
      its[partition] = true;
      list.push({ topic, partition });
      return true;
    },
  };
}
