/** A broker of topics: the embedded one, @platformatic/kafka and kafkajs stand behind it. */

import type { GroupMember, GroupOptions } from './group.ts';
import type { Compression, Producer, ProducerOptions } from './producer.ts';
import type { Isolation, PartitionReader, ReaderOptions } from './reader.ts';
import type { PartitionOffset, TopicPartition } from './record.ts';

export type Broker = {
  /** Its row in the capability matrix. */
  readonly capabilities: BrokerCapabilities;
  readonly admin: BrokerAdmin;
  producer(options: ProducerOptions): Promise<Producer>;
  /** Reads partitions that the caller names: changelogs, standbys, reprocessing. */
  reader(options: ReaderOptions): Promise<PartitionReader>;
  /** Joins a consumer group. */
  join(options: GroupOptions): Promise<GroupMember>;
  close(): Promise<void>;
};

/** What a broker can do; a topology that asks for more is refused at its start, by name. */
export type BrokerCapabilities = {
  readonly name: 'embedded' | 'platformatic' | 'kafkajs';
  /** Other processes and machines may share its topics. */
  readonly isShared: boolean;
  readonly transactions: boolean;
  /** Commits carry the group's generation (KIP-447): one producer serves all tasks. */
  readonly fencesByGeneration: boolean;
  /** Takes `fencingId`: a partition refuses what an older producer of the id sends. */
  readonly fencesSends: boolean;
  readonly staticMembership: boolean;
  readonly memberData: boolean;
  /** `revoked` is awaited before another member has the partitions; else `lost` is told. */
  readonly waitsForRevoked: boolean;
  /** Headers of different names keep their order among each other. */
  readonly headerOrder: boolean;
  readonly compressions: readonly Compression[];
};

/** As many copies as the brokers' `default.replication.factor` says. */
export const BROKERS_DEFAULT = -1;

export type TopicSettings = {
  readonly topic: string;
  readonly partitions: number;
  /** Copies a partition has: 1 on a single broker, or BROKERS_DEFAULT. */
  readonly replicas: number;
  /** Broker settings by their Kafka names: `cleanup.policy`, `retention.ms`, ... */
  readonly config: Readonly<Record<string, string>>;
};

export type BrokerAdmin = {
  /** Creates what is missing; one that stands is left as it is. */
  createTopics(topics: readonly TopicSettings[]): Promise<void>;
  deleteTopics(topics: readonly string[]): Promise<void>;
  /** Partitions by topic; a topic that does not exist is left out. */
  partitionCounts(topics: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** First kept offset and end of each; the end is the last stable one for committed readers. */
  bounds(
    partitions: readonly TopicPartition[],
    isolation: Isolation,
  ): Promise<readonly (TopicPartition & { readonly first: number; readonly end: number })[]>;
  /** The first offset whose record is at or after a time; the end where there is none. */
  offsetsAt(
    partitions: readonly TopicPartition[],
    timestampMs: number,
  ): Promise<readonly PartitionOffset[]>;
  /** A group's committed offsets; partitions without one are left out. */
  committed(
    groupId: string,
    partitions: readonly TopicPartition[],
  ): Promise<readonly PartitionOffset[]>;
  /** Sets a group's offsets while it has no members. */
  setCommitted(groupId: string, offsets: readonly PartitionOffset[]): Promise<void>;
};
