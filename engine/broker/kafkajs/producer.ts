/** Producers on kafkajs: what comes while a request is under way shares the next one. */

import type {
  Producer as Client,
  Kafka,
  Message,
  Transaction as Open,
  ProducerConfig,
  TopicMessages,
} from 'kafkajs';
import { OutriderError } from '../../error.ts';
import { recordBytesMax } from '../batch/encode-batch.ts';
import { byTopic } from '../partitions.ts';
import type { BrokerAdmin } from '../port.ts';
import type { Compression, Producer, ProducerOptions, Transaction } from '../producer.ts';
import type { OutgoingRecord, PartitionOffset } from '../record.ts';
import { afterMs, nowMs, waitMs } from '../wait.ts';
import { CODECS, errorType, RETRY, translated } from './client.ts';
import { NO_COORDINATOR } from './pull-consumer.ts';

type Pending = {
  readonly records: readonly OutgoingRecord[];
  readonly bytes: number;
  resolve(): void;
  reject(error: Error): void;
};

/** All records of a request that are of one partition make one batch. */
const REQUEST_BYTES_MAX = 900_000;
const ALL_IN_SYNC = -1;
const GONE_MS = 3_000;
const BACK_OFF_MS = 100;
const TRANSACTION_TIMEOUT_MS = 60_000;
/** The transaction before is just being ended. */
const CONCURRENT_WAITS_MS = [3, 4, 5];
const CONCURRENT_MS_MAX = 60_000;

export async function openProducer(
  { kafka, admin }: { kafka: Kafka; admin: BrokerAdmin },
  options: ProducerOptions,
): Promise<Producer> {
  if (options.fencingId !== undefined) {
    const remedy = 'use another broker, or transactions';
    throw new OutriderError('bad-config', `fencingId: kafkajs cannot fence sends; ${remedy}`);
  }
  if (options.transactionalId !== undefined) {
    return transactionalProducer(kafka, { ...options, transactionalId: options.transactionalId });
  }
  const client = kafka.producer({ idempotent: true, retry: RETRY, allowAutoTopicCreation: false });
  await client.connect();
  const known = new Map<string, Promise<void>>();
  const batcher = createBatcher(options, {
    request: messages => sendTo(client, options, messages),
    async gone(topics) {
      const counts = await admin.partitionCounts(topics);
      const missing = topics.filter(topic => !counts.has(topic));
      for (const topic of missing) known.delete(topic);
      return missing;
    },
  });
  const require = (topic: string) => {
    const there = known.get(topic) ?? requireTopic(admin, topic);
    known.set(topic, there);
    return there.catch(error => {
      known.delete(topic);
      throw error;
    });
  };
  return {
    async send(records) {
      const topics = new Set(records.map(({ topic }) => topic));
      await Promise.all([...topics].map(require));
      await batcher.send(records);
    },
    async begin() {
      throw new OutriderError('bad-usage', 'begin: the producer has no transactionalId; give one');
    },
    async close() {
      await batcher.settled();
      await client.disconnect();
    },
  };
}

/** The client would ask for its leader for 20 s. Right after its making a node may not know it. */
async function requireTopic(admin: BrokerAdmin, topic: string): Promise<void> {
  for (const untilMs = nowMs() + GONE_MS; ; await waitMs(BACK_OFF_MS)) {
    if ((await admin.partitionCounts([topic])).has(topic)) return;
    if (nowMs() > untilMs) {
      throw noSuchTopic(topic);
    }
  }
}

async function sendTo(
  target: Pick<Client, 'sendBatch'>,
  { compression = 'none' }: { readonly compression?: Compression },
  topicMessages: TopicMessages[],
): Promise<void> {
  await target.sendBatch({ topicMessages, acks: ALL_IN_SYNC, compression: CODECS[compression] });
}

type Requests = {
  request(messages: TopicMessages[]): Promise<void>;
  /** Those that no longer exist. */
  gone?(topics: readonly string[]): Promise<readonly string[]>;
};

