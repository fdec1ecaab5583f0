/** Opens the embedded log for append: verifies what is there, cuts a torn end, goes on there. */

import path from 'node:path';
import { createRecords } from '#native';
import { type Disk, type DiskFile, nodeDisk } from '../disk.ts';
import { OutriderError } from '../error.ts';
import { closeCursor, type LogTear, listSegments, nextRecord, openCursor } from './cursor.ts';
import type { Log, LogRecord } from './port.ts';
import { beyondEnd, recordsOf, requireOffset } from './read.ts';
import { RECORD_BYTES_CEILING, RECORD_HEADER_BYTES, SEGMENT_HEADER_BYTES } from './segment.ts';
import { segmentPath } from './segment-name.ts';
import { createSparseIndex, type SparseIndex } from './sparse-index.ts';
import {
  appendRecord,
  closeWriter,
  draftSegment,
  flushedOffset,
  flushRecords,
  type LogWriter,
  publishSegment,
  syncRecords,
} from './writer.ts';

export type OpenLogOptions = {
  /** Made if missing; one log a directory, one writer a log: others are refused while it lives. */
  readonly directory: string;
  /** Absolute time (Unix ns) of the run's origin; an existing log must have the same. */
  readonly originNs: bigint;
  readonly disk?: Disk;
  /**
   * A segment ends before it would grow beyond this many bytes, and one of 32 MiB and more up to
   * 16 MiB later, once it has been synced beside the writer. Default 64 MiB.
   */
  readonly segmentBytesMax?: number;
  /** Longest payload in bytes, at most 16 MiB. Default 1 MiB. */
  readonly recordBytesMax?: number;
  /** Size in bytes of the group-commit buffer, which holds at least one record. Default 2 MiB. */
  readonly bufferBytesMax?: number;
};

export interface EmbeddedLog extends Log {
  readonly originNs: bigint;
  /** Offset the next record will get: the number of records appended. */
  readonly nextOffset: number;
  /** The torn end that was cut when the log was opened. */
  readonly recovery: LogTear | undefined;
  /**
   * Copies the record into the group-commit buffer, without allocating, and flushes only when the
   * buffer is full. After an error the record is not in the log.
   * Errors: `limit` (longer than `recordBytesMax`), `disk`, `bad-usage` (closed).
   */
  append(payload: Uint8Array): number;
  /**
   * One write of all that is buffered: it survives SIGKILL, not a loss of power. After an error
   * (`disk`) nothing is given up: what was not written stays buffered for the next flush.
   */
  flush(): void;
  /** Flushes and waits for the medium; an error (`disk`) is final, the log takes nothing more. */
  sync(): void;
  /** The flushed records from `fromOffset` on; seeks by the index in memory. */
  read(fromOffset?: number): Iterable<LogRecord>;
  /** Syncs, then closes. */
  close(): void;
}

type Limits = { segmentBytesMax: number; recordBytesMax: number; bufferBytesMax: number };
type Recovered = { segment: number; fileBytes: number; nextOffset: number; tear?: LogTear };

const MEBIBYTE = 1024 * 1024;

/**
 * Opens or makes a log. Every record is read and checked, and what is found is synced before it is
 * trusted. Errors: `bad-config` (a limit; another process writes the log), `bad-log` (damaged,
 * missing, foreign segments), `disk`.
 */
