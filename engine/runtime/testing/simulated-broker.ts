/** A shared broker in virtual time: topics, transactions that fence, offsets; groups beside it. */

import type { Broker, BrokerAdmin, BrokerCapabilities } from '../../broker/port.ts';
import type { Producer, ProducerOptions, Transaction } from '../../broker/producer.ts';
import type { PartitionReader, ReaderOptions } from '../../broker/reader.ts';
import type { OutgoingRecord, PartitionOffset, TopicPartition } from '../../broker/record.ts';
import { groupAt, type SimulatedGroup } from './simulated-group.ts';
import { type SimulatedPartition, simulatedPartition, type WrittenEntry } from './simulated-log.ts';
import { SimulatedMember } from './simulated-member.ts';
import { createPositions, fenced, partitionAt } from './simulated-positions.ts';
import type { SimulatedProcess } from './simulated-process.ts';

export type SimulatedBroker = {
  readonly topics: Map<string, readonly SimulatedPartition[]>;
  readonly groups: Map<string, SimulatedGroup>;
  readonly producers: Map<string, TransactionalId>;
  readonly capabilities: BrokerCapabilities;
  /** Members that have joined any group so far. */
  joins: number;
  nowMs(): number;
  sleep(ms: number): Promise<void>;
  connect(process: SimulatedProcess): Broker;
};

type TransactionalId = { epoch: number; open: OpenTransaction | undefined };

type OpenTransaction = {
  readonly written: Map<SimulatedPartition, WrittenEntry[]>;
  readonly offsets: { readonly group: SimulatedGroup; readonly offset: PartitionOffset }[];
};

export type SimulatedBrokerOptions = {
  /** Without it a transactional id a task has to do. */
  readonly fencesByGeneration: boolean;
  nowMs(): number;
  sleep(ms: number): Promise<void>;
};

export function simulatedBroker(options: SimulatedBrokerOptions): SimulatedBroker {
  const { fencesByGeneration, nowMs, sleep } = options;
  const broker: SimulatedBroker = {
    ...{ topics: new Map(), groups: new Map(), producers: new Map(), joins: 0, nowMs, sleep },
    capabilities: {
      ...{ name: 'embedded', isShared: true, transactions: true, fencesByGeneration },
      fencesSends: false,
      ...{ staticMembership: false, memberData: true, waitsForRevoked: true },
      ...{ headerOrder: true, compressions: ['none'] },
    },
    connect: process => ({
      capabilities: broker.capabilities,
      admin: adminOf(broker, process),
      producer: settings => process.call(() => openProducer(broker, process, settings)),
      reader: async settings => openReader(broker, process, settings),
      join: settings => process.call(() => new SimulatedMember(broker, process, settings)),
      close: async () => {},
    }),
  };
  return broker;
}

function adminOf(broker: SimulatedBroker, process: SimulatedProcess): BrokerAdmin {
  const at = (place: TopicPartition) => partitionAt(broker, place);
  return {
    createTopics: topics =>
      process.call(() => {
        for (const { topic, partitions } of topics) {
          if (broker.topics.has(topic)) continue;
          const places = Array.from({ length: partitions }, (_, partition) => ({
            topic,
            partition,
          }));
          broker.topics.set(topic, places.map(simulatedPartition));
        }
      }),
    deleteTopics: topics =>
      process.call(() => {
        for (const topic of topics) broker.topics.delete(topic);
      }),
    partitionCounts: topics =>
      process.call(() => {
        const found = topics.filter(topic => broker.topics.has(topic));
        return new Map(found.map(topic => [topic, broker.topics.get(topic)!.length]));
      }),
    bounds: (places, isolation) =>
      process.call(() =>
        places.map(place => ({ ...place, first: 0, end: at(place).end(isolation) })),
      ),
    offsetsAt: (places, timestampMs) =>
      process.call(() =>
        places.map(place => {
          const records = at(place).read(0, 'read-committed')?.records ?? [];
          const found = records.find(record => record.timestampMs >= timestampMs);
          return { ...place, offset: found?.offset ?? at(place).end('read-committed') };
        }),
      ),
    committed: (groupId, places) => process.call(() => groupAt(broker, groupId).committed(places)),
    setCommitted: (groupId, offsets) =>
      process.call(() => {
        const group = groupAt(broker, groupId);
        if (group.members.size > 0) throw fenced(`group ${groupId} has members`);
        group.setOffsets(offsets);
      }),
  };
}

