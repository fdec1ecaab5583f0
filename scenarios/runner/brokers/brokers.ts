/** The Kafka of a scenario: its nodes, its topics, and the node that is lost and found again. */
import { OutriderError } from '#engine';
import { partitionOfKey } from '#engine/broker';
import {
  type KafkaCluster,
  type KafkaNode,
  partitionLeader,
  startKafka,
} from '#engine/testing/kafka';
import { startProcess } from '../play/process.ts';
import { readTopic, type TopicRecord } from './read-topic.ts';

export type Brokers = {
  /** Where clients begin. */
  readonly addresses: readonly string[];
  /** As `--brokers` and `--topic-prefix` take them. */
  readonly parameters: readonly string[];
  /** The node that leads an instrument's ticks is killed, or stands still. */
  fail(kind: 'kill' | 'stop', symbol: string): Promise<void>;
  /** It is there again. */
  recover(): Promise<void>;
  /** What is in the topics, read from elsewhere; so many ticks are waited for. */
  read(ticks: number): Promise<ReadTopics>;
  /** Ends all of them. */
  stop(): Promise<void>;
};

export type ReadTopics = {
  readonly ticks: readonly TopicRecord[];
  readonly logs: readonly TopicRecord[];
};

export type BrokersOptions = {
  readonly nodes: 1 | 3;
  /** Of topics that are cut by instrument. */
  readonly partitions: number;
  /** Of the making of the topics. */
  readonly logFile: string;
};

/** Before the names of a scenario's topics, with a dot. */
export const TOPIC_PREFIX = 'scenario';
const HEAP_MB = 128;

/** Rejects where Kafka cannot be started, or its topics cannot be made; none is left behind. */
export async function startBrokers(options: BrokersOptions): Promise<Brokers> {
  const cluster = await startKafka({ nodes: options.nodes, heapMb: HEAP_MB });
  const { addresses, nodes } = cluster;
  const parameters = ['--brokers', addresses.join(), '--topic-prefix', TOPIC_PREFIX];
  try {
    await makeTopics(options, parameters);
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  let lost: { node: KafkaNode; kind: 'kill' | 'stop' } | undefined;
  return {
    ...{ addresses, parameters },
    async fail(kind, symbol) {
      const partition = partitionOfKey(Buffer.from(symbol), options.partitions, 'key-group');
      const topic = topicOf('ticks');
      const node = await partitionLeader({ nodes, topic, partition });
      lost = { node, kind };
      if (kind === 'kill') await node.kill();
      else node.freeze();
    },
    async recover() {
      if (lost?.kind === 'kill') await lost.node.start();
      else lost?.node.thaw();
      lost = undefined;
    },
    read: ticks => read(addresses, ticks),
    stop: () => stop(cluster),
  };
}

const topicOf = (name: string) => `${TOPIC_PREFIX}.${name}`;

/** A run's logs have records, unless it took no tick. */
async function read(addresses: readonly string[], expected: number): Promise<ReadTopics> {
  const of = (name: string, least: number) =>
    readTopic({ addresses, topic: topicOf(name), expected: least });
  const [ticks, ...logs] = await Promise.all([
    of('ticks', expected),
    of('edge-log', 1),
    of('gateway-log', 1),
  ]);
  return { ticks, logs: logs.flat() };
}

async function makeTopics({ nodes, partitions, logFile }: BrokersOptions, on: readonly string[]) {
  const copies = ['--partitions', String(partitions), '--replicas', String(nodes)];
  const process = await startProcess({
    ...{ name: 'topics', logFile, isServer: false, onCrash() {} },
    parameters: ['topics', 'create', ...on, ...copies],
  });
  process.expectEnd();
  const { status } = await process.exited;
  if (status === 0) return;
  throw new OutriderError('network', `topics: create ended with ${status}; see ${logFile}`);
}

async function stop(cluster: KafkaCluster): Promise<void> {
  for (const node of cluster.nodes) node.thaw();
  await cluster.stop();
}
