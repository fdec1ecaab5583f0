/** The writing half of the log: records gather in one buffer and reach the disk together. */

import path from 'node:path';
import type { Records } from '#native';
import { type Disk, type DiskFile, nodeDisk, tookSome, writtenBy } from '../disk.ts';
import { OutriderError } from '../error.ts';
import { createCrc32c } from './crc32c.ts';
import {
  encodeSegmentHeader,
  RECORD_HEADER_BYTES,
  SEGMENT_HEADER_BYTES,
  type SegmentHeader,
} from './segment.ts';
import { segmentPath } from './segment-name.ts';
import { readU32 } from './segment-reader.ts';
import type { SparseIndex } from './sparse-index.ts';

/*
  The segment's file and the group-commit buffer, whose records continue it:

    file    [ header | records ............ ]<- fileBytes
    buffer                    [ written | waiting | free ... ]
                              0    bufferStart  bufferEnd

  bufferStart is above 0 only after a failed write that the disk took in part.
*/
export type LogWriter = {
  readonly disk: Disk;
  readonly directory: string;
  readonly originNs: bigint;
  readonly segmentBytesMax: number;
  readonly recordBytesMax: number;
  readonly buffer: Uint8Array;
  /** Works on the buffer; undefined where there is no addon. */
  readonly records: Records | undefined;
  readonly index: SparseIndex;
  file: DiskFile;
  fileBytes: number;
  segmentFirstOffset: number;
  bufferStart: number;
  bufferEnd: number;
  /** Offset of the first record in the buffer. */
  bufferFirstOffset: number;
  nextOffset: number;
  /** Records below it are known to be on the medium. */
  syncedOffset: number;
  /** Bytes of the file when a sync beside the writer last began, and whether it still goes on. */
  aheadBytes: number;
  isSyncingAhead: boolean;
  /** Lets another writer open the log. */
  readonly unlock: () => void;
  state: 'open' | 'closed' | 'failed';
};

/**
 * A segment is synced when it is full. All of it at once would stop the writer for as long as the
 * medium takes for 64 MiB: so it is begun each time so much has been written.
 */
const SYNC_AHEAD_BYTES = 4 * 1024 * 1024;
/** And a full segment goes on, up to this much, until so little of it is left to sync. */
const OVERRUN_BYTES_MAX = 4 * SYNC_AHEAD_BYTES;
const LEFT_BYTES_MAX = 1024 * 1024;

const crc = createCrc32c();

/** Copies a record into the buffer; see `EmbeddedLog.append`. */
export function appendRecord(writer: LogWriter, payload: Uint8Array): number {
  requireOpen(writer);
  const length = payload.length;
  if (length > writer.recordBytesMax) throw tooLong(writer, length);
  const bytes = RECORD_HEADER_BYTES + length;
  const segmentBytes = writer.fileBytes + writer.bufferEnd - writer.bufferStart;
  if (
    segmentBytes + bytes > writer.segmentBytesMax &&
    writer.nextOffset > writer.segmentFirstOffset &&
    isSyncedEnough(writer)
  ) {
    rollSegment(writer);
  }
  if (writer.bufferEnd + bytes > writer.buffer.length) flushRecords(writer);

  const { buffer, bufferEnd } = writer;
  const offset = writer.nextOffset;
  const position = writer.fileBytes + bufferEnd - writer.bufferStart;
  writer.index.note(offset, writer.segmentFirstOffset, position);
  writeU32(buffer, bufferEnd, length);
  buffer.set(payload, bufferEnd + RECORD_HEADER_BYTES);
  seal(writer, bufferEnd, bufferEnd + bytes);
  writer.bufferEnd = bufferEnd + bytes;
  writer.nextOffset = offset + 1;
  return offset;
}

/**
 * The next segment begins once the one before is on the medium. All but the last of it gets there
 * beside the writer, which then waits for little; small segments are synced at once.
 */
function isSyncedEnough(writer: LogWriter): boolean {
  const { disk, segmentBytesMax, fileBytes, aheadBytes } = writer;
  if (disk.startSync === undefined || segmentBytesMax < 2 * OVERRUN_BYTES_MAX) return true;
  if (fileBytes >= segmentBytesMax + OVERRUN_BYTES_MAX) return true;
  if (!writer.isSyncingAhead && fileBytes - aheadBytes <= LEFT_BYTES_MAX) return true;
  syncAhead(writer);
  return false;
}

function seal({ buffer, records }: LogWriter, start: number, end: number): void {
  if (records !== undefined) {
    records.seal(start);
    return;
  }
  crc.update(buffer, start, start + 4);
  crc.update(buffer, start + RECORD_HEADER_BYTES, end);
  writeU32(buffer, start + 4, crc.finish());
}

/** Hands all buffered records to the system; after an error the rest stays buffered for a retry. */
export function flushRecords(writer: LogWriter): void {
  requireOpen(writer);
  try {
    while (writer.bufferStart < writer.bufferEnd) {
      const written = writeWaiting(writer);
      writer.bufferStart += written;
      writer.fileBytes += written;
    }
  } catch (cause) {
    throw writeError(writer, cause);
  }
  writer.bufferStart = 0;
  writer.bufferEnd = 0;
  writer.bufferFirstOffset = writer.nextOffset;
  if (writer.fileBytes - writer.aheadBytes >= SYNC_AHEAD_BYTES) syncAhead(writer);
}

