/** Offsets of partitions by time, and of groups as they committed them. */

import { listOffsetsV7, offsetCommitV8, offsetFetchV8 } from '@platformatic/kafka';
import { OutriderError } from '../../error.ts';
import { byTopic, partitionName } from '../partitions.ts';
import type { GroupIdentity } from '../producer.ts';
import type { Isolation } from '../reader.ts';
import type { PartitionOffset, TopicPartition } from '../record.ts';
import { type Cluster, forgetting, relocating } from './cluster.ts';
import { ERROR, errorText, isCoordinatorMoved, isFenced } from './error-codes.ts';
import type { Links, Node } from './links.ts';
import { retrying } from './retrying.ts';

/** Times that stand for an end of a partition. */
export const FIRST = -2;
export const END = -1;

const CONSUMER = -1;
const UNKNOWN_EPOCH = -1;

/** The first offset at or after a time (or FIRST, END) of each; -1 where there is none. */
export async function listOffsets(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  { timestampMs, isolation }: { timestampMs: number; isolation: Isolation },
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  let left = partitions;
  await retrying('offsets of partitions', async () => {
    let errorCode: number = ERROR.none;
    for (const [node, its] of await byLeader(cluster, left)) {
      const topics = byTopic(its).map(({ topic, partitions: each }) => ({
        name: topic,
        partitions: each.map(({ partition }) => ({
          ...{ partitionIndex: partition, currentLeaderEpoch: UNKNOWN_EPOCH },
          timestamp: BigInt(timestampMs),
        })),
      }));
      const level = isolation === 'read-committed' ? 1 : 0;
      const { api } = listOffsetsV7;
      const answer = await cluster.links
        .call(node, api, CONSUMER, level, topics)
        .catch(relocating(cluster, its, node));
      for (const { name, partitions: each } of answer.topics) {
        for (const { partitionIndex: partition, errorCode: code, offset } of each) {
          if (code === ERROR.none)
            found.set(partitionName({ topic: name, partition }), Number(offset));
          else errorCode = code;
        }
      }
    }
    left = partitions.filter(each => !found.has(partitionName(each)));
    if (left.length === 0) return { done: true };
    await cluster.refresh(left.map(({ topic }) => topic));
    return { errorCode: errorCode || ERROR.notLeader };
  });
  return found;
}

/** Throws `bad-config` for a partition that does not exist; those without a leader are left out. */
async function byLeader(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
): Promise<ReadonlyMap<Node, readonly TopicPartition[]>> {
  const byNode = new Map<Node, TopicPartition[]>();
  for (const each of partitions) {
    let known = await cluster.topic(each.topic);
    if (known?.leaders[each.partition] === undefined) {
      // What is known may be of before the topic was given more of them.
      await cluster.refresh([each.topic]);
      known = cluster.known(each.topic);
    }
    const leader = known?.leaders[each.partition];
    if (leader === undefined) {
      const has =
        known === undefined ? 'no such topic' : `it has ${known.leaders.length} partitions`;
      throw new OutriderError('bad-config', `${each.topic}-${each.partition}: ${has}; create it`);
    }
    const node = cluster.node(leader);
    if (node === undefined) continue;
    const its = byNode.get(node);
    if (its === undefined) byNode.set(node, [each]);
    else its.push(each);
  }
  return byNode;
}

/** Waits for transactions that are just being ended: their offsets count. */
export async function committedOffsets(
  cluster: Cluster,
  groupId: string,
  partitions: readonly TopicPartition[],
): Promise<readonly PartitionOffset[]> {
  if (partitions.length === 0) return [];
  const of = { type: 'group', key: groupId } as const;
  const topics = byTopic(partitions).map(({ topic, partitions: its }) => ({
    name: topic,
    partitionIndexes: its.map(({ partition }) => partition),
  }));
  return retrying(`committed offsets of group ${groupId}`, async () => {
    const node = await cluster.coordinator(of);
    const group = { groupId, memberEpoch: UNKNOWN_EPOCH, topics };
    const { api } = offsetFetchV8;
    const asked = cluster.links.call(node, api, [group], true);
    const answer = await asked.catch(forgetting(cluster, of, node));
    const [found] = answer.groups;
    const all = found!.topics.flatMap(({ name, partitions: its }) =>
      its.map(each => ({ ...each, topic: name })),
    );
    const errorCode = found!.errorCode || all.find(each => each.errorCode !== 0)?.errorCode || 0;
    if (errorCode !== ERROR.none) return moved(cluster, of, errorCode);
    const committed = all.filter(({ committedOffset }) => committedOffset >= 0n);
    return {
      done: committed.map(({ topic, partitionIndex, committedOffset, metadata }) => ({
        ...{ topic, partition: partitionIndex, offset: Number(committedOffset) },
        ...(metadata ? { metadata } : undefined),
      })),
    };
  });
}

/** As a member, or for a group without members with generation -1. Throws `fenced`. */
export async function commitOffsets(
  { cluster, links }: { cluster: Cluster; links: Links },
  {
    groupId,
    generation,
    memberId,
    instanceId,
  }: GroupIdentity & { instanceId?: string | undefined },
  offsets: readonly PartitionOffset[],
): Promise<void> {
  if (offsets.length === 0) return;
  const of = { type: 'group', key: groupId } as const;
  const topics = byTopic(offsets).map(({ topic, partitions }) => ({
    name: topic,
    partitions: partitions.map(({ partition, offset, metadata }) => ({
      partitionIndex: partition,
      committedOffset: BigInt(offset),
      committedLeaderEpoch: UNKNOWN_EPOCH,
      committedMetadata: metadata ?? '',
    })),
  }));
  await retrying(`commit of group ${groupId}`, async () => {
    const node = await cluster.coordinator(of);
    const { api } = offsetCommitV8;
    const who = [groupId, generation, memberId, instanceId ?? null] as const;
    const answer = await links.call(node, api, ...who, topics).catch(forgetting(cluster, of, node));
    const codes = answer.topics.flatMap(({ partitions }) => partitions.map(each => each.errorCode));
    const errorCode = codes.find(code => code !== ERROR.none);
    if (errorCode === undefined) return { done: true };
    if (isFenced(errorCode)) {
      const member = `member ${memberId || 'none'}, generation ${generation}`;
      const what = `commit of group ${groupId} by ${member}`;
      throw new OutriderError('fenced', `${what}: ${errorText(errorCode)}`);
    }
    return moved(cluster, of, errorCode);
  });
}

function moved(
  cluster: Cluster,
  of: Parameters<Cluster['forgetCoordinator']>[0],
  errorCode: number,
): { errorCode: number } {
  if (isCoordinatorMoved(errorCode)) cluster.forgetCoordinator(of);
  return { errorCode };
}
