/** A process with an embedded broker: sends numbered records and counts them until it is killed. */

import { midnightBefore } from '#engine';
import { type Broker, openEmbedded } from '#engine/broker';
import { startProcessor, wallPorts } from '#engine/runtime';
import { countTopology } from './count-worker.ts';

export type EmbeddedWorkerSettings = {
  readonly directory: string;
  readonly records: number;
  readonly keys: number;
};

const PARTITIONS = 3;
const TOPICS = { input: 'input', output: 'output' };
const SEND_RECORDS = 10;

/** Record n is always the same, so that a process goes on where the one before was killed. */
const recordAt = (n: number, keys: number) => ({
  ...{ topic: TOPICS.input, partition: n % PARTITIONS, key: null, headers: [] },
  value: Buffer.from(`key-${(n * 7) % keys}`),
  timestampMs: Date.now(),
});

export async function openTopics(directory: string): Promise<Broker> {
  const broker = await openEmbedded({ directory });
  const rest = { partitions: PARTITIONS, replicas: 1, config: {} };
  await broker.admin.createTopics(Object.values(TOPICS).map(topic => ({ topic, ...rest })));
  return broker;
}

/** Records of all partitions of a topic. */
export async function countRecords(broker: Broker, topic: string): Promise<number> {
  const places = Array.from({ length: PARTITIONS }, (_, partition) => ({ topic, partition }));
  const bounds = await broker.admin.bounds(places, 'read-committed');
  return bounds.reduce((sum, { end }) => sum + end, 0);
}

async function main({ directory, records, keys }: EmbeddedWorkerSettings): Promise<void> {
  const broker = await openTopics(directory);
  await startProcessor({
    ...{ broker, applicationId: 'counts', processorId: 'one' },
    topology: countTopology({ topology: 'counts', ...TOPICS }),
    ports: wallPorts(midnightBefore(BigInt(Date.now()) * 1_000_000n)),
    settings: { commitIntervalMs: 25 },
  });
  process.stdout.write('started\n');
  const producer = await broker.producer({});
  for (let next = await countRecords(broker, TOPICS.input); next < records; ) {
    const end = Math.min(records, next + SEND_RECORDS);
    const sent = Array.from({ length: end - next }, (_, index) => recordAt(next + index, keys));
    await producer.send(sent);
    next = end;
    await new Promise(resolve => setTimeout(resolve, 5));
  }
  while ((await countRecords(broker, TOPICS.output)) < records) {
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  process.stdout.write('counted\n');
}

const [script, given] = process.argv.slice(1);
if (script === import.meta.filename && given !== undefined) {
  await main(JSON.parse(given) as EmbeddedWorkerSettings);
}
