/** Which node of a cluster leads a partition and which have it, by what the cluster itself says. */
import { Kafka, logLevel, type PartitionMetadata } from 'kafkajs';
import { type Clock, clockFrom, wallTimers } from '../../clock.ts';
import { OutriderError } from '../../error.ts';
import { MILLISECOND_NS, SECOND_NS } from '../../nanoseconds.ts';
import type { KafkaNode } from './kafka-node.ts';

export type PartitionLeaderOptions = {
  /** Of one cluster; some may be away. */
  readonly nodes: readonly KafkaNode[];
  readonly topic: string;
  readonly partition: number;
  /** One that led it before, whose successor is waited for. */
  readonly after?: KafkaNode;
};

/** Longer than a cluster takes to notice that a node is gone. */
const WAIT_NS = 30 * SECOND_NS;
const LOOK_AGAIN_MS = 50;
const RETRY = { retries: 2, initialRetryTime: LOOK_AGAIN_MS };

/** Throws `network` where no node leads it in 30 s. */
export async function partitionLeader(options: PartitionLeaderOptions): Promise<KafkaNode> {
  const { nodes, topic, partition, after } = options;
  const clock = clockFrom(0);
  while (clock.nowNs() < WAIT_NS) {
    const id = (await stateOf(options))?.leader;
    const leader = nodes.find(node => node.id === id);
    if (leader?.pid !== undefined && leader !== after) return leader;
    await aWhile(clock);
  }
  throw new OutriderError('network', `${topic}-${partition}: no node leads it after 30 s`);
}

/** Until every node has all of it: the next may be lost. Throws `network` after 30 s. */
export async function partitionInSync(
  options: Omit<PartitionLeaderOptions, 'after'>,
): Promise<void> {
  const { nodes, topic, partition } = options;
  const clock = clockFrom(0);
  while (clock.nowNs() < WAIT_NS) {
    if ((await stateOf(options))?.isr.length === nodes.length) return;
    await aWhile(clock);
  }
  throw new OutriderError('network', `${topic}-${partition}: a node lacks some of it after 30 s`);
}

function aWhile(clock: Clock): Promise<void> {
  const atNs = clock.nowNs() + LOOK_AGAIN_MS * MILLISECOND_NS;
  return new Promise(resolve => wallTimers(clock).at(atNs, resolve));
}

/** Undefined where no node that is there knows it. */
async function stateOf(options: PartitionLeaderOptions): Promise<PartitionMetadata | undefined> {
  const { nodes, topic, partition } = options;
  const brokers = nodes.filter(({ pid }) => pid !== undefined).map(({ address }) => address);
  const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING, retry: RETRY });
  const admin = kafka.admin();
  try {
    await admin.connect();
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    return topics[0]?.partitions.find(({ partitionId }) => partitionId === partition);
  } catch {
    return undefined;
  } finally {
    await admin.disconnect();
  }
}
