/** A reader of partitions on kafkajs, which knows groups alone: a group with one member. */

import { randomUUID } from 'node:crypto';
import kafkajs, { type Kafka, type PartitionAssigner } from 'kafkajs';
import type { PartitionReader, ReaderOptions } from '../reader.ts';
import type { TopicPartition } from '../record.ts';
import { translated } from './client.ts';
import { createPullConsumer, type PullConsumer, type PullHooks } from './pull-consumer.ts';

const { MemberAssignment, MemberMetadata } = kafkajs.AssignerProtocol;
const SESSION = { sessionTimeout: 30_000, heartbeatInterval: 3_000, rebalanceTimeout: 60_000 };

export async function openReader(
  kafka: Kafka,
  hooks: Pick<PullHooks, 'bounds' | 'exists'>,
  options: ReaderOptions,
): Promise<PartitionReader> {
  const groupId = `outrider-reader-${randomUUID()}`;
  const group = { groupId, partitionAssigners: [everything], ...SESSION };
  const pull = createPullConsumer(
    kafka,
    { ...options, group },
    {
      ...hooks,
      onAssigned: async () => {},
      onLost: async () => {},
    },
  );
  for (const each of options.from) pull.seek(each);
  const topics = new Set(options.from.map(({ topic }) => topic));
  try {
    if (topics.size > 0) await pull.begin([...topics]);
  } catch (error) {
    await pull.close().catch(() => {});
    throw error;
  }
  return { ...pull, seek: each => seek(pull, topics, each) };
}

/** A new topic has the client join anew; a new partition of a known one is assigned already. */
function seek(
  pull: PullConsumer,
  topics: Set<string>,
  each: TopicPartition & { readonly offset: number },
): void {
  pull.seek(each);
  if (topics.has(each.topic)) return;
  topics.add(each.topic);
  void pull
    .begin([...topics])
    .catch(error => pull.fail(translated(`reader of ${[...topics].join(', ')}`, error)));
}

/** To the one member. */
const everything: PartitionAssigner = ({ cluster }) => ({
  name: 'everything',
  version: 0,
  protocol: ({ topics }) => ({
    name: 'everything',
    metadata: MemberMetadata.encode({
      ...{ version: 0, topics, userData: Buffer.alloc(0) },
    }),
  }),
  async assign({ members, topics }) {
    const all = topics.map(topic => [
      topic,
      cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId),
    ]);
    const assignment = Object.fromEntries(all);
    return members.map(({ memberId }) => ({
      memberId,
      memberAssignment: MemberAssignment.encode({
        ...{ version: 0, assignment, userData: Buffer.alloc(0) },
      }),
    }));
  },
});
