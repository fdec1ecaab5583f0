/** Sending records, alone or in transactions. */

import type { OutgoingRecord, PartitionOffset } from './record.ts';

export type Compression = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';

export type ProducerOptions = {
  readonly compression?: Compression;
  /** Set for transactions: of two producers with one id the older is fenced. */
  readonly transactionalId?: string;
  readonly transactionTimeoutMs?: number;
  /**
   * For a partition with one writer at a time: sends cost an acknowledgement, and no transaction.
   * What is sent to a partition after a younger producer of this id sent there is refused with
   * `fenced`. Not beside `transactionalId`; only where `fencesSends`, else `bad-config`.
   */
  readonly fencingId?: string;
  /** How long a record waits for others of its request, 0 to 1 ms. Default 0. */
  readonly lingerMs?: number;
};

export type Producer = {
  /** Done once all replicas in sync have them. Idempotent; order within a partition is kept. */
  send(records: readonly OutgoingRecord[]): Promise<void>;
  /** One at a time. Throws `fenced` once a younger producer has the id. */
  begin(): Promise<Transaction>;
  close(): Promise<void>;
};

export type Transaction = {
  /**
   * Tells the coordinator ahead what the transaction before had, the group's offsets among it, so
   * that less is left for the commit. Where that fails the steps themselves say so.
   */
  announce?(group: GroupIdentity): Promise<void>;
  send(records: readonly OutgoingRecord[]): Promise<void>;
  /** Moves the group's offsets with the commit; an older generation throws `fenced`. */
  addOffsets(group: GroupIdentity, offsets: readonly PartitionOffset[]): Promise<void>;
  commit(): Promise<void>;
  abort(): Promise<void>;
};

/** Who commits, as the coordinator knows it. */
export type GroupIdentity = {
  readonly groupId: string;
  readonly memberId: string;
  readonly generation: number;
};
