/** The load of benchmarks of streams: records of 100 bytes over many keys, at once or at a rate. */

import { setTimeout as wait } from 'node:timers/promises';
import { MILLISECOND_NS, SECOND_NS } from '#engine';
import type { Broker, OutgoingRecord, Producer } from '#engine/broker';
import { nowNs } from './now.ts';

export type Load = {
  /** As fast as the broker takes them; done once all stand. */
  burst(count: number): Promise<void>;
  /** Each at its intended time, which is what it carries, whether or not others kept up. */
  steady(count: number, perSecond: number): Promise<void>;
  /** One record a key, such as the rows of a table. */
  rows(topic: string): Promise<void>;
  close(): Promise<void>;
};

export type LoadOptions = {
  readonly broker: Broker;
  readonly topic: string;
  readonly partitions: number;
  readonly keys: number;
};

export const VALUE_BYTES = 100;
const ROW_BYTES = 16;
const BATCH_RECORDS = 1_000;
const UNDER_WAY_MAX = 8;

export async function openLoad({ broker, topic, partitions, keys }: LoadOptions): Promise<Load> {
  const producer = await broker.producer({});
  const keyBytes = Array.from({ length: keys }, (_, at) => Buffer.from(keyText(at)));
  let next = 0;
  const recordOf = (sentNs: number): OutgoingRecord => {
    const at = next++ % keys;
    const value = carrying(sentNs, next);
    // All that matters is that a key has one partition, in the table's topic as well.
    const place = { topic, partition: at % partitions };
    return { ...place, key: keyBytes[at]!, value, headers: [], timestampMs: Date.now() };
  };
  return {
    burst: count =>
      sendAll(producer, count, () =>
        Array.from({ length: BATCH_RECORDS }, () => recordOf(nowNs())),
      ),
    steady: (count, perSecond) => sendSteadily(producer, { count, perSecond, recordOf }),
    async rows(table) {
      const rows = keyBytes.map((key, at) => ({
        ...{ topic: table, partition: at % partitions, key, value: Buffer.alloc(ROW_BYTES, at) },
        ...{ headers: [], timestampMs: Date.now() },
      }));
      await producer.send(rows);
    },
    close: () => producer.close(),
  };
}

/** All of one length, as the records are of one size. */
const keyText = (at: number) => `key-${String(at).padStart(6, '0')}`;

function carrying(sentNs: number, filler: number): Buffer {
  const value = Buffer.allocUnsafe(VALUE_BYTES);
  value.writeDoubleBE(sentNs, 0);
  return value.fill(filler & 0xff, 8);
}

async function sendAll(
  producer: Producer,
  count: number,
  batchOf: () => OutgoingRecord[],
): Promise<void> {
  let left = count;
  const sendOn = async () => {
    while (left > 0) {
      left -= BATCH_RECORDS;
      await producer.send(batchOf());
    }
  };
  await Promise.all(Array.from({ length: UNDER_WAY_MAX }, sendOn));
}

type Steady = {
  readonly count: number;
  readonly perSecond: number;
  recordOf(sentNs: number): OutgoingRecord;
};

async function sendSteadily(producer: Producer, { count, perSecond, recordOf }: Steady) {
  const startNs = nowNs() + MILLISECOND_NS;
  const intendedNs = (at: number) => startNs + (at * SECOND_NS) / perSecond;
  let failure: unknown;
  for (let sent = 0; sent < count; ) {
    const due: OutgoingRecord[] = [];
    while (sent < count && intendedNs(sent) <= nowNs()) due.push(recordOf(intendedNs(sent++)));
    if (due.length > 0) {
      producer.send(due).catch(error => {
        failure ??= error;
      });
    } else await wait(1);
    if (failure !== undefined) throw failure;
  }
}
