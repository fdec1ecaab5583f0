/** Where records of a partition stand in the one log: a mark now and then, a short walk from it. */

import { lastAtMost } from '../../log/sparse-index.ts';

export type PartitionIndex = {
  /** Tells the index of a batch, in order. */
  note(batch: { firstOffset: number; logOffset: number; latestMs: number }): void;
  /** A place in the log at or before the record of this offset. */
  find(offset: number): number;
  /** A place at or before the first record at or after a time. */
  findTime(timestampMs: number): number;
};

/** Records of the log between two marks, at least. */
const STRIDE = 64;

/** `logOffset`: where the partition begins. */
export function createPartitionIndex(logOffset: number): PartitionIndex {
  const firstOffsets: number[] = [];
  const logOffsets: number[] = [];
  /** The latest time of any record before the mark. */
  const latestBefore: number[] = [];
  let latestMs = Number.NEGATIVE_INFINITY;
  const at = (mark: number) => (mark < 0 ? logOffset : logOffsets[mark]!);
  return {
    note(batch) {
      if (logOffsets.length === 0 || batch.logOffset >= logOffsets.at(-1)! + STRIDE) {
        firstOffsets.push(batch.firstOffset);
        logOffsets.push(batch.logOffset);
        latestBefore.push(latestMs);
      }
      latestMs = Math.max(latestMs, batch.latestMs);
    },
    find: offset => at(lastAtMost(firstOffsets, offset)),
    // The last mark before which all are earlier.
    findTime: timestampMs => at(lastAtMost(latestBefore, timestampMs - 1)),
  };
}
