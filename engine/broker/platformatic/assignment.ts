/** What members and their leader tell each other: Kafka's consumer protocol, version 0. */

import {
  decodeConsumerProtocolAssignment,
  decodeConsumerProtocolSubscription,
  encodeConsumerProtocolAssignment,
  encodeConsumerProtocolSubscription,
} from '@platformatic/kafka';
import type { Assigner } from '../group.ts';
import { byTopic } from '../partitions.ts';
import type { TopicPartition } from '../record.ts';

const VERSION = 0;
const EMPTY = new Uint8Array(0);

export type Assignment = {
  readonly partitions: readonly TopicPartition[];
  readonly data: Uint8Array;
};

export function encodeSubscription(topics: readonly string[], data: Uint8Array): Buffer {
  return encodeConsumerProtocolSubscription({
    ...{ version: VERSION, topics: [...topics], userData: Buffer.from(data) },
    ...{ ownedPartitions: [], generationId: -1, rackId: null },
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
      ...{ version: VERSION, assignedPartitions, userData: Buffer.from(data) },
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
