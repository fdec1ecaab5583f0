/** Where records stand, one entry every 64 KiB: a seek is a binary search and a short walk. */

import { SEGMENT_HEADER_BYTES } from './segment.ts';

/** Start of the record `offset`: byte `position` of the segment whose first record is `segment`. */
export type LogPlace = {
  readonly offset: number;
  readonly segment: number;
  readonly position: number;
};

export const INDEX_STRIDE_BYTES = 64 * 1024;

export type SparseIndex = {
  /** Tells the index of a record's place, in order; it keeps the first of every stride. */
  note(offset: number, segment: number, position: number): void;
  /** The nearest kept place at or before `offset`. */
  find(offset: number): LogPlace;
};

/**
 * It lives in memory: opening a log for append reads every record anyway to verify it, so a file
 * beside the segment would save nothing and could be stale. A reader of a closed log has the names
 * of the segments instead: a binary search among them, then a walk bounded by one segment.
 */
export function createSparseIndex(): SparseIndex {
  const offsets: number[] = [];
  const segments: number[] = [];
  const positions: number[] = [];
  let segmentNow = -1;
  let duePosition = 0;
  return {
    note(offset, segment, position) {
      if (segment === segmentNow && position < duePosition) return;
      segmentNow = segment;
      duePosition = position + INDEX_STRIDE_BYTES;
      offsets.push(offset);
      segments.push(segment);
      positions.push(position);
    },
    find(offset) {
      const entry = lastAtMost(offsets, offset);
      if (entry < 0) return { offset: 0, segment: 0, position: SEGMENT_HEADER_BYTES };
      return { offset: offsets[entry]!, segment: segments[entry]!, position: positions[entry]! };
    },
  };
}

/** Index of the last number in an ascending list that is at most `limit`; -1 when none is. */
export function lastAtMost(ascending: readonly number[], limit: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
