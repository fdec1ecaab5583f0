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
  /** More records than this are waited for only while they come. */
  readonly expected: number;
};

/** Without a record for so long there are no more. */
const QUIET_MS = 1_500;
/** A group without members is joined sooner, and records that are there come sooner. */
const WAIT_MS = 30_000;
const LOOK_MS = 50;

/** By partition in the order of offsets. Fewer than expected after 30 s are what there is. */
export async function readTopic(options: ReadTopicOptions): Promise<TopicRecord[]> {
  const { addresses, topic, expected } = options;
  const kafka = new Kafka({ brokers: [...addresses], logLevel: logLevel.NOTHING });
  const groupId = `reader-${topic}-${process.pid}-${Date.now()}`;
  const consumer = kafka.consumer({ groupId, readUncommitted: false, maxWaitTimeInMs: LOOK_MS });
  const records: TopicRecord[] = [];
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
      lastMs = Date.now();
    },
  });
  const endMs = Date.now() + WAIT_MS;
  const isQuiet = () => Date.now() > lastMs + QUIET_MS;
  while (Date.now() < endMs && !(records.length >= expected && isQuiet())) {
    await new Promise(resolve => setTimeout(resolve, LOOK_MS));
  }
  await consumer.disconnect();
  return records;
}
