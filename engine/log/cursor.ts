/** Walks a log's records across its segments, checking that none is missing, foreign or twice. */

import type { Disk } from '../disk.ts';
import { badLog } from './bad-log.ts';
import type { TearReason } from './segment.ts';
import { segmentOffsets, segmentPath } from './segment-name.ts';
import { nextPayload, openSegmentReader, type SegmentReader } from './segment-reader.ts';
import type { LogPlace } from './sparse-index.ts';
import { inspectTail } from './tail.ts';

/** The unfinished end of a log, left by a crash in mid-write: `openLog` cuts it, a reader stops. */
export type LogTear = {
  /** Path of the segment. */
  readonly file: string;
  /** The offset the first lost record would have: everything below it is whole. */
  readonly cutAtOffset: number;
  /** Bytes of the file after the last whole record. */
  readonly cutBytes: number;
  readonly reason: TearReason;
};

export type LogCursor = {
  readonly disk: Disk;
  readonly directory: string;
  readonly originNs: bigint;
  /** First offsets of all segments, ascending. */
  readonly segments: readonly number[];
  /** Index in `segments` of the one `reader` stands in. */
  segment: number;
  reader: SegmentReader;
  /** Offset of the next record. */
  offset: number;
  /** The unfinished end, once the cursor has come to it. */
  tear: LogTear | undefined;
};

/** First offsets of the segments in a log's directory, empty when there is none; `bad-log`. */
export function listSegments(disk: Disk, directory: string): number[] {
  const segments = segmentOffsets(directory, disk.list(directory) ?? []);
  if (segments.length > 0 && segments[0] !== 0) {
    throw badLog(
      segmentPath(directory, 0),
      `is missing, the log begins at offset ${segments[0]}`,
      'restore the first segments from a copy',
    );
  }
  return segments;
}

/** Stands before the record at `place`; every segment must bear the origin `originNs`. */
export function openCursor(
  disk: Disk,
  log: Pick<LogCursor, 'directory' | 'originNs' | 'segments'>,
  place: LogPlace,
): LogCursor {
  const { directory, originNs, segments } = log;
  const reader = openChecked(disk, log, place.segment);
  reader.position = place.position;
  return {
    disk,
    directory,
    originNs,
    segments,
    segment: segments.indexOf(place.segment),
    reader,
    offset: place.offset,
    tear: undefined,
  };
}

/** The next payload, a view valid until the next call; undefined at the end. Errors: `bad-log`. */
export function nextRecord(cursor: LogCursor): Uint8Array | undefined {
  for (;;) {
    const payload = nextPayload(cursor.disk, cursor.reader);
    if (payload !== undefined) {
      cursor.offset += 1;
      return payload;
    }
    const following = cursor.segments[cursor.segment + 1];
    if (cursor.reader.fault !== undefined) {
      refuseDamage(cursor, following);
      return undefined;
    }
    if (following === undefined) return undefined;
    enterSegment(cursor, following);
  }
}

export function closeCursor(cursor: LogCursor): void {
  cursor.disk.close(cursor.reader.file);
}

function enterSegment(cursor: LogCursor, first: number): void {
  if (first !== cursor.offset) {
    const gap = first > cursor.offset;
    throw badLog(
      segmentPath(cursor.directory, first),
      `${gap ? 'leaves a gap' : 'repeats records'}: the segment before it ends at offset ` +
        `${cursor.offset}`,
      gap ? 'restore the missing records from a copy' : 'move the duplicate out of the log',
    );
  }
  const reader = openChecked(cursor.disk, cursor, first);
  cursor.disk.close(cursor.reader.file);
  cursor.reader = reader;
  cursor.segment += 1;
}

function openChecked(
  disk: Disk,
  log: Pick<LogCursor, 'directory' | 'originNs'>,
  first: number,
): SegmentReader {
  const file = segmentPath(log.directory, first);
  const reader = openSegmentReader(disk, file, first);
  if (reader.header.originNs !== log.originNs) {
    disk.close(reader.file);
    throw badLog(
      file,
      `has origin ${reader.header.originNs} ns, expected ${log.originNs} ns: it is of another run`,
      'give every run a directory of its own',
    );
  }
  return reader;
}

/** Notes a torn end; throws when the fault is not at the end of the log. */
function refuseDamage(cursor: LogCursor, following: number | undefined): void {
  const { reader, offset } = cursor;
  const file = reader.file.path;
  const where = `has no whole record at offset ${offset} (byte ${reader.position})`;
  if (following !== undefined) {
    throw badLog(
      file,
      `${where}: ${reader.fault}, although a segment with later records follows`,
      'restore it from a copy, or move the later segments away to give up what they hold',
    );
  }
  const tail = inspectTail(cursor.disk, reader);
  if (tail.kind === 'damaged') {
    throw badLog(
      file,
      `${where}: ${reader.fault}, although a whole record follows at byte ${tail.wholeRecordAt}`,
      `restore it from a copy, or truncate it to ${reader.position} bytes to give up what follows`,
    );
  }
  cursor.tear = {
    file,
    cutAtOffset: offset,
    cutBytes: reader.sizeBytes - reader.position,
    reason: tail.reason,
  };
}