/** One request at a time; a call that is refused in company is tried alone. */
function createBatcher({ lingerMs = 0 }: ProducerOptions, requests: Requests) {
  let pending: Pending[] = [];
  let under: Promise<void> | undefined;
  const run = async () => {
    if (lingerMs > 0) await new Promise<void>(resolve => void afterMs(lingerMs, resolve));
    else await null;
    while (pending.length > 0) {
      const { now, later } = fitting(pending);
      pending = later;
      await deliver(now);
    }
    // In the turn of the last look: a call that comes later begins another run.
    under = undefined;
  };
  const deliver = async (calls: readonly Pending[]): Promise<void> => {
    const gone = new Map<string, OutriderError>();
    try {
      const all = calls.flatMap(each => each.records);
      for (const records of chunks(all)) await requestLeft(requests, records, gone);
      for (const { records, resolve, reject } of calls) {
        const lost = records.find(({ topic }) => gone.has(topic));
        if (lost === undefined) resolve();
        else reject(gone.get(lost.topic)!);
      }
    } catch (cause) {
      if (calls.length > 1 && translated('', cause).code !== 'network') {
        for (const each of calls) await deliver([each]);
        return;
      }
      const topics = [...new Set(calls.flatMap(({ records }) => records.map(each => each.topic)))];
      for (const { reject } of calls) reject(translated(`records for ${topics.join(', ')}`, cause));
    }
  };
  return {
    send(records: readonly OutgoingRecord[]): Promise<void> {
      const bytes = records.reduce((sum, record) => sum + recordBytesMax(record), 0);
      return new Promise((resolve, reject) => {
        pending.push({ records, bytes, resolve, reject });
        under ??= run();
      });
    },
    async settled() {
      while (under !== undefined) await under;
    },
  };
}

/**
 * Again without the topics that were deleted: the others' batches are the same ones as before, with
 * the same sequence, so those that stand already stay single.
 */
async function requestLeft(
  { request, gone }: Requests,
  records: readonly OutgoingRecord[],
  lost: Map<string, OutriderError>,
): Promise<void> {
  for (;;) {
    const left = records.filter(({ topic }) => !lost.has(topic));
    if (left.length === 0) return;
    try {
      return await request(messagesOf(left));
    } catch (cause) {
      const topics = [...new Set(left.map(({ topic }) => topic))];
      const missing = (await gone?.(topics)) ?? [];
      if (missing.length === 0) throw cause;
      for (const topic of missing) lost.set(topic, noSuchTopic(topic));
    }
  }
}

function noSuchTopic(topic: string): OutriderError {
  return new OutriderError('bad-config', `${topic}: no such topic; create it first`);
}

function fitting(pending: readonly Pending[]): { now: Pending[]; later: Pending[] } {
  let bytes = 0;
  let count = 0;
  for (const each of pending) {
    bytes += each.bytes;
    if (count > 0 && bytes > REQUEST_BYTES_MAX) break;
    count++;
  }
  return { now: pending.slice(0, count), later: pending.slice(count) };
}

/** A call with more than one request takes. */
function* chunks(records: readonly OutgoingRecord[]): Iterable<readonly OutgoingRecord[]> {
  let from = 0;
  let bytes = 0;
  for (let index = 0; index < records.length; index++) {
    const its = recordBytesMax(records[index]!);
    if (index > from && bytes + its > REQUEST_BYTES_MAX) {
      yield records.slice(from, index);
      from = index;
      bytes = 0;
    }
    bytes += its;
  }
  if (from < records.length) yield records.slice(from);
}

function messagesOf(records: readonly OutgoingRecord[]): TopicMessages[] {
  return byTopic(records).map(({ topic, partitions }) => ({
    topic,
    messages: partitions.map(
      ({ partition, key, value, headers, timestampMs }): Message => ({
        ...{ partition, timestamp: String(timestampMs) },
        key: key === null ? null : Buffer.from(key.buffer, key.byteOffset, key.length),
        value: value === null ? null : Buffer.from(value.buffer, value.byteOffset, value.length),
        ...(headers.length > 0 && { headers: headersOf(headers) }),
      }),
    ),
  }));
}

/** By name: the order of those with different names is lost. */
function headersOf(headers: OutgoingRecord['headers']): Record<string, Buffer[]> {
  // Without a prototype: a header may be called `constructor` or `__proto__`.
  const byName: Record<string, Buffer[]> = Object.create(null);
  for (const [name, value] of headers) {
    byName[name] = [...(byName[name] ?? []), Buffer.from(value)];
  }
  return byName;
}

type Transactional = ProducerOptions & { readonly transactionalId: string };

