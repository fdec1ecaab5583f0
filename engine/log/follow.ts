/** Follows a log that another process writes: whole records as they come, without a lock. */

import { type Disk, nodeDisk } from '../disk.ts';
import { OutriderError } from '../error.ts';
import { badLog } from './bad-log.ts';
import { closeCursor, listSegments, nextRecord, openCursor } from './cursor.ts';
import type { LogRecord } from './port.ts';
import { readOrigin } from './read.ts';
import { SEGMENT_HEADER_BYTES } from './segment.ts';
import { segmentPath } from './segment-name.ts';
import type { LogPlace } from './sparse-index.ts';

export type LogFollower = {
  /** Absolute time (Unix ns) of the run's origin. */
  readonly originNs: bigint;
  /**
   * The next records that are whole now, `recordsMax` at most; none where nothing came. A payload
   * is a view valid until the next one. Throws `bad-log` once a fault stood for FAULTS_MAX calls.
   */
  next(recordsMax: number): Generator<LogRecord>;
};

/**
 * A write that is seen by halves looks like damage, and is whole a moment later; what still looks
 * so after so many calls is damage.
 */
export const FAULTS_MAX = 50;

/** From the first record on; the log must have been begun. */
export function followLog({
  directory,
  disk = nodeDisk,
}: {
  directory: string;
  disk?: Disk;
}): LogFollower {
  const originNs = readOrigin(disk, directory);
  let place: LogPlace = { offset: 0, segment: 0, position: SEGMENT_HEADER_BYTES };
  let faults = 0;
  return {
    originNs,
    *next(recordsMax) {
      try {
        for (const { record, after } of recordsFrom(place, recordsMax)) {
          place = after;
          faults = 0;
          yield record;
        }
      } catch (error) {
        if (!(error instanceof OutriderError) || error.code !== 'bad-log') throw error;
        if (++faults >= FAULTS_MAX) throw error;
      }
    },
  };

  function* recordsFrom(from: LogPlace, recordsMax: number) {
    const segments = listSegments(disk, directory);
    const cursor = openCursor(disk, { directory, originNs, segments }, from);
    try {
      if (cursor.reader.sizeBytes < from.position) {
        const file = segmentPath(directory, from.segment);
        throw badLog(file, 'is shorter than it was', 'follow it anew, from its beginning');
      }
      for (let count = 0; count < recordsMax; count++) {
        const payload = nextRecord(cursor);
        if (payload === undefined) return;
        const { offset, reader, segment } = cursor;
        const after = { offset, segment: segments[segment]!, position: reader.position };
        yield { record: { offset: offset - 1, payload }, after };
      }
    } finally {
      closeCursor(cursor);
    }
  }
}