export function openLog(options: OpenLogOptions): EmbeddedLog {
  const { directory, disk = nodeDisk } = options;
  const limits = checkLimits(options);
  disk.makeDirectory(directory);
  const unlock = lock(disk, directory);
  try {
    return openLocked({ ...options, disk, ...limits }, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

/** A reader takes no lock: a log may be replayed while it grows. */
function lock(disk: Disk, directory: string): () => void {
  const file = path.join(directory, 'writer.lock');
  const taken = disk.lock(file);
  if ('release' in taken) return taken.release;
  const { heldByPid: pid } = taken;
  const holder = pid === process.pid ? `this process (${pid})` : `process ${pid}`;
  throw new OutriderError(
    'bad-config',
    `${directory} is being written by ${holder}; end that first, give another directory, or ` +
      `remove ${file} if no such process writes there`,
  );
}

function openLocked(
  options: Pick<OpenLogOptions, 'directory' | 'originNs'> & { disk: Disk } & Limits,
  unlock: () => void,
): EmbeddedLog {
  const { directory, originNs, disk, ...limits } = options;
  const index = createSparseIndex();
  const segments = listSegments(disk, directory);
  if (segments.length === 0) {
    begin(disk, directory, originNs);
    segments.push(0);
  }
  const found = verify(disk, { directory, originNs, segments }, index);
  const buffer = new Uint8Array(limits.bufferBytesMax);
  const writer: LogWriter = {
    disk,
    directory,
    originNs,
    segmentBytesMax: limits.segmentBytesMax,
    recordBytesMax: limits.recordBytesMax,
    unlock,
    buffer,
    records: createRecords(buffer),
    index,
    file: continueSegment(disk, segmentPath(directory, found.segment), found),
    fileBytes: found.fileBytes,
    segmentFirstOffset: found.segment,
    bufferStart: 0,
    bufferEnd: 0,
    bufferFirstOffset: found.nextOffset,
    nextOffset: found.nextOffset,
    syncedOffset: found.nextOffset,
    aheadBytes: found.fileBytes,
    isSyncingAhead: false,
    state: 'open',
  };
  return {
    originNs,
    recovery: found.tear,
    get nextOffset() {
      return writer.nextOffset;
    },
    append: payload => appendRecord(writer, payload),
    flush: () => flushRecords(writer),
    sync: () => syncRecords(writer),
    read: fromOffset => readFlushed(writer, fromOffset),
    close: () => closeWriter(writer),
  };
}

function checkLimits(options: OpenLogOptions): Limits {
  const recordBytesMax = options.recordBytesMax ?? MEBIBYTE;
  const bufferBytesMax = options.bufferBytesMax ?? 2 * MEBIBYTE;
  const segmentBytesMax = options.segmentBytesMax ?? 64 * MEBIBYTE;
  const recordBytes = RECORD_HEADER_BYTES + recordBytesMax;
  checkLimit('recordBytesMax', recordBytesMax, [0, RECORD_BYTES_CEILING]);
  checkLimit('bufferBytesMax', bufferBytesMax, [recordBytes, 1024 * MEBIBYTE]);
  checkLimit('segmentBytesMax', segmentBytesMax, [
    SEGMENT_HEADER_BYTES + recordBytes,
    1024 * MEBIBYTE,
  ]);
  if (BigInt.asIntN(64, options.originNs) !== options.originNs) {
    throw new OutriderError(
      'bad-config',
      `originNs is ${options.originNs}; give Unix nanoseconds that fit 64 bits`,
    );
  }
  return { recordBytesMax, bufferBytesMax, segmentBytesMax };
}

function checkLimit(name: string, value: number, [least, most]: [number, number]): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw new OutriderError(
    'bad-config',
    `${name} is ${value}; give a number of bytes from ${least} to ${most}`,
  );
}

/** Makes the first, empty segment of a directory that may be new itself. */
function begin(disk: Disk, directory: string, originNs: bigint): void {
  disk.syncDirectory(path.dirname(path.resolve(directory)));
  disk.close(publishSegment(disk, draftSegment(disk, directory, { firstOffset: 0, originNs })));
}

/** Reads the whole log, filling the index; says where the last whole record ends. */
function verify(
  disk: Disk,
  log: { directory: string; originNs: bigint; segments: readonly number[] },
  index: SparseIndex,
): Recovered {
  const cursor = openCursor(disk, log, index.find(0));
  try {
    for (;;) {
      const payload = nextRecord(cursor);
      if (payload === undefined) break;
      const position = cursor.reader.position - RECORD_HEADER_BYTES - payload.length;
      index.note(cursor.offset - 1, log.segments[cursor.segment]!, position);
    }
    return {
      segment: log.segments[cursor.segment]!,
      fileBytes: cursor.reader.position,
      nextOffset: cursor.offset,
      ...(cursor.tear && { tear: cursor.tear }),
    };
  } finally {
    closeCursor(cursor);
  }
}

/** Opens the last segment, cut behind its last whole record, with that state on the medium. */
function continueSegment(disk: Disk, file: string, found: Recovered): DiskFile {
  const opened = disk.open(file, 'update');
  try {
    if (found.tear !== undefined) disk.truncate(opened, found.fileBytes);
    disk.fdatasync(opened);
    return opened;
  } catch (error) {
    disk.close(opened);
    throw error;
  }
}

function readFlushed(writer: LogWriter, fromOffset = 0): Iterable<LogRecord> {
  const { disk, directory, originNs } = writer;
  const endOffset = flushedOffset(writer);
  requireOffset(fromOffset);
  if (fromOffset > endOffset) throw beyondEnd(fromOffset, endOffset);
  return {
    *[Symbol.iterator]() {
      const segments = listSegments(disk, directory);
      const place = writer.index.find(fromOffset);
      yield* recordsOf(openCursor(disk, { directory, originNs, segments }, place), {
        fromOffset,
        endOffset,
      });
    },
  };
}
