/** The bytes of a log on disk: headers of segments, and records; all little endian. */

import { badLog } from './bad-log.ts';
import { createCrc32c } from './crc32c.ts';

/*
  <directory>/00000000000000000000.segment     records 0 to 1041
  <directory>/00000000000000001042.segment     records 1042 on

  segment  0         4         8              16          24         28
           +---------+---------+--------------+-----------+----------+--------+--------+----
           | "ORLG"  | version | first offset | origin ns | crc32c   | record | record | ...
           | 4 bytes | u32     | u64          | i64       | u32      |        |        |
           +---------+---------+--------------+-----------+----------+--------+--------+----
                                                            of 0 to 23

  record   0         4         8
           +---------+---------+------------------+
           | length  | crc32c  | payload          |
           | u32     | u32     | `length` bytes   |
           +---------+---------+------------------+
                       of length, then payload: a run of zeros is no record
*/
export const SEGMENT_HEADER_BYTES = 28;
export const RECORD_HEADER_BYTES = 8;
/** No log may hold a longer payload, so a damaged length never makes a reader allocate more. */
export const RECORD_BYTES_CEILING = 16 * 1024 * 1024;

const MAGIC = 'ORLG';
const VERSION = 1;
const CHECKED_BYTES = 24;
const crc = createCrc32c();

/** Why bytes after the last whole record are not a record. */
export type TearReason = 'truncated' | 'bad-length' | 'bad-checksum' | 'zero-filled';

export type SegmentHeader = { readonly firstOffset: number; readonly originNs: bigint };

export function encodeSegmentHeader(header: SegmentHeader): Uint8Array {
  const bytes = Buffer.alloc(SEGMENT_HEADER_BYTES);
  bytes.write(MAGIC, 0, 'latin1');
  bytes.writeUInt32LE(VERSION, 4);
  bytes.writeBigUInt64LE(BigInt(header.firstOffset), 8);
  bytes.writeBigInt64LE(header.originNs, 16);
  crc.update(bytes, 0, CHECKED_BYTES);
  bytes.writeUInt32LE(crc.finish(), CHECKED_BYTES);
  return bytes;
}

/** The header in the first bytes of `file`, which must name `firstOffset`; else `bad-log`. */
export function decodeSegmentHeader(
  bytes: Uint8Array,
  file: string,
  firstOffset: number,
): SegmentHeader {
  const restore = `restore it from a copy, or move it and later segments away`;
  const header = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (header.length < SEGMENT_HEADER_BYTES) {
    throw badLog(file, `has ${header.length} of ${SEGMENT_HEADER_BYTES} header bytes`, restore);
  }
  const magic = header.toString('latin1', 0, 4);
  if (magic !== MAGIC) {
    throw badLog(file, `begins with ${JSON.stringify(magic)}, not "${MAGIC}"`, restore);
  }
  const version = header.readUInt32LE(4);
  if (version !== VERSION) {
    throw badLog(
      file,
      `has format version ${version}, this program reads version ${VERSION}`,
      'read it with the program that wrote it',
    );
  }
  crc.update(header, 0, CHECKED_BYTES);
  if (crc.finish() !== header.readUInt32LE(CHECKED_BYTES)) {
    throw badLog(file, 'has a header whose checksum is wrong', restore);
  }
  const stated = header.readBigUInt64LE(8);
  if (stated !== BigInt(firstOffset)) {
    throw badLog(
      file,
      `says in its header that it begins at offset ${stated}: a copy under another name`,
      'give it its own name back, or move it out of the log',
    );
  }
  return { firstOffset, originNs: header.readBigInt64LE(16) };
}
