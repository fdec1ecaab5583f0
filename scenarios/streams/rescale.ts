/** Moves an application of the torture to another number of partitions, as an operator would. */

import { join } from 'node:path';
import type { Kafka } from 'kafkajs';
import { midnightBefore } from '#engine';
import { connectPlatformatic } from '#engine/broker';
import { resumeSavepoint, takeSavepoint, wallPorts } from '#engine/runtime';
import { type CountWorkerSettings, countTopology } from './count-worker.ts';

export type Rescale = {
  readonly kafka: Kafka;
  /** Of a worker before and after: they differ in application. */
  readonly from: CountWorkerSettings;
  readonly to: CountWorkerSettings;
  /** Of the input before and after. */
  readonly counts: readonly [from: number, to: number];
  readonly directory: string;
};

const KNOWN_MS = 30_000;
const LOOK_EVERY_MS = 100;

/** All workers are closed and all records counted. Throws as savepoints do. */
export async function rescale({ kafka, from, to, counts, directory }: Rescale): Promise<void> {
  const broker = await connectPlatformatic({ addresses: from.addresses });
  const ports = wallPorts(midnightBefore(BigInt(Date.now()) * 1_000_000n));
  const of = (settings: CountWorkerSettings) => ({
    ...{ broker, applicationId: settings.applicationId, topology: countTopology(settings) },
    ...{ ports, directory: join(directory, `savepoint-of-${from.applicationId}`) },
  });
  try {
    await takeSavepoint(of(from));
    await changeTopics(kafka, from, counts);
    const sourcesAreNew = counts[1] < counts[0];
    await resumeSavepoint({ ...of(to), replicas: 1, sourcesAreNew });
  } finally {
    await broker.close();
  }
}

/** A topic loses no partitions: it is made anew with fewer. So is what lies between parts. */
async function changeTopics(
  kafka: Kafka,
  { input: topic, topology }: CountWorkerSettings,
  [before, count]: Rescale['counts'],
): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  const isBetween = (name: string) => name.startsWith(topology) && name.endsWith('-repartition');
  const between = (await admin.listTopics()).filter(isBetween);
  const old = [...between, ...(count < before ? [topic] : [])];
  await admin.deleteTopics({ topics: old });
  await until(async () => !(await admin.listTopics()).some(name => old.includes(name)));
  if (count > before) await admin.createPartitions({ topicPartitions: [{ topic, count }] });
  else await admin.createTopics({ topics: [{ topic, numPartitions: count }] });
  await until(async () => {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    return topics[0]?.partitions.length === count;
  });
  await admin.disconnect();
}

/** What the controller has done a node may learn later. */
async function until(isDone: () => Promise<boolean>): Promise<void> {
  for (const endMs = Date.now() + KNOWN_MS; Date.now() < endMs; ) {
    if (await isDone().catch(() => false)) return;
    await new Promise(resolve => setTimeout(resolve, LOOK_EVERY_MS));
  }
  throw new Error(`a topic is not as it was ordered after ${KNOWN_MS} ms`);
}
