/** What members and their leader tell each other: Kafka's consumer protocol. */

import {
  decodeConsumerProtocolAssignment,
  decodeConsumerProtocolSubscription,
  encodeConsumerProtocolAssignment,
  encodeConsumerProtocolSubscription,
} from '@platformatic/kafka';
import type { Assigner } from '../group.ts';
import { byTopic } from '../partitions.ts';
import type { TopicPartition } from '../record.ts';

/** The first that says of which generation the member is. */
const SUBSCRIPTION_VERSION = 2;
const ASSIGNMENT_VERSION = 0;
const EMPTY = new Uint8Array(0);

export type Assignment = {
  readonly partitions: readonly TopicPartition[];
  readonly data: Uint8Array;
};

/**
 * `generation`: of the round before, -1 for the first. With it a member never says the same in two
 * rounds: a coordinator that hears nothing new of a follower asks nobody else.
 */
export function encodeSubscription(
  topics: readonly string[],
  data: Uint8Array,
  generation: number,
): Buffer {
  return encodeConsumerProtocolSubscription({
    ...{ version: SUBSCRIPTION_VERSION, topics: [...topics], userData: Buffer.from(data) },
    ...{ ownedPartitions: [], generationId: generation, rackId: null },
  });
}

/** The leader's part: runs the assigner; a member that it leaves out gets nothing. */
export function assign(
  assigner: Assigner,
  members: readonly { readonly memberId: string; readonly metadata: Buffer }[],
  partitionCounts: ReadonlyMap<string, number>,
): { memberId: string; assignment: Buffer }[] {
  const assigned = assigner.assign({
    partitionCounts,
    members: members.map(({ memberId, metadata }) => ({
      memberId,
      data: dataOf(decodeConsumerProtocolSubscription(metadata).userData),
    })),
  });
  return members.map(({ memberId }) => {
    const { partitions, data } = assigned.get(memberId) ?? { partitions: [], data: EMPTY };
    const assignedPartitions = byTopic(partitions).map(({ topic, partitions: its }) => ({
      topic,
      partitions: its.map(({ partition }) => partition),
    }));
    const assignment = encodeConsumerProtocolAssignment({
      ...{ version: ASSIGNMENT_VERSION, assignedPartitions, userData: Buffer.from(data) },
    });
    return { memberId, assignment };
  });
}

/** Topics that the members' subscriptions name, each once. */
export function topicsOf(members: readonly { readonly metadata: Buffer }[]): string[] {
  const all = members.flatMap(each => decodeConsumerProtocolSubscription(each.metadata).topics);
  return [...new Set(all)];
}

export function decodeAssignment(bytes: Buffer): Assignment {
  if (bytes.length === 0) return { partitions: [], data: EMPTY };
  const { assignedPartitions, userData } = decodeConsumerProtocolAssignment(bytes);
  const partitions = assignedPartitions.flatMap(({ topic, partitions: its }) =>
    its.map(partition => ({ topic, partition })),
  );
  return { partitions, data: dataOf(userData) };
}

function dataOf(userData: Buffer | string | null | undefined): Uint8Array {
  return userData ? new Uint8Array(Buffer.from(userData as Buffer)) : EMPTY;
}
