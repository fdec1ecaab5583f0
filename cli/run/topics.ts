/** The topics of the pipeline on Kafka: what each holds, how it is cut and how long it is kept. */
import { KEY_GROUPS } from '#engine';
import type { Broker, TopicSettings } from '#engine/broker';

type PipelineTopic = {
  readonly name: string;
  readonly holds: string;
  /** By instrument: as many partitions as edges may share; one: a single order of all records. */
  readonly cut: 'by instrument' | 'one partition';
  readonly config: Readonly<Record<string, string>>;
};

const DAY_MS = 86_400_000;
/** By the time of arrival: recorded ticks of years ago would be deleted at once by their own. */
const keptFor = (days: number) => ({
  'retention.ms': String(days * DAY_MS),
  'message.timestamp.type': 'LogAppendTime',
});
const LATEST_OF_EACH_KEY = { 'cleanup.policy': 'compact' };
/** For as long as auditors ask: nothing is deleted by itself. */
const KEPT = { 'retention.ms': '-1' };

const PIPELINE_TOPICS = [
  {
    name: 'instruments',
    holds: 'reference data by symbol, the latest of each',
    cut: 'one partition',
    config: LATEST_OF_EACH_KEY,
  },
  {
    name: 'ticks',
    holds: '64-byte ticks by symbol',
    cut: 'by instrument',
    config: keptFor(7),
  },
  {
    name: 'edge-state',
    holds: 'what a group of edges made of each instrument, the latest of each',
    cut: 'by instrument',
    config: LATEST_OF_EACH_KEY,
  },
  {
    name: 'edge-log',
    holds: 'input logs of edges: replayed, they give the signals',
    cut: 'by instrument',
    config: keptFor(30),
  },
  {
    name: 'forecasts',
    holds: 'settled forecasts by symbol',
    cut: 'by instrument',
    config: keptFor(7),
  },
  {
    name: 'signals',
    holds: 'what edges told gateways, by symbol',
    cut: 'by instrument',
    config: keptFor(30),
  },
  {
    name: 'gateway-log',
    holds: 'the gateway’s input log: replayed, it gives the FIX bytes',
    cut: 'one partition',
    config: KEPT,
  },
  {
    name: 'gateway-standby',
    holds: 'log of a pair of gateways, written by the one that trades',
    cut: 'one partition',
    config: KEPT,
  },
  {
    name: 'dead-letters',
    holds: 'records that could not be read, with the reason',
    cut: 'one partition',
    config: keptFor(30),
  },
] as const satisfies readonly PipelineTopic[];

export type PipelineTopicName = (typeof PIPELINE_TOPICS)[number]['name'];

/** More partitions than key groups would stay empty. */
export const PARTITIONS_MAX = KEY_GROUPS;
export const PREFIX = 'outrider';

export type TopicPlan = {
  /** Before each name, with a dot. */
  readonly prefix: string;
  /** Of topics that are cut by instrument. */
  readonly partitions: number;
  readonly replicas: number;
};

export const topicName = (prefix: string, name: PipelineTopicName) => `${prefix}.${name}`;

export function pipelineTopics({ prefix, partitions, replicas }: TopicPlan): TopicSettings[] {
  return PIPELINE_TOPICS.map(({ name, cut, config }) => ({
    topic: topicName(prefix, name),
    partitions: cut === 'by instrument' ? partitions : 1,
    replicas,
    config,
  }));
}

/** A line for each topic that is missing or cut otherwise, with the remedy. */
export async function topicComplaints(broker: Broker, prefix: string): Promise<string[]> {
  const names = PIPELINE_TOPICS.map(({ name }) => topicName(prefix, name));
  const counts = await broker.admin.partitionCounts(names);
  const ticks = counts.get(topicName(prefix, 'ticks'));
  return PIPELINE_TOPICS.flatMap(({ name, cut }) => {
    const topic = topicName(prefix, name);
    const count = counts.get(topic);
    if (count === undefined) return [`${topic}: missing; run outrider topics create`];
    if (cut === 'one partition') {
      if (count === 1) return [];
      return [`${topic}: ${count} partitions, of which one is used; delete it and create it anew`];
    }
    if (ticks === undefined || count === ticks) return [];
    return [`${topic}: ${count} partitions, but ticks have ${ticks}; delete it and create it anew`];
  });
}

/** For people: a line a topic. */
export function topicLines(prefix: string): string[] {
  return PIPELINE_TOPICS.map(({ name, cut, holds }) => {
    return `${topicName(prefix, name).padEnd(prefix.length + 18)}${cut.padEnd(15)}${holds}`;
  });
}
