/** Reads a topic by a client that shares no code with the product: what is committed, all of it. */
import { Kafka, logLevel } from 'kafkajs';

export type TopicRecord = {
  readonly partition: number;
  readonly offset: string;
  readonly key: string;
  readonly value: Buffer;
  /** Milliseconds since 1970, as the broker gives it. */
  readonly timestampMs: number;
  readonly headers: Readonly<Record<string, string>>;
};

export type ReadTopicOptions = {
  readonly addresses: readonly string[];
  readonly topic: string;
  /**
   * Records of a topic of transactions, whose ends are offsets of their own: more are waited for
   * only while they come. Without it everything up to the end that the topic has now.
   */
  readonly expected?: number;
};

/** Without a record for so long there are no more. */
const QUIET_MS = 1_500;
/** A group without members is joined sooner, and records that are there come sooner. */
const WAIT_MS = 60_000;
const LOOK_MS = 50;

/** By partition in the order of offsets. What has not come after 60 s is not there. */
export async function readTopic(options: ReadTopicOptions): Promise<TopicRecord[]> {
  const { addresses, topic, expected } = options;
  const kafka = new Kafka({ brokers: [...addresses], logLevel: logLevel.NOTHING });
  const groupId = `reader-${topic}-${process.pid}-${Date.now()}`;
  const consumer = kafka.consumer({ groupId, readUncommitted: false, maxWaitTimeInMs: LOOK_MS });
  const records: TopicRecord[] = [];
  const left = expected === undefined ? await openEnds(kafka, topic) : new Map<number, bigint>();
  let lastMs = Date.now();
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    async eachMessage({ partition, message }) {
      const { offset, key, value, timestamp, headers } = message;
      const texts = Object.entries(headers ?? {}).map(([name, text]) => [name, String(text)]);
      records.push({
        ...{ partition, offset, key: String(key), value: value ?? Buffer.alloc(0) },
        ...{ timestampMs: Number(timestamp), headers: Object.fromEntries(texts) },
      });
      if (BigInt(offset) + 1n >= (left.get(partition) ?? 0n)) left.delete(partition);
      lastMs = Date.now();
    },
  });
  const endMs = Date.now() + WAIT_MS;
  const isQuiet = () => Date.now() > lastMs + QUIET_MS;
  const isDone = () =>
    expected === undefined ? left.size === 0 : records.length >= expected && isQuiet();
  while (Date.now() < endMs && !isDone()) {
    await new Promise(resolve => setTimeout(resolve, LOOK_MS));
  }
  await consumer.disconnect();
  return records;
}

/** By partition that has records, the offset after the last. */
async function openEnds(kafka: Kafka, topic: string): Promise<Map<number, bigint>> {
  const admin = kafka.admin();
  await admin.connect();
  const offsets = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  const ends = offsets.map(({ partition, high }) => [partition, BigInt(high)] as const);
  return new Map(ends.filter(([, end]) => end > 0n));
}
