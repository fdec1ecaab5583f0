/** What `--brokers` adds to a run: ticks by way of a topic, copies of its logs on theirs. */
import { basename } from 'node:path';
import type { RunFolder } from '#bench';
import { MILLISECOND_NS, OutriderError, wallClock } from '#engine';
import { type Broker, type LogMirror, mirrorLog, partitionOfKey } from '#engine/broker';
import type { Tick } from '#market';
import { openBroker } from './open-broker.ts';
import type { RunSetting } from './settings.ts';
import { throughTopic } from './through-topic.ts';
import { openTopicLeg, type TopicLeg } from './topic-leg.ts';
import { type PipelineTopicName, topicComplaints, topicName } from './topics.ts';

export type RunTopics = {
  /** Of a run on the virtual clock: its ticks, read back from their topic. */
  carry(ticks: AsyncIterable<Tick[]>): AsyncIterable<Tick[]>;
  /** Of a live run. */
  openLeg(): Promise<TopicLeg>;
  /** Begins to copy the run's logs, which have been begun. */
  mirror(folder: RunFolder, onProblem: (text: string) => void): Promise<void>;
  /** Once the logs are closed: copies the rest of them and leaves the brokers. */
  close(): Promise<void>;
};

/** Throws `bad-config` naming each topic that is missing, `network` where no broker answers. */
export async function openRunTopics(setting: RunSetting, brokers: string): Promise<RunTopics> {
  const { config, originNs, instruments } = setting;
  const { topicPrefix: prefix } = config;
  const broker = await openBroker(brokers, config.brokersSecurity);
  const complaints = await topicComplaints(broker, prefix);
  if (complaints.length > 0) {
    await broker.close();
    throw new OutriderError('bad-config', complaints.join('; '));
  }
  const terms = { broker, prefix, originNs, instruments };
  let mirrors: readonly LogMirror[] = [];
  return {
    carry: ticks => throughTopic(ticks, terms),
    openLeg: () => openTopicLeg(terms),
    async mirror(folder, onProblem) {
      mirrors = await startMirrors({ broker, prefix, folder, onProblem });
    },
    async close() {
      await Promise.all(mirrors.map(mirror => mirror.close()));
      await broker.close();
    },
  };
}

type MirrorTerms = {
  broker: Broker;
  prefix: string;
  folder: RunFolder;
  onProblem(text: string): void;
};

async function startMirrors({ broker, prefix, folder, onProblem }: MirrorTerms) {
  const clock = wallClock(0n);
  const start = async (name: PipelineTopicName, directory: string): Promise<LogMirror> => {
    const topic = topicName(prefix, name);
    const partitions = (await broker.admin.partitionCounts([topic])).get(topic)!;
    const logName = `${basename(folder.path)}.${name}`;
    const partition = partitionOfKey(Buffer.from(logName), partitions, 'key-group');
    const mirror = mirrorLog({
      ...{ broker, directory, name: logName, to: { topic, partition } },
      timestampMs: () => Math.floor(clock.nowNs() / MILLISECOND_NS),
      onProblem: error => onProblem(`${topic}: ${error.message}`),
    });
    mirror.ended.catch(error => onProblem(`${topic}: ${error.message}`));
    return mirror;
  };
  const logs = [start('edge-log', folder.edgeLog)];
  // A gateway elsewhere has its log there.
  if (folder.outbound !== undefined) logs.push(start('gateway-log', folder.gatewayLog));
  return await Promise.all(logs);
}
