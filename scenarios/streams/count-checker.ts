/** Judges counts by key without any code of what made them: kafkajs reads, arithmetic decides. */

import { Kafka, logLevel } from 'kafkajs';

/** Of each key the counts in the order they stand in the topic. */
export type Counts = ReadonlyMap<string, readonly number[]>;

/** A line for each key whose counts are not 1, 2, 3 ... up to the number of its records. */
export function judgeCounts(records: ReadonlyMap<string, number>, counts: Counts): string[] {
  const problems: string[] = [];
  for (const [key, expected] of records) {
    const found = counts.get(key) ?? [];
    const at = found.findIndex((count, index) => count !== index + 1);
    if (at >= 0) problems.push(`${key}: count ${found[at]} stands where ${at + 1} belongs`);
    else if (found.length < expected) problems.push(`${key}: ${expected - found.length} lost`);
    else if (found.length > expected) problems.push(`${key}: ${found.length - expected} too many`);
  }
  for (const key of counts.keys()) if (!records.has(key)) problems.push(`${key}: was never sent`);
  return problems;
}

/** Without a record for so long there are no more. */
const QUIET_MS = 1_500;

export type ReadOptions = {
  readonly addresses: readonly string[];
  readonly topic: string;
  /** Stops once this many records were read, and then only where no more come. */
  readonly expected: number;
  readonly waitMs: number;
};

/** What is committed; waits until the records are there, or no longer than `waitMs` for them. */
export async function readCounts(options: ReadOptions): Promise<Map<string, number[]>> {
  const { addresses, topic, expected, waitMs } = options;
  const kafka = new Kafka({ brokers: [...addresses], logLevel: logLevel.NOTHING });
  const groupId = `checker-${process.pid}-${Date.now()}`;
  const consumer = kafka.consumer({ groupId, readUncommitted: false, maxWaitTimeInMs: 50 });
  const counts = new Map<string, number[]>();
  let read = 0;
  let lastMs = Date.now();
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    async eachMessage({ message: { key, value } }) {
      const name = String(key);
      const list = counts.get(name) ?? [];
      list.push(Number(String(value)));
      counts.set(name, list);
      read += 1;
      lastMs = Date.now();
    },
  });
  const endMs = Date.now() + waitMs;
  while (Date.now() < endMs && (read < expected || Date.now() < lastMs + QUIET_MS)) {
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  await consumer.disconnect();
  return counts;
}
