/** The Kafka of a scenario: its nodes, and the one that is lost and found again. */
import { type KafkaNode, partitionLeader, startKafka } from '#engine/testing/kafka';

export type Brokers = {
  /** Where clients begin: `host:port` of each node. */
  readonly addresses: readonly string[];
  /** The node that leads a partition is killed, or stands still. */
  fail(kind: 'kill' | 'stop', place: { topic: string; partition: number }): Promise<void>;
  /** It is there again. */
  recover(): Promise<void>;
  /** Ends all of them. */
  stop(): Promise<void>;
};

export type BrokersOptions = {
  readonly nodes: 1 | 3;
  /** Makes the topics. */
  prepare(addresses: readonly string[]): Promise<void>;
};

const HEAP_MB = 128;

/** Rejects where Kafka cannot be started, or with `prepare`; no node is left behind. */
export async function startBrokers({ nodes: count, prepare }: BrokersOptions): Promise<Brokers> {
  const cluster = await startKafka({ nodes: count, heapMb: HEAP_MB });
  const { addresses, nodes } = cluster;
  try {
    await prepare(addresses);
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  let lost: { node: KafkaNode; kind: 'kill' | 'stop' } | undefined;
  return {
    addresses,
    async fail(kind, place) {
      const node = await partitionLeader({ nodes, ...place });
      lost = { node, kind };
      if (kind === 'kill') await node.kill();
      else node.freeze();
    },
    async recover() {
      if (lost?.kind === 'kill') await lost.node.start();
      else lost?.node.thaw();
      lost = undefined;
    },
    async stop() {
      for (const node of nodes) node.thaw();
      await cluster.stop();
    },
  };
}
