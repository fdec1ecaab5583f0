/** Reads a log for replay: in order, with bounded memory, without ever changing a file. */

import { type Disk, nodeDisk } from '../disk.ts';
import { OutriderError } from '../error.ts';
import { badLog } from './bad-log.ts';
import {
  closeCursor,
  type LogCursor,
  type LogTear,
  listSegments,
  nextRecord,
  openCursor,
} from './cursor.ts';
import type { LogRecord } from './port.ts';
import { SEGMENT_HEADER_BYTES } from './segment.ts';
import { segmentPath } from './segment-name.ts';
import { openSegmentReader } from './segment-reader.ts';
import { lastAtMost } from './sparse-index.ts';

export type ReadLogOptions = {
  readonly directory: string;
  /** First offset to give out (default 0); at most the number of records in the log. */
  readonly fromOffset?: number;
  readonly disk?: Disk;
};

export type LogReading = Iterable<LogRecord> & {
  /** Absolute time (Unix ns) of the run's origin. */
  readonly originNs: bigint;
  /** The unfinished end, once an iteration has come to it; undefined when the log ends cleanly. */
  readonly torn: LogTear | undefined;
};

/**
 * The records from `fromOffset` on. A payload is a view valid until the next step: copy to keep it.
 * A log that is being written may seem torn where the writer's last write is half done.
 * Errors: `bad-log` (damaged, missing, foreign segments), `bad-usage` (offset beyond end), `disk`.
 */
export function readLog(options: ReadLogOptions): LogReading {
  const { directory, fromOffset = 0, disk = nodeDisk } = options;
  const segments = listSegments(disk, directory);
  if (segments.length === 0) {
    throw badLog(directory, 'holds no log', 'name the directory of a log, as in <run>/edge.log');
  }
  requireOffset(fromOffset);
  const originNs = readOrigin(disk, directory);
  const segment = segments[lastAtMost(segments, fromOffset)]!;
  const place = { offset: segment, segment, position: SEGMENT_HEADER_BYTES };
  let torn: LogTear | undefined;
  return {
    originNs,
    get torn() {
      return torn;
    },
    *[Symbol.iterator]() {
      const cursor = openCursor(disk, { directory, originNs, segments }, place);
      yield* recordsOf(cursor, { fromOffset, endOffset: Number.POSITIVE_INFINITY });
      torn = cursor.tear;
    },
  };
}

/** Gives out records `fromOffset` up to, but not including, `endOffset`, then closes the cursor. */
export function* recordsOf(
  cursor: LogCursor,
  { fromOffset, endOffset }: { readonly fromOffset: number; readonly endOffset: number },
): Generator<LogRecord> {
  try {
    while (cursor.offset < endOffset) {
      const payload = nextRecord(cursor);
      if (payload === undefined) break;
      const offset = cursor.offset - 1;
      if (offset >= fromOffset) yield { offset, payload };
    }
    if (cursor.offset < fromOffset) throw beyondEnd(fromOffset, cursor.offset);
  } finally {
    closeCursor(cursor);
  }
}

/** The origin in the header of a log's first segment. */
export function readOrigin(disk: Disk, directory: string): bigint {
  const reader = openSegmentReader(disk, segmentPath(directory, 0), 0);
  disk.close(reader.file);
  return reader.header.originNs;
}

export function requireOffset(fromOffset: number): void {
  if (Number.isSafeInteger(fromOffset) && fromOffset >= 0) return;
  throw new OutriderError(
    'bad-usage',
    `fromOffset is ${fromOffset}; give the offset of a record, an integer from 0 on`,
  );
}

export function beyondEnd(fromOffset: number, endOffset: number): OutriderError {
  return new OutriderError(
    'bad-usage',
    `fromOffset is ${fromOffset}, but the log has records below ${endOffset} only; ` +
      'read from there or earlier',
  );
}