/** By a native call where this machine's own disk is meant. */
function writeWaiting(writer: LogWriter): number {
  const { disk, records, file, bufferStart: start, bufferEnd: end, fileBytes } = writer;
  if (disk === nodeDisk && records !== undefined) {
    const { descriptor } = file;
    return writtenBy(file.path, records, { descriptor, start, end, position: fileBytes });
  }
  const bytes = writer.buffer.subarray(start, end);
  return tookSome(file.path, disk.write(file, bytes, fileBytes));
}

function syncAhead(writer: LogWriter): void {
  const { disk, file } = writer;
  if (disk.startSync === undefined || writer.isSyncingAhead) return;
  writer.aheadBytes = writer.fileBytes;
  writer.isSyncingAhead = true;
  disk.startSync(file, () => {
    writer.isSyncingAhead = false;
  });
}

/** Flushes, and returns once every record is on the medium; an error of the sync ends the log. */
export function syncRecords(writer: LogWriter): void {
  flushRecords(writer);
  if (writer.syncedOffset === writer.nextOffset) return;
  try {
    writer.disk.fdatasync(writer.file);
  } catch (cause) {
    throw fail(writer, cause);
  }
  writer.syncedOffset = writer.nextOffset;
}

/** Syncs and closes; a log that has failed is only closed, its error has been thrown before. */
export function closeWriter(writer: LogWriter): void {
  if (writer.state === 'closed') return;
  try {
    if (writer.state === 'open') syncRecords(writer);
  } finally {
    writer.state = 'closed';
    writer.disk.close(writer.file);
    writer.unlock();
  }
}

/** Records below it are whole in the file. */
export function flushedOffset(writer: LogWriter): number {
  let offset = writer.bufferFirstOffset;
  let end = 0;
  while (end < writer.bufferStart) {
    end += RECORD_HEADER_BYTES + readU32(writer.buffer, end);
    if (end <= writer.bufferStart) offset += 1;
  }
  return offset;
}

/**
 * Ends the segment and begins the next. The old one is synced first, so that only the last segment
 * of a log can ever be torn, also after a loss of power. Costs one sync of what was not yet synced.
 */
function rollSegment(writer: LogWriter): void {
  syncRecords(writer);
  const { disk, directory, originNs } = writer;
  const header = { firstOffset: writer.nextOffset, originNs };
  const oldFile = writer.file;
  let draft: DiskFile;
  try {
    draft = draftSegment(disk, directory, header);
  } catch (cause) {
    throw writeError(writer, cause);
  }
  try {
    writer.file = publishSegment(disk, draft);
  } catch (cause) {
    throw fail(writer, cause);
  }
  writer.fileBytes = SEGMENT_HEADER_BYTES;
  writer.aheadBytes = SEGMENT_HEADER_BYTES;
  writer.segmentFirstOffset = header.firstOffset;
  disk.close(oldFile);
}

/** Writes a new segment under a passing name: no reader ever sees half a header. */
export function draftSegment(disk: Disk, directory: string, header: SegmentHeader): DiskFile {
  const draft = disk.open(`${segmentPath(directory, header.firstOffset)}.tmp`, 'create');
  try {
    const bytes = encodeSegmentHeader(header);
    for (let at = 0; at < bytes.length; ) {
      at += tookSome(draft.path, disk.write(draft, bytes.subarray(at), at));
    }
    return draft;
  } catch (error) {
    disk.close(draft);
    throw error;
  }
}

/** Brings a draft to the medium under its own name and opens it. */
export function publishSegment(disk: Disk, draft: DiskFile): DiskFile {
  try {
    disk.fdatasync(draft);
  } finally {
    disk.close(draft);
  }
  const file = draft.path.slice(0, -'.tmp'.length);
  disk.rename(draft.path, file);
  disk.syncDirectory(path.dirname(file));
  return disk.open(file, 'update');
}

function writeU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
}

function requireOpen(writer: LogWriter): void {
  switch (writer.state) {
    case 'open':
      return;
    case 'closed':
      throw new OutriderError('bad-usage', `${writer.directory} is closed; open the log again`);
    case 'failed':
      throw new OutriderError('disk', `${writer.directory} takes no records: ${lost(writer)}`);
  }
}

/** A failed sync is not repeated: the system may have dropped the pages and report success. */
function fail(writer: LogWriter, cause: unknown): OutriderError {
  writer.state = 'failed';
  return new OutriderError('disk', `${messageOf(cause)}; ${lost(writer)}`, { cause });
}

function lost(writer: LogWriter): string {
  return (
    `a sync has failed. Kept: records below ${writer.syncedOffset}. Not sure to be kept: records ` +
    `from there to below ${writer.nextOffset}. Check the disk, then open the log again`
  );
}

function writeError(writer: LogWriter, cause: unknown): OutriderError {
  const written = flushedOffset(writer);
  const waiting = writer.nextOffset - written;
  const text =
    `${messageOf(cause)}. Written: records below ${written}. Not written: ${waiting} buffered ` +
    `records from there on, lost if the process ends now. Free disk space, then flush again`;
  return new OutriderError('disk', text, { cause });
}

function tooLong(writer: LogWriter, length: number): OutriderError {
  return new OutriderError(
    'limit',
    `payload has ${length} bytes, more than recordBytesMax ${writer.recordBytesMax} of ` +
      `${writer.directory}; split it, or open the log with a larger maximum`,
  );
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
