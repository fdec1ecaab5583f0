/** Ends of partitions for committed readers, which the admin client of kafkajs does not tell. */

import { randomUUID } from 'node:crypto';
import type { Cluster, Kafka, PartitionAssigner } from 'kafkajs';
import { byTopic, partitionName } from '../partitions.ts';
import type { TopicPartition } from '../record.ts';
import { nowMs, waitMs } from '../wait.ts';

const KNOWN_MS = 10_000;
const KNOWN_TRY_MS = 50;

export type CommittedEnds = {
  /** By the partitions' names. */
  of(partitions: readonly TopicPartition[]): Promise<ReadonlyMap<string, number>>;
  close(): Promise<void>;
};

/** A consumer that joins no group: its assigner is handed what asks for offsets as consumers do. */
export async function openCommittedEnds(kafka: Kafka): Promise<CommittedEnds> {
  let cluster: Cluster | undefined;
  const never: PartitionAssigner = given => {
    cluster = given.cluster;
    return {
      ...{ name: 'never', version: 0, assign: async () => [] },
      protocol: () => ({ name: 'never', metadata: Buffer.alloc(0) }),
    };
  };
  const groupId = `outrider-ends-${randomUUID()}`;
  const consumer = kafka.consumer({ groupId, partitionAssigners: [never] });
  await consumer.connect();
  return {
    async of(partitions) {
      for (const untilMs = nowMs() + KNOWN_MS; ; await waitMs(KNOWN_TRY_MS)) {
        try {
          return await endsOf(cluster!, partitions);
        } catch (error) {
          // A topic was made just now, and the node that is asked does not know it yet.
          if ((error as Retriable).retriable !== true || nowMs() > untilMs) throw error;
        }
      }
    },
    close: () => consumer.disconnect(),
  };
}

type Retriable = { readonly retriable?: boolean };

async function endsOf(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
): Promise<ReadonlyMap<string, number>> {
  const topics = byTopic(partitions);
  await cluster.addMultipleTargetTopics(topics.map(({ topic }) => topic));
  const found = await cluster.fetchTopicsOffset(
    topics.map(({ topic, partitions: its }) => ({
      ...{ topic, fromBeginning: false },
      partitions: its.map(({ partition }) => ({ partition })),
    })),
  );
  return new Map(
    found.flatMap(({ topic, partitions: its }) =>
      its.map(({ partition, offset }) => [partitionName({ topic, partition }), Number(offset)]),
    ),
  );
}
