/** Walks the records of one segment through a small buffer; stops where the bytes are no record. */

import type { Disk, DiskFile } from '../disk.ts';
import { createCrc32c } from './crc32c.ts';
import {
  decodeSegmentHeader,
  RECORD_BYTES_CEILING,
  RECORD_HEADER_BYTES,
  SEGMENT_HEADER_BYTES,
  type SegmentHeader,
  type TearReason,
} from './segment.ts';

/** Read from the file at a time; a longer record gets a buffer of its own size. */
export const READ_CHUNK_BYTES = 128 * 1024;

export type SegmentReader = {
  readonly file: DiskFile;
  readonly header: SegmentHeader;
  /** Size of the file in bytes when it was opened; what is appended later is not seen. */
  readonly sizeBytes: number;
  /** Byte position after the last record given out. */
  position: number;
  /** Why the bytes at `position` are no record, once `nextPayload` has met such bytes. */
  fault: TearReason | undefined;
  /** Holds the file's bytes from `bufferPosition` on, `bufferBytes` of them. */
  buffer: Uint8Array;
  bufferPosition: number;
  bufferBytes: number;
};

const crc = createCrc32c();

/** Opens a segment and checks its header (`bad-log`), standing before its first record. */
export function openSegmentReader(disk: Disk, file: string, firstOffset: number): SegmentReader {
  const opened = disk.open(file, 'read');
  try {
    const sizeBytes = disk.sizeOf(opened);
    const reader: SegmentReader = {
      file: opened,
      header: { firstOffset, originNs: 0n },
      sizeBytes,
      position: 0,
      fault: undefined,
      buffer: new Uint8Array(Math.min(READ_CHUNK_BYTES, sizeBytes)),
      bufferPosition: 0,
      bufferBytes: 0,
    };
    const headerBytes = Math.min(SEGMENT_HEADER_BYTES, sizeBytes);
    const start = load(disk, reader, headerBytes);
    const bytes = reader.buffer.subarray(start, start + headerBytes);
    const header = decodeSegmentHeader(bytes, file, firstOffset);
    return { ...reader, header, position: SEGMENT_HEADER_BYTES };
  } catch (error) {
    disk.close(opened);
    throw error;
  }
}

/** The next payload, a view valid until the next call; undefined at the end or at a fault. */
export function nextPayload(disk: Disk, reader: SegmentReader): Uint8Array | undefined {
  if (reader.fault !== undefined || reader.position === reader.sizeBytes) return undefined;
  const header = load(disk, reader, RECORD_HEADER_BYTES);
  if (header < 0) return stop(reader, 'truncated');
  const length = readU32(reader.buffer, header);
  if (length > RECORD_BYTES_CEILING) return stop(reader, 'bad-length');
  const start = load(disk, reader, RECORD_HEADER_BYTES + length);
  if (start < 0) return stop(reader, 'truncated');
  if (!isRecord(reader.buffer, start, length)) return stop(reader, 'bad-checksum');
  reader.position += RECORD_HEADER_BYTES + length;
  const payload = start + RECORD_HEADER_BYTES;
  return reader.buffer.subarray(payload, payload + length);
}

/** Whether the record at `start`, whose payload has `length` bytes, bears the right checksum. */
export function isRecord(bytes: Uint8Array, start: number, length: number): boolean {
  const payload = start + RECORD_HEADER_BYTES;
  crc.update(bytes, start, start + 4);
  crc.update(bytes, payload, payload + length);
  return crc.finish() === readU32(bytes, start + 4);
}

export function readU32(bytes: Uint8Array, at: number): number {
  const high = (bytes[at + 3]! << 24) >>> 0;
  return high + (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16));
}

function stop(reader: SegmentReader, fault: TearReason): undefined {
  reader.fault = fault;
}

/** Index in the buffer of `position` with `wanted` bytes behind it; -1 if the file has fewer. */
function load(disk: Disk, reader: SegmentReader, wanted: number): number {
  const from = reader.position - reader.bufferPosition;
  if (from + wanted <= reader.bufferBytes) return from;
  if (reader.position + wanted > reader.sizeBytes) return -1;
  const kept = reader.buffer.subarray(Math.min(from, reader.bufferBytes), reader.bufferBytes);
  const target = wanted <= reader.buffer.length ? reader.buffer : new Uint8Array(wanted);
  target.set(kept, 0);
  reader.buffer = target;
  reader.bufferPosition = reader.position;
  reader.bufferBytes = kept.length;
  while (reader.bufferBytes < wanted) {
    const at = reader.bufferPosition + reader.bufferBytes;
    const read = disk.read(reader.file, target.subarray(reader.bufferBytes), at);
    if (read === 0) return -1;
    reader.bufferBytes += read;
  }
  return 0;
}
