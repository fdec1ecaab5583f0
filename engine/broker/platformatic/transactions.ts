/** What a producer says to the coordinator of its transactions, tried again every 3 to 5 ms. */

import {
  addOffsetsToTxnV3,
  addPartitionsToTxnV3,
  endTxnV3,
  initProducerIdV4,
  txnOffsetCommitV3,
} from '@platformatic/kafka';
import { OutriderError } from '../../error.ts';
import { byTopic } from '../partitions.ts';
import type { GroupIdentity } from '../producer.ts';
import type { PartitionOffset, TopicPartition } from '../record.ts';
import { nowMs, waitMs } from '../wait.ts';
import { type Cluster, forgetting } from './cluster.ts';
import { ERROR, errorText, isCoordinatorMoved, isFenced } from './error-codes.ts';
import type { Links } from './links.ts';
import { retrying } from './retrying.ts';
import type { ProducerIdentity } from './sender.ts';

export type Coordination = {
  readonly cluster: Cluster;
  readonly links: Links;
  readonly transactionalId: string;
};

/** The transaction before is just being ended: waits of these lengths, one after another. */
const CONCURRENT_WAITS_MS = [3, 4, 5];
const CONCURRENT_MS_MAX = 60_000;
const NO_LEADER_EPOCH = -1;

/** Fences older producers of the id, and ends what they left open. */
export async function initProducer(
  coordination: Coordination,
  transactionTimeoutMs: number,
  before?: ProducerIdentity,
): Promise<ProducerIdentity> {
  const { transactionalId } = coordination;
  const { producerId, producerEpoch } = await ask(coordination, 'begin', async (links, node) => {
    const known = before ?? { producerId: -1, producerEpoch: -1 };
    const { api } = initProducerIdV4;
    const id = BigInt(known.producerId);
    return links.call(node, api, transactionalId, transactionTimeoutMs, id, known.producerEpoch);
  });
  return { producerId: Number(producerId), producerEpoch };
}

export async function addPartitions(
  coordination: Coordination,
  identity: ProducerIdentity,
  partitions: readonly TopicPartition[],
): Promise<void> {
  const topics = byTopic(partitions).map(({ topic, partitions: its }) => ({
    name: topic,
    partitions: its.map(({ partition }) => partition),
  }));
  const { producerId, producerEpoch } = identity;
  const transaction = {
    ...{ transactionalId: coordination.transactionalId, producerId: BigInt(producerId) },
    ...{ producerEpoch, verifyOnly: false, topics },
  };
  await ask(coordination, 'add partitions', async (links, node) => {
    const answer = await links.call(node, addPartitionsToTxnV3.api, [transaction]);
    const results = answer.resultsByTransaction.flatMap(each => each.topicResults);
    const codes = results.flatMap(({ resultsByPartition }) =>
      resultsByPartition.map(({ partitionErrorCode }) => partitionErrorCode),
    );
    return { errorCode: answer.errorCode || firstError(codes) };
  });
}

/** Before offsets of the group are added. */
export async function addGroup(
  coordination: Coordination,
  { producerId, producerEpoch }: ProducerIdentity,
  groupId: string,
): Promise<void> {
  const { transactionalId } = coordination;
  const { api } = addOffsetsToTxnV3;
  await ask(coordination, 'add offsets', (links, node) =>
    links.call(node, api, transactionalId, BigInt(producerId), producerEpoch, groupId),
  );
}

/**
 * All partitions in one request to the group's coordinator. The client's own `addOffset`, called
 * for two partitions at once, commits the first alone and says nothing.
 */
export async function addOffsets(
  coordination: Coordination,
  identity: ProducerIdentity,
  { group, offsets }: { group: GroupIdentity; offsets: readonly PartitionOffset[] },
): Promise<void> {
  const { cluster, links, transactionalId } = coordination;
  const { producerEpoch } = identity;
  const { groupId, generation, memberId } = group;
  const producerId = BigInt(identity.producerId);
  const topics = byTopic(offsets).map(({ topic, partitions }) => ({
    name: topic,
    partitions: partitions.map(({ partition, offset, metadata }) => ({
      partitionIndex: partition,
      committedOffset: BigInt(offset),
      committedLeaderEpoch: NO_LEADER_EPOCH,
      committedMetadata: metadata ?? '',
    })),
  }));
  const what = `offsets of group ${groupId} in a transaction`;
  await retrying(what, async () => {
    const of = { type: 'group', key: groupId } as const;
    const node = await cluster.coordinator(of);
    const answer = await links
      .call(
        ...([node, txnOffsetCommitV3.api, transactionalId, groupId, producerId] as const),
        ...([producerEpoch, generation, memberId, null, topics] as const),
      )
      .catch(forgetting(cluster, of, node));
    const errorCode = firstError(
      answer.topics.flatMap(({ partitions }) => partitions.map(each => each.errorCode)),
    );
    if (isCoordinatorMoved(errorCode)) cluster.forgetCoordinator(of);
    if (isFenced(errorCode)) {
      const who = `member ${memberId}, generation ${generation}`;
      throw new OutriderError('fenced', `${what}: ${who}: ${errorText(errorCode)}`);
    }
    return errorCode === ERROR.none ? { done: true } : { errorCode };
  });
}

export async function endTransaction(
  coordination: Coordination,
  { producerId, producerEpoch }: ProducerIdentity,
  end: 'commit' | 'abort',
): Promise<void> {
  const { transactionalId } = coordination;
  const isCommit = end === 'commit';
  await ask(coordination, end, (links, node) =>
    links.call(
      ...([node, endTxnV3.api, transactionalId, BigInt(producerId)] as const),
      ...([producerEpoch, isCommit] as const),
    ),
  );
}

async function ask<Answer extends { readonly errorCode: number }>(
  { cluster, links, transactionalId }: Coordination,
  step: string,
  request: (links: Links, node: Awaited<ReturnType<Cluster['coordinator']>>) => Promise<Answer>,
): Promise<Answer> {
  const of = { type: 'transaction', key: transactionalId } as const;
  const what = `transaction ${transactionalId}, ${step}`;
  const deadlineMs = nowMs() + CONCURRENT_MS_MAX;
  return retrying(what, async () => {
    for (let tries = 0; ; tries++) {
      const node = await cluster.coordinator(of);
      const answer = await request(links, node).catch(forgetting(cluster, of, node));
      const { errorCode } = answer;
      if (errorCode === ERROR.none) return { done: answer };
      if (isCoordinatorMoved(errorCode)) cluster.forgetCoordinator(of);
      if (isFenced(errorCode)) throw fencedError(what, errorCode);
      const isConcurrent = errorCode === ERROR.concurrentTransactions;
      if (!isConcurrent || nowMs() > deadlineMs) return { errorCode };
      await waitMs(CONCURRENT_WAITS_MS[tries % CONCURRENT_WAITS_MS.length]!);
    }
  });
}

function fencedError(what: string, errorCode: number): OutriderError {
  const why = 'a younger producer has the id, or the transaction took longer than its timeout';
  return new OutriderError('fenced', `${what}: ${why}: ${errorText(errorCode)}`);
}

function firstError(codes: readonly number[]): number {
  // OPERATION_NOT_ATTEMPTED stands for those beside the one that failed.
  const failed = codes.filter(code => code !== ERROR.none);
  return failed.find(code => code !== 55) ?? failed[0] ?? ERROR.none;
}
