/** The Kafka of a scenario: its nodes, and the one that is lost and found again. */
import { invariant, type Nanoseconds } from '#engine';
import { type KafkaNode, partitionLeader, startKafka } from '#engine/testing/kafka';
import { movableClock } from './movable-clock.ts';

export type Brokers = {
  /** Where clients begin: `host:port` of each node. */
  readonly addresses: readonly string[];
  /** The node that leads a partition is killed, or stands still. */
  fail(kind: 'kill' | 'stop', place: { topic: string; partition: number }): Promise<void>;
  /** It is there again. */
  recover(): Promise<void>;
  /** Their wall clocks are ahead by so much from now on; needs `clock`. */
  setClock(aheadNs: Nanoseconds): void;
  /** Ends all of them. */
  stop(): Promise<void>;
};

export type BrokersOptions = {
  /** Where its wall clock can be moved: a folder for that. */
  readonly clock?: string | undefined;
  readonly nodes: 1 | 3;
  /** Makes the topics. */
  prepare(addresses: readonly string[]): Promise<void>;
};

const HEAP_MB = 128;

/** Rejects where Kafka cannot be started, or with `prepare`; no node is left behind. */
export async function startBrokers(options: BrokersOptions): Promise<Brokers> {
  const { nodes: count, prepare } = options;
  const clock = options.clock === undefined ? undefined : movableClock(options.clock);
  const environment = clock?.environment ?? {};
  const cluster = await startKafka({ nodes: count, heapMb: HEAP_MB, environment });
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
    setClock(aheadNs) {
      invariant(clock !== undefined, 'its clock was to be moved when it was started');
      clock.set(aheadNs);
    },
    async stop() {
      for (const node of nodes) node.thaw();
      await cluster.stop();
    },
  };
}
