/** Polls with patience, as the suites of the contract read. */

import type { Broker } from '../port.ts';
import type { PartitionReader } from '../reader.ts';
import type { IncomingRecord, TopicPartition } from '../record.ts';
import { nowMs, waitMs } from '../wait.ts';

export const POLL_MS = 100;
const PATIENCE_MS = 30_000;
const DECIDED_MS = 1_000;

/** Polls until so many records have come; fails with what has come instead. */
export async function take(
  reader: PartitionReader,
  count: number,
): Promise<(TopicPartition & IncomingRecord)[]> {
  const taken: (TopicPartition & IncomingRecord)[] = [];
  const deadlineMs = nowMs() + PATIENCE_MS;
  while (taken.length < count) {
    if (nowMs() > deadlineMs) {
      throw new Error(`${taken.length} of ${count} records have come in ${PATIENCE_MS} ms`);
    }
    for (const { topic, partition, records } of await reader.poll()) {
      for (const each of records) taken.push({ topic, partition, ...each });
    }
  }
  return taken;
}

/** All committed records that stand in the partitions of a topic now, by partition. */
export async function readAll(
  broker: Broker,
  topic: string,
  partitions = 1,
): Promise<(TopicPartition & IncomingRecord)[]> {
  const all = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
  await decided(broker, all);
  const bounds = await broker.admin.bounds(all, 'read-committed');
  const from = bounds.map(({ partition, first }) => ({ topic, partition, offset: first }));
  const isolation = 'read-committed';
  const reader = await broker.reader({ isolation, pollWaitMs: POLL_MS, from });
  const left = new Map(
    bounds.flatMap(each => (each.first < each.end ? [[each.partition, each.end]] : [])),
  );
  const taken: (TopicPartition & IncomingRecord)[] = [];
  try {
    const deadlineMs = nowMs() + PATIENCE_MS;
    while (left.size > 0) {
      if (nowMs() > deadlineMs)
        throw new Error(`${left.size} partitions were not read to their end`);
      for (const { partition, records, nextOffset } of await reader.poll()) {
        for (const each of records) taken.push({ topic, partition, ...each });
        if (nextOffset >= left.get(partition)!) left.delete(partition);
      }
    }
  } finally {
    await reader.close();
  }
  return taken.sort((a, b) => a.partition - b.partition || a.offset - b.offset);
}

/** Readers see a transaction some time after its commit was answered; one may stay open, too. */
async function decided(broker: Broker, partitions: readonly TopicPartition[]): Promise<void> {
  const endsOf = async (isolation: 'read-committed' | 'read-uncommitted') =>
    (await broker.admin.bounds(partitions, isolation)).map(({ end }) => end).join();
  const deadlineMs = nowMs() + DECIDED_MS;
  while ((await endsOf('read-committed')) !== (await endsOf('read-uncommitted'))) {
    if (nowMs() > deadlineMs) return;
    await waitMs(POLL_MS);
  }
}

/** Polls, as a member must, until it holds; fails with the last reason. */
export async function pollUntil(
  readers: readonly PartitionReader[],
  holds: () => boolean,
): Promise<void> {
  const deadlineMs = nowMs() + PATIENCE_MS;
  while (!holds()) {
    if (nowMs() > deadlineMs) throw new Error(`${holds} does not hold after ${PATIENCE_MS} ms`);
    await Promise.all(readers.map(reader => reader.poll()));
  }
}
