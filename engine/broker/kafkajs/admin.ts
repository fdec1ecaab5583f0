/** Topics and offsets through the admin client of kafkajs. */

import type { Admin } from 'kafkajs';
import { OutriderError } from '../../error.ts';
import { byTopic, partitionName } from '../partitions.ts';
import type { BrokerAdmin, TopicSettings } from '../port.ts';
import type { PartitionOffset, TopicPartition } from '../record.ts';
import { nowMs, waitMs } from '../wait.ts';
import { errorType, translated } from './client.ts';
import type { CommittedEnds } from './committed-ends.ts';

const UNKNOWN_TOPIC = 'UNKNOWN_TOPIC_OR_PARTITION';
const LED_MS = 30_000;
const LED_TRY_MS = 20;

export type Bounds = TopicPartition & { readonly first: number; readonly end: number };

export function createAdmin(client: Admin, ends: CommittedEnds): BrokerAdmin {
  const existing = async (topics: readonly string[]) => {
    const all = new Set(await client.listTopics());
    return topics.filter(topic => all.has(topic));
  };
  return {
    createTopics: topics =>
      attempt('create topics', async () => {
        const there = new Set(await existing(topics.map(({ topic }) => topic)));
        await createTopics(
          client,
          topics.filter(({ topic }) => !there.has(topic)),
        );
      }),
    deleteTopics: topics =>
      attempt('delete topics', async () => {
        const there = await existing(topics);
        if (there.length > 0) await client.deleteTopics({ topics: there });
        const areGone = async () => (await existing(there)).length === 0;
        await untilSo(areGone, `${there.join(', ')}: there ${LED_MS / 1000} s after being deleted`);
      }),
    partitionCounts: topics =>
      attempt('topics', async () => {
        const there = await existing(topics);
        if (there.length === 0) return new Map();
        const { topics: found } = await client.fetchTopicMetadata({ topics: there });
        return new Map(found.map(({ name, partitions }) => [name, partitions.length]));
      }),
    bounds: (partitions, isolation) =>
      attempt('bounds', async () => {
        const all = await bounds(client, partitions);
        if (isolation === 'read-uncommitted' || all.length === 0) return all;
        const committed = await ends.of(partitions);
        return all.map(each => ({ ...each, end: committed.get(partitionName(each)) ?? each.end }));
      }),
    offsetsAt: (partitions, timestampMs) =>
      attempt('offsets at a time', async () => {
        const found: PartitionOffset[] = [];
        for (const { topic, partitions: its } of byTopic(partitions)) {
          const all = await client.fetchTopicOffsetsByTimestamp(topic, timestampMs);
          for (const { partition } of its) {
            const { offset } = ofPartition(all, { topic, partition });
            found.push({ topic, partition, offset: Number(offset) });
          }
        }
        return found;
      }),
    committed: (groupId, partitions) =>
      attempt(`offsets of group ${groupId}`, () => committed(client, groupId, partitions)),
    setCommitted: (groupId, offsets) =>
      attempt(`offsets of group ${groupId}`, async () => {
        for (const { topic, partitions } of byTopic(offsets)) {
          const given = partitions.map(({ partition, offset, metadata = null }) => ({
            ...{ partition, offset: String(offset), metadata },
          }));
          await client.setOffsets({ groupId, topic, partitions: given });
        }
      }),
  };
}

async function createTopics(client: Admin, topics: readonly TopicSettings[]): Promise<void> {
  if (topics.length === 0) return;
  await client.createTopics({
    waitForLeaders: false,
    topics: topics.map(({ topic, partitions, replicas, config }) => ({
      ...{ topic, numPartitions: partitions, replicationFactor: replicas },
      configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
    })),
  });
  await untilLed(
    client,
    topics.map(({ topic }) => topic),
  );
}

/** The client's own wait fails where the node that it asks has not heard of a topic yet. */
async function untilLed(client: Admin, topics: string[]): Promise<void> {
  const areLed = async () => {
    try {
      const { topics: found } = await client.fetchTopicMetadata({ topics });
      const partitions = found.flatMap(({ partitions: its }) => its);
      return partitions.every(({ leader }) => leader >= 0);
    } catch (error) {
      if (errorType(error) !== UNKNOWN_TOPIC) throw error;
      return false;
    }
  };
  await untilSo(areLed, `${topics.join(', ')}: no leader ${LED_MS / 1000} s after the making`);
}

/** Throws `network` with the problem where it is not so after LED_MS. */
async function untilSo(isSo: () => Promise<boolean>, problem: string): Promise<void> {
  for (const untilMs = nowMs() + LED_MS; !(await isSo()); await waitMs(LED_TRY_MS)) {
    if (nowMs() <= untilMs) continue;
    throw new OutriderError('network', `${problem}; are its brokers well?`);
  }
}

async function bounds(
  client: Admin,
  partitions: readonly TopicPartition[],
): Promise<readonly Bounds[]> {
  const found: Bounds[] = [];
  for (const { topic, partitions: its } of byTopic(partitions)) {
    const all = await client.fetchTopicOffsets(topic);
    for (const { partition } of its) {
      const { low, high } = ofPartition(all, { topic, partition });
      found.push({ topic, partition, first: Number(low), end: Number(high) });
    }
  }
  return found;
}

function ofPartition<Each extends { readonly partition: number }>(
  all: readonly Each[],
  { topic, partition }: TopicPartition,
): Each {
  const found = all.find(each => each.partition === partition);
  if (found !== undefined) return found;
  const message = `${topic}-${partition}: no such topic or partition; create it first`;
  throw new OutriderError('bad-config', message);
}

async function committed(
  client: Admin,
  groupId: string,
  partitions: readonly TopicPartition[],
): Promise<readonly PartitionOffset[]> {
  if (partitions.length === 0) return [];
  const topics = [...new Set(partitions.map(({ topic }) => topic))];
  const all = await client.fetchOffsets({ groupId, topics });
  return partitions.flatMap(({ topic, partition }) => {
    const its = all.find(each => each.topic === topic)?.partitions;
    const found = its?.find(each => each.partition === partition);
    if (found === undefined || Number(found.offset) < 0) return [];
    const { offset, metadata } = found;
    return [{ topic, partition, offset: Number(offset), ...(metadata ? { metadata } : undefined) }];
  });
}

async function attempt<Value>(what: string, action: () => Promise<Value>): Promise<Value> {
  try {
    return await action();
  } catch (error) {
    throw translated(what, error);
  }
}
