/** The broker that all sides of a benchmark share: a real Kafka with its JVM's full compiler. */

import { type Broker, connectPlatformatic } from '#engine/broker';
import { startKafka } from '#engine/testing/kafka';
import { cpuNsOf } from './processor-time.ts';

export type BenchKafka = {
  /** `host:port`. */
  readonly address: string;
  /** For what is not measured: topics, loads and meters, the same for all sides. */
  readonly broker: Broker;
  /** Of all its threads since its start, nanoseconds. */
  cpuNs(): number;
  stop(): Promise<void>;
};

const HEAP_MB = 1024;

/** Throws `bad-config` where java or mvn is missing. */
export async function startBenchKafka(): Promise<BenchKafka> {
  // The fixture's own options are for a quick start.
  const cluster = await startKafka({ heapMb: HEAP_MB, jvm: ['-Xshare:auto'] });
  const address = cluster.addresses[0]!;
  try {
    const broker = await connectPlatformatic({ addresses: [address] });
    return {
      ...{ address, broker },
      cpuNs: () => cpuNsOf(cluster.nodes[0]!.pid!),
      async stop() {
        await broker.close();
        await cluster.stop();
      },
    };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

/** Makes topics of one copy whose records are kept. */
export async function makeTopics(
  { broker }: BenchKafka,
  partitions: number,
  topics: readonly string[],
): Promise<void> {
  const config = { 'retention.ms': '-1' };
  await broker.admin.createTopics(
    topics.map(topic => ({ topic, partitions, replicas: 1, config })),
  );
}
