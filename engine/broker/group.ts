/** Sharing the partitions of topics among the members of a group. */

import type { GroupIdentity } from './producer.ts';
import type { PartitionReader, PollOptions } from './reader.ts';
import type { PartitionOffset, TopicPartition } from './record.ts';

export type GroupOptions = PollOptions & {
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly assigner: Assigner;
  /** What this member tells the assigner, asked for at each join. */
  memberData?(): Uint8Array;
  /** Static membership (KIP-345), where the broker has it. */
  readonly instanceId?: string;
  readonly sessionTimeoutMs: number;
  readonly heartbeatMs: number;
  /** How long the others wait for a member's `revoked` handler. Default 60 s. */
  readonly rebalanceTimeoutMs?: number;
  /** Where a group without an offset begins. */
  readonly startAt: 'first' | 'end';
};

/** The choice of the group's leader: the partitions of each member, and a word to each. */
export type Assigner = {
  readonly name: string;
  assign(group: {
    readonly members: readonly { readonly memberId: string; readonly data: Uint8Array }[];
    readonly partitionCounts: ReadonlyMap<string, number>;
  }): ReadonlyMap<
    string,
    { readonly partitions: readonly TopicPartition[]; readonly data: Uint8Array }
  >;
};

/** The first poll joins; until it is assigned partitions, polls give nothing. */
export type GroupMember = PartitionReader & {
  /** Changes with every rebalance; its offsets are refused afterwards. */
  identity(): GroupIdentity;
  /**
   * Told in order: `revoked` before anybody else has them where the client can wait (it awaits the
   * promise at most the rebalance timeout), `lost` where it could not; then `assigned`. Committed
   * offsets are looked up once that handler is done, which may have fenced those who held them up,
   * and count where it has not called `seek`. Events wait until a handler is there.
   */
  onRebalance(handler: (event: RebalanceEvent) => Promise<void>): void;
  commit(offsets: readonly PartitionOffset[]): Promise<void>;
  /** Asks for a new round of assignment: this member's data have changed. */
  rejoin(): Promise<void>;
};

export type RebalanceEvent =
  | { readonly type: 'revoked'; readonly partitions: readonly TopicPartition[] }
  | { readonly type: 'lost'; readonly partitions: readonly TopicPartition[] }
  | {
      readonly type: 'assigned';
      readonly partitions: readonly TopicPartition[];
      readonly data: Uint8Array;
    };