/** Of a transactional id the younger fences the older and ends what it left open. */
function openProducer(
  broker: SimulatedBroker,
  process: SimulatedProcess,
  { transactionalId, transactionTimeoutMs = 60_000 }: ProducerOptions,
): Producer {
  const append = (record: OutgoingRecord, open?: OpenTransaction) => {
    const partition = partitionAt(broker, record);
    const entry = partition.append(record, open !== undefined);
    if (open === undefined) return;
    open.written.set(partition, [...(open.written.get(partition) ?? []), entry]);
  };
  const id = transactionalId === undefined ? undefined : youngest(broker, transactionalId);
  const epoch = id?.epoch;
  const mine = <Result>(action: (id: TransactionalId) => Result) =>
    process.call(() => {
      if (id === undefined || id.epoch !== epoch) throw fenced(`producer ${transactionalId}`);
      return action(id);
    });
  return {
    send: records =>
      process.call(() => {
        for (const record of records) append(record);
      }),
    begin: () =>
      mine(owner => {
        if (owner.open !== undefined) throw fenced('a transaction is open');
        const open: OpenTransaction = { written: new Map(), offsets: [] };
        owner.open = open;
        void broker.sleep(transactionTimeoutMs).then(() => {
          if (owner.open === open) youngest(broker, transactionalId!);
        });
        return transactionOf(broker, { mine, open, append });
      }),
    close: async () => {},
  };
}

type Owned = {
  mine<Result>(action: (id: TransactionalId) => Result): Promise<Result>;
  readonly open: OpenTransaction;
  append(record: OutgoingRecord, open: OpenTransaction): void;
};

function transactionOf(broker: SimulatedBroker, { mine, open, append }: Owned): Transaction {
  const inIt = <Result>(action: (id: TransactionalId) => Result) =>
    mine(id => {
      if (id.open !== open) throw fenced('the transaction has ended');
      return action(id);
    });
  return {
    announce: () => inIt(() => {}),
    send: records =>
      inIt(() => {
        for (const record of records) append(record, open);
      }),
    addOffsets: (identity, offsets) =>
      inIt(() => {
        const group = groupAt(broker, identity.groupId);
        if (broker.capabilities.fencesByGeneration) group.check(identity);
        group.hold(offsets);
        open.offsets.push(...offsets.map(offset => ({ group, offset })));
      }),
    commit: () => inIt(id => endTransaction(id, 'committed')),
    abort: () => inIt(id => endTransaction(id, 'aborted')),
  };
}

function youngest(broker: SimulatedBroker, transactionalId: string): TransactionalId {
  const id = broker.producers.get(transactionalId) ?? { epoch: 0, open: undefined };
  broker.producers.set(transactionalId, id);
  if (id.open !== undefined) endTransaction(id, 'aborted');
  id.epoch += 1;
  return id;
}

function endTransaction(id: TransactionalId, state: 'committed' | 'aborted'): void {
  const { open } = id;
  id.open = undefined;
  for (const [partition, entries] of open?.written ?? []) partition.decide(entries, state);
  for (const { group, offset } of open?.offsets ?? []) group.release(offset, state === 'committed');
}

function openReader(
  broker: SimulatedBroker,
  process: SimulatedProcess,
  { from, isolation, pollWaitMs = 500 }: ReaderOptions,
): PartitionReader {
  const positions = createPositions();
  for (const offset of from) positions.seek(offset);
  return {
    ...positions,
    poll: () =>
      process.call(async () => {
        const found = positions.fetch(broker, isolation);
        if (found.length > 0) return found;
        await broker.sleep(pollWaitMs);
        return positions.fetch(broker, isolation);
      }),
    close: async () => {},
  };
}
