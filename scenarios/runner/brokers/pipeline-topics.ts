/** The topics of a run by way of Kafka: made before it, and read by somebody else after it. */
import { OutriderError } from '#engine';
import { partitionOfKey } from '#engine/broker';
import { startProcess } from '../play/process.ts';
import { readTopic, type TopicRecord } from './read-topic.ts';

export type ReadTopics = {
  readonly ticks: readonly TopicRecord[];
  readonly logs: readonly TopicRecord[];
};

/** Before the names of a scenario's topics, with a dot. */
const TOPIC_PREFIX = 'scenario';
/** Of topics that are cut by instrument. */
const PARTITIONS = 4;

const topicOf = (name: string) => `${TOPIC_PREFIX}.${name}`;

/** As a run takes them. */
export const topicOptions = (addresses: readonly string[]): string[] => [
  ...['--brokers', addresses.join(), '--topic-prefix', TOPIC_PREFIX],
];

/** Where an instrument's ticks are. */
export function placeOfTicks(symbol: string): { topic: string; partition: number } {
  const partition = partitionOfKey(Buffer.from(symbol), PARTITIONS, 'key-group');
  return { topic: topicOf('ticks'), partition };
}

/** As an operator makes them; what the command says goes to the file. */
export async function makePipelineTopics(
  addresses: readonly string[],
  logFile: string,
): Promise<void> {
  const copies = ['--partitions', String(PARTITIONS), '--replicas', String(addresses.length)];
  const process = await startProcess({
    ...{ name: 'topics', logFile, isServer: false, onCrash() {} },
    parameters: ['topics', 'create', ...topicOptions(addresses), ...copies],
  });
  process.expectEnd();
  const { status } = await process.exited;
  if (status === 0) return;
  throw new OutriderError('network', `topics: create ended with ${status}; see ${logFile}`);
}

export type LogTopic = 'edge-log' | 'gateway-log';

/** All ticks, and so many records of each log. */
export async function readPipelineTopics(
  addresses: readonly string[],
  logs: ReadonlyMap<LogTopic, number>,
): Promise<ReadTopics> {
  const [ticks, ...copies] = await Promise.all([
    readTopic({ addresses, topic: topicOf('ticks') }),
    ...[...logs].map(([name, expected]) =>
      readTopic({ addresses, topic: topicOf(name), expected }),
    ),
  ]);
  return { ticks, logs: copies.flat() };
}
