/** Producers of an embedded broker: what one turn sends, or one transaction, is one log record. */

import { OutriderError } from '../../error.ts';
import { encodeBatch, recordBytesMax } from '../batch/encode-batch.ts';
import { byTopic, partitionName } from '../partitions.ts';
import type {
  Compression,
  GroupIdentity,
  Producer,
  ProducerOptions,
  Transaction,
} from '../producer.ts';
import type { OutgoingRecord, PartitionOffset } from '../record.ts';
import { afterMs } from '../wait.ts';
import type { StoredOffset } from './log-entry.ts';
import { appendRecords, partitionOf, type Store, type Topic } from './store.ts';

export type ProducerContext = {
  readonly store: Store;
  /** The youngest producer of each transactional id. */
  readonly epochs: Map<string, number>;
  /** Throws `fenced` where the member is of an older generation. */
  requireMember(identity: GroupIdentity): void;
};

/** As Kafka's brokers take by default. */
const MESSAGE_BYTES = 1_048_588;
/** Of one log record, well below what a log takes. */
const ENTRY_BYTES_MAX = 8 * 1024 * 1024;
/** Of a transaction, which is one log record. */
const TRANSACTION_BYTES_MAX = 15 * 1024 * 1024;
const UNKNOWN = { producerId: -1, producerEpoch: -1, firstSequence: -1, isTransactional: false };

export function openProducer(context: ProducerContext, options: ProducerOptions): Producer {
  const { transactionalId, fencingId } = options;
  if (transactionalId !== undefined && fencingId !== undefined) {
    const remedy = 'give transactionalId for transactions, fencingId for sends alone';
    throw new OutriderError('bad-config', `fencingId: beside a transactionalId; ${remedy}`);
  }
  if (transactionalId === undefined) {
    const producer = plainProducer(context.store, options);
    return fencingId === undefined ? producer : fencedProducer(context, fencingId, producer);
  }
  return transactionalProducer(context, { ...options, transactionalId });
}

type Pending = {
  readonly records: readonly OutgoingRecord[];
  resolve(): void;
  reject(error: Error): void;
};

function plainProducer(store: Store, options: ProducerOptions): Producer {
  const { lingerMs = 0, compression = 'none' } = options;
  let pending: Pending[] = [];
  let isClosed = false;
  const flush = () => {
    const sent = pending;
    pending = [];
    if (sent.length > 0) appendPending(store, sent, compression);
  };
  return {
    send(records) {
      if (isClosed) throw new OutriderError('bad-usage', 'a send of a producer that is closed');
      if (pending.length === 0) {
        if (lingerMs > 0) afterMs(lingerMs, flush);
        else queueMicrotask(flush);
      }
      return new Promise((resolve, reject) => void pending.push({ records, resolve, reject }));
    },
    async begin(): Promise<Transaction> {
      throw new OutriderError('bad-usage', 'begin: the producer has no transactionalId; give one');
    },
    async close() {
      flush();
      isClosed = true;
    },
  };
}

/** A call whose records are refused fails alone. */
function appendPending(store: Store, sent: readonly Pending[], compression: Compression): void {
  let bytes = 0;
  let records: OutgoingRecord[] = [];
  let taken: Pending[] = [];
  const append = () => {
    try {
      appendRecords(store, batchesOf(store, records, compression), []);
      for (const { resolve } of taken) resolve();
    } catch (error) {
      for (const { reject } of taken) reject(error as Error);
    }
    bytes = 0;
    records = [];
    taken = [];
  };
  for (const each of sent) {
    try {
      const its = requireRecords(store, each.records);
      if (bytes > 0 && bytes + its > ENTRY_BYTES_MAX) append();
      bytes += its;
      for (const record of each.records) records.push(record);
      taken.push(each);
    } catch (error) {
      each.reject(error as Error);
    }
  }
  append();
}

/** Their bytes at most. Throws `bad-config` for no partition, `limit` for a record too long. */
function requireRecords(store: Store, records: readonly OutgoingRecord[]): number {
  let bytes = 0;
  for (const record of records) {
    partitionOf(store, record);
    const its = recordBytesMax(record);
    const most = Number(
      store.topics.get(record.topic)!.config['max.message.bytes'] ?? MESSAGE_BYTES,
    );
    if (its > most) {
      const what = `a record of ${its} bytes for ${record.topic}-${record.partition}`;
      const remedy = 'raise max.message.bytes of the topic or send less';
      throw new OutriderError('limit', `${what}: it takes ${most}; ${remedy}`);
    }
    bytes += its;
  }
  return bytes;
}