async function transactionalProducer(kafka: Kafka, options: Transactional): Promise<Producer> {
  const { transactionalId, transactionTimeoutMs: transactionTimeout } = options;
  const config = {
    ...{ transactionalId, idempotent: true, retry: RETRY, allowAutoTopicCreation: false },
    ...{ maxInFlightRequests: 1, transactionTimeout: transactionTimeout ?? TRANSACTION_TIMEOUT_MS },
  };
  const what = `transaction ${transactionalId}`;
  const connect = () => connectTransactional(kafka, config);
  let client = await connect();
  let isBroken = false;
  let fenced: OutriderError | undefined;
  let open: Transaction | undefined;
  const note = (error: unknown): OutriderError => {
    const known = translated(what, error);
    if (known.code === 'fenced') fenced = known;
    isBroken = true;
    return known;
  };
  return {
    async send() {
      const remedy = 'begin a transaction, or open a producer without a transactionalId';
      throw new OutriderError('bad-usage', `send outside of a transaction: ${remedy}`);
    },
    async begin() {
      if (fenced !== undefined) throw fenced;
      if (open !== undefined) {
        throw new OutriderError('bad-usage', 'begin: a transaction is open; end it first');
      }
      // After a failure the client's own account of it is not to be trusted: another begins anew.
      if (isBroken) {
        await client.disconnect();
        client = await connect();
        isBroken = false;
      }
      const begun = await client.transaction().catch(error => Promise.reject(note(error)));
      open = createTransaction(begun, options, {
        note,
        onEnd() {
          open = undefined;
        },
      });
      return open;
    },
    async close() {
      await open?.abort().catch(() => {});
      await client.disconnect();
    },
  };
}

/** Its first transaction fences older producers, and ends what they left open. */
async function connectTransactional(
  kafka: Kafka,
  config: ProducerConfig & { readonly transactionalId: string },
): Promise<Client> {
  const client = kafka.producer(config);
  await client.connect();
  try {
    await (await client.transaction()).abort();
  } catch (error) {
    await client.disconnect();
    throw translated(`transaction ${config.transactionalId}`, error);
  }
  return client;
}

function createTransaction(
  begun: Open,
  options: Transactional,
  { note, onEnd }: { note(error: unknown): OutriderError; onEnd(): void },
): Transaction {
  const batcher = createBatcher(options, {
    request: messages => patiently(() => sendTo(begun, options, messages)),
  });
  let failure: OutriderError | undefined;
  let isOver = false;
  const requireOpen = () => {
    if (isOver) throw new OutriderError('bad-usage', 'the transaction has ended; begin another');
  };
  const step = async (action: () => Promise<void>) => {
    requireOpen();
    try {
      await action();
    } catch (error) {
      failure = note(error);
      throw failure;
    }
  };
  let adding: Promise<void> = Promise.resolve();
  return {
    send: records => step(() => batcher.send(records)),
    addOffsets({ groupId }, offsets) {
      const send = () => patiently(() => begun.sendOffsets(offsetsOf(groupId, offsets)));
      // One after another.
      const done = adding.then(() => step(send));
      adding = done.catch(() => {});
      return done;
    },
    async commit() {
      requireOpen();
      await batcher.settled();
      await adding;
      if (failure !== undefined) throw failure;
      await step(() => patiently(() => begun.commit()));
      isOver = true;
      onEnd();
    },
    async abort() {
      if (isOver) return;
      isOver = true;
      await batcher.settled();
      await adding;
      try {
        await begun.abort();
      } catch (error) {
        // What the client cannot end, its successor's or the coordinator's time limit does.
        note(error);
      }
      onEnd();
    },
  };
}

function offsetsOf(consumerGroupId: string, offsets: readonly PartitionOffset[]) {
  const topics = byTopic(offsets).map(({ topic, partitions }) => ({
    topic,
    partitions: partitions.map(({ partition, offset, metadata }) => ({
      ...{ partition, offset: String(offset), ...(metadata && { metadata }) },
    })),
  }));
  return { consumerGroupId, topics };
}

async function patiently(action: () => Promise<void>): Promise<void> {
  const deadlineMs = nowMs() + CONCURRENT_MS_MAX;
  for (let tries = 0; ; tries++) {
    try {
      return await action();
    } catch (error) {
      if (!isPassing(error) || nowMs() > deadlineMs) throw error;
      await waitMs(CONCURRENT_WAITS_MS[tries % CONCURRENT_WAITS_MS.length]!);
    }
  }
}

/** The transaction before is being ended, or a group's coordinator is none yet, or just moved. */
const PASSING = new Set([
  ...['CONCURRENT_TRANSACTIONS', 'GROUP_COORDINATOR_NOT_AVAILABLE', 'GROUP_LOAD_IN_PROGRESS'],
  'NOT_COORDINATOR_FOR_GROUP',
]);

function isPassing(error: unknown): boolean {
  const isUncoordinated = error instanceof Error && error.name === NO_COORDINATOR;
  return isUncoordinated || PASSING.has(errorType(error) ?? '');
}
