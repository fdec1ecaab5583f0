/** Topics made and deleted, and what their partitions and the groups that read them hold. */

import { createTopicsV7, deleteTopicsV6 } from '@platformatic/kafka';
import { OutriderError } from '../../error.ts';
import { partitionName } from '../partitions.ts';
import type { BrokerAdmin, TopicSettings } from '../port.ts';
import { type Cluster, REQUEST_MS } from './cluster.ts';
import { ERROR, errorText, isPassing } from './error-codes.ts';
import { commitOffsets, committedOffsets, END, FIRST, listOffsets } from './offsets.ts';
import { retrying } from './retrying.ts';

const NO_MEMBER = { memberId: '', generation: -1 } as const;

export function createAdmin(cluster: Cluster): BrokerAdmin {
  return {
    createTopics: topics => createTopics(cluster, topics),
    deleteTopics: topics => deleteTopics(cluster, topics),
    async partitionCounts(topics) {
      await cluster.refresh(topics);
      const found = topics.flatMap(topic => cluster.known(topic) ?? []);
      return new Map(found.map(({ topic, leaders }) => [topic, leaders.length]));
    },
    async bounds(partitions, isolation) {
      const first = await listOffsets(cluster, partitions, { timestampMs: FIRST, isolation });
      const end = await listOffsets(cluster, partitions, { timestampMs: END, isolation });
      return partitions.map(({ topic, partition }) => {
        const name = partitionName({ topic, partition });
        return { topic, partition, first: first.get(name)!, end: end.get(name)! };
      });
    },
    async offsetsAt(partitions, timestampMs) {
      const isolation = 'read-uncommitted';
      const found = await listOffsets(cluster, partitions, { timestampMs, isolation });
      const late = partitions.filter(each => found.get(partitionName(each)) === -1);
      const end = await listOffsets(cluster, late, { timestampMs: END, isolation });
      return partitions.map(({ topic, partition }) => {
        const name = partitionName({ topic, partition });
        return { topic, partition, offset: end.get(name) ?? found.get(name)! };
      });
    },
    committed: (groupId, partitions) => committedOffsets(cluster, groupId, partitions),
    setCommitted: (groupId, offsets) =>
      commitOffsets({ cluster, links: cluster.links }, { groupId, ...NO_MEMBER }, offsets),
  };
}

async function createTopics(cluster: Cluster, topics: readonly TopicSettings[]): Promise<void> {
  if (topics.length === 0) return;
  const wanted = topics.map(({ topic, partitions, replicas, config }) => ({
    ...{ name: topic, numPartitions: partitions, replicationFactor: replicas, assignments: [] },
    configs: Object.entries(config).map(([name, value]) => ({ name, value })),
  }));
  await retrying('create topics', async () => {
    const node = await cluster.reachable();
    const answer = await cluster.links.call(node, createTopicsV7.api, wanted, REQUEST_MS, false);
    for (const { name, errorCode, errorMessage } of answer.topics) {
      if (errorCode === ERROR.none || errorCode === ERROR.topicExists) continue;
      if (isPassing(errorCode)) return { errorCode };
      const why = `${errorText(errorCode)}${errorMessage ? `: ${errorMessage}` : ''}`;
      throw new OutriderError('bad-config', `topic ${name} cannot be made: ${why}`);
    }
    return { done: true };
  });
  const names = topics.map(({ topic }) => topic);
  await retrying('leaders of new topics', async () => {
    await cluster.refresh(names);
    const known = names.map(topic => cluster.known(topic));
    const isLed = known.every(each => each !== undefined && !each.leaders.includes(-1));
    // Not `unknownTopic`: on a busy cluster news of a topic takes its time.
    return isLed ? { done: true } : { errorCode: ERROR.notLeader };
  });
}

async function deleteTopics(cluster: Cluster, topics: readonly string[]): Promise<void> {
  if (topics.length === 0) return;
  const wanted = topics.map(name => ({ name, topicId: null }));
  await retrying('delete topics', async () => {
    const node = await cluster.reachable();
    const answer = await cluster.links.call(node, deleteTopicsV6.api, wanted, REQUEST_MS);
    for (const { name, errorCode } of answer.responses) {
      if (errorCode === ERROR.none || errorCode === ERROR.unknownTopic) continue;
      if (isPassing(errorCode)) return { errorCode };
      throw new OutriderError('bad-config', `topic ${name} stays: ${errorText(errorCode)}`);
    }
    return { done: true };
  });
  await retrying('deleted topics', async () => {
    await cluster.refresh(topics);
    const isGone = topics.every(topic => cluster.known(topic) === undefined);
    return isGone ? { done: true } : { errorCode: ERROR.notLeader };
  });
}