function batchesOf(store: Store, records: readonly OutgoingRecord[], compression: Compression) {
  const batches: { topic: Topic; partition: number; bytes: Buffer }[] = [];
  for (const { topic, partitions } of byTopic(records)) {
    const byPartition = new Map<number, OutgoingRecord[]>();
    for (const record of partitions) {
      const its = byPartition.get(record.partition);
      if (its === undefined) byPartition.set(record.partition, [record]);
      else its.push(record);
    }
    for (const [partition, its] of byPartition) {
      const bytesMax = its.reduce((sum, record) => sum + recordBytesMax(record), 0);
      const bytes = encodeBatch({ records: its, bytesMax }, UNKNOWN, compression);
      batches.push({ topic: store.topics.get(topic)!, partition, bytes });
    }
  }
  return batches;
}

/** Refuses from the moment on that a younger one is opened. */
function fencedProducer({ epochs }: ProducerContext, id: string, producer: Producer): Producer {
  const requireYoungest = youngest(epochs, id);
  return {
    ...producer,
    async send(records) {
      requireYoungest();
      await producer.send(records);
    },
  };
}

/** Opens an epoch of the id; what it returns throws `fenced` once there is a younger one. */
function youngest(epochs: Map<string, number>, id: string): () => void {
  const epoch = (epochs.get(id) ?? 0) + 1;
  epochs.set(id, epoch);
  return () => {
    if (epochs.get(id) === epoch) return;
    throw new OutriderError('fenced', `producer ${id}: a younger producer has the id`);
  };
}

function transactionalProducer(
  context: ProducerContext,
  options: ProducerOptions & { readonly transactionalId: string },
): Producer {
  const requireYoungest = youngest(context.epochs, options.transactionalId);
  let open: Transaction | undefined;
  return {
    async send() {
      const remedy = 'begin a transaction, or open a producer without a transactionalId';
      throw new OutriderError('bad-usage', `send outside of a transaction: ${remedy}`);
    },
    async begin() {
      requireYoungest();
      if (open !== undefined) {
        throw new OutriderError('bad-usage', 'begin: a transaction is open; end it first');
      }
      open = createTransaction(context, {
        ...{ compression: options.compression ?? 'none', requireYoungest },
        onEnd() {
          open = undefined;
        },
      });
      return open;
    },
    async close() {
      await open?.abort();
    },
  };
}

type TransactionContext = {
  readonly compression: Compression;
  requireYoungest(): void;
  onEnd(): void;
};

/** Gathers in memory what the commit writes as one record of the log. */
function createTransaction(
  { store, requireMember }: ProducerContext,
  { compression, requireYoungest, onEnd }: TransactionContext,
): Transaction {
  const records: OutgoingRecord[] = [];
  const offsets = new Map<string, { identity: GroupIdentity; stored: StoredOffset }>();
  let bytes = 0;
  let isOver = false;
  const requireOpen = () => {
    if (isOver) throw new OutriderError('bad-usage', 'the transaction has ended; begin another');
    requireYoungest();
  };
  return {
    async send(sent) {
      requireOpen();
      bytes += requireRecords(store, sent);
      if (bytes > TRANSACTION_BYTES_MAX) {
        const message = `a transaction of ${bytes} bytes; it takes ${TRANSACTION_BYTES_MAX}`;
        throw new OutriderError('limit', `${message}: commit more often`);
      }
      for (const record of sent) records.push(record);
    },
    async addOffsets(identity, added) {
      requireOpen();
      requireMember(identity);
      for (const each of added) {
        const stored = storedOffset(identity.groupId, each);
        offsets.set(`${identity.groupId} ${partitionName(each)}`, { identity, stored });
      }
    },
    async commit() {
      requireOpen();
      const all = [...offsets.values()];
      for (const { identity } of all) requireMember(identity);
      const batches = batchesOf(store, records, compression);
      appendRecords(
        store,
        batches,
        all.map(({ stored }) => stored),
      );
      isOver = true;
      onEnd();
    },
    async abort() {
      if (isOver) return;
      isOver = true;
      onEnd();
    },
  };
}

export function storedOffset(
  groupId: string,
  { topic, partition, offset, metadata = '' }: PartitionOffset,
): StoredOffset {
  return { groupId, topic, partition, offset, metadata };
}
