/** Reading partitions by polls: what is not asked for is not fetched. */

import type { PartitionBatch, PartitionOffset, TopicPartition } from './record.ts';

export type Isolation = 'read-committed' | 'read-uncommitted';

export type PollOptions = {
  readonly isolation: Isolation;
  /** Bytes a fetch asks for. Default 1 MB: larger ones block the event loop for long. */
  readonly fetchBytesMax?: number;
  /** How long a poll waits for a first record. Default 500 ms. */
  readonly pollWaitMs?: number;
};

export type ReaderOptions = PollOptions & { readonly from: readonly PartitionOffset[] };

export type PartitionReader = {
  /**
   * The next batches; none after the wait, which lasts as long where everything is paused. Nothing
   * is fetched beyond what was asked for.
   */
  poll(): Promise<readonly PartitionBatch[]>;
  /** Reads from there on, a whole number; a partition that was not read is added. */
  seek(offset: PartitionOffset): void;
  /** Leaves out of the next polls; where they stand is kept. */
  pause(partitions: readonly TopicPartition[]): void;
  resume(partitions: readonly TopicPartition[]): void;
  close(): Promise<void>;
};
