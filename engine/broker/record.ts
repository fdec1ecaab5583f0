/** Records as they lie in the partitions of topics. */

export type TopicPartition = { readonly topic: string; readonly partition: number };

/** The next offset to read of a partition; `metadata` is kept by the broker beside it. */
export type PartitionOffset = TopicPartition & {
  readonly offset: number;
  readonly metadata?: string;
};

/** A name may repeat; order is kept. */
export type RecordHeader = readonly [name: string, value: Uint8Array];

export type RecordBody = {
  readonly key: Uint8Array | null;
  /** `null` is a tombstone. */
  readonly value: Uint8Array | null;
  readonly headers: readonly RecordHeader[];
  /** Event time, milliseconds since 1970-01-01 UTC. */
  readonly timestampMs: number;
};

/** The partition is always chosen by the sender: see `engine/state/key-group.ts`. */
export type OutgoingRecord = TopicPartition & RecordBody;

export type IncomingRecord = RecordBody & { readonly offset: number };

/**
 * Records of one partition in order of their offsets, which may have holes. One without records
 * moves on over control records, aborted and compacted ones alone: a restore has to see that end.
 */
export type PartitionBatch = TopicPartition & {
  readonly records: readonly IncomingRecord[];
  /** Where to read on: behind the last record, control records and compacted ones included. */
  readonly nextOffset: number;
  /** End of the partition at the time of the fetch (last stable offset for committed readers). */
  readonly endOffset: number;
};
