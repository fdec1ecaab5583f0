/** Numbered records: sent at a rate, and read by a client that knows nothing of the engine. */

import { setTimeout as wait } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { SECOND_NS } from '#engine';
import type { Broker, OutgoingRecord } from '#engine/broker';
import { VALUE_BYTES } from '../load.ts';
import { nowNs } from '../now.ts';

export type SequenceLoad = {
  /** Records that stand. */
  readonly sent: number;
  stop(): Promise<void>;
};

const SENDS_MAX = 8;
const QUIET_MS = 5_000;

/** Partition n % partitions has the numbers 0, 1, 2 ... ; `perSecond` over all of them. */
export async function startSequences(
  broker: Broker,
  to: { readonly topic: string; readonly partitions: number },
  { perSecond, count = Number.POSITIVE_INFINITY }: { perSecond: number; count?: number },
): Promise<SequenceLoad> {
  const producer = await broker.producer({});
  const startNs = nowNs();
  let [made, sent, underWay, isOver] = [0, 0, 0, false];
  const run = async () => {
    while (!isOver && made < count) {
      const dueCount = Math.floor(((nowNs() - startNs) * perSecond) / SECOND_NS);
      const due: OutgoingRecord[] = [];
      while (made < Math.min(dueCount, count) && due.length < perSecond / 100) {
        due.push(recordOf(to, made++));
      }
      if (due.length === 0 || underWay >= SENDS_MAX) await wait(1);
      if (due.length === 0) continue;
      underWay++;
      void producer.send(due).then(() => {
        sent += due.length;
        underWay--;
      });
    }
    while (underWay > 0) await wait(1);
    await producer.close();
  };
  const running = run();
  return {
    get sent() {
      return sent;
    },
    async stop() {
      isOver = count === Number.POSITIVE_INFINITY;
      await running;
    },
  };
}

function recordOf({ topic, partitions }: { topic: string; partitions: number }, at: number) {
  const value = Buffer.alloc(VALUE_BYTES, at);
  value.writeDoubleBE(Math.floor(at / partitions), 0);
  const place = { topic, partition: at % partitions };
  return { ...place, key: null, value, headers: [], timestampMs: Date.now() };
}

/** A line for each partition whose numbers are not 0, 1, 2 ... ; reads until none come any more. */
export async function judgeSequences(
  addresses: readonly string[],
  topic: string,
  expected: number,
): Promise<string[]> {
  const kafka = new Kafka({ brokers: [...addresses], logLevel: logLevel.NOTHING });
  const groupId = `checker-${process.pid}-${Date.now()}`;
  const fetching = { maxWaitTimeInMs: 50, maxBytesPerPartition: 1024 * 1024 };
  const consumer = kafka.consumer({ groupId, readUncommitted: false, ...fetching });
  const next = new Map<number, number>();
  const problems: string[] = [];
  let [read, lastMs] = [0, Date.now()];
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    async eachBatch({ batch: { partition, messages } }) {
      for (const { value } of messages) {
        const number = value!.readDoubleBE(0);
        const wanted = next.get(partition) ?? 0;
        if (number !== wanted) problems.push(`partition ${partition}: ${number}, not ${wanted}`);
        next.set(partition, number + 1);
      }
      read += messages.length;
      lastMs = Date.now();
    },
  });
  while (Date.now() < lastMs + (read < expected ? 12 * QUIET_MS : QUIET_MS)) await wait(100);
  await consumer.disconnect();
  if (read !== expected) problems.push(`${read} records where ${expected} were sent`);
  return problems.slice(0, 20);
}
