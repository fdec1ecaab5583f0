/** Tells the torn end of a log, which may be cut, from damage inside it, which must not be. */

import type { Disk } from '../disk.ts';
import { RECORD_BYTES_CEILING, RECORD_HEADER_BYTES, type TearReason } from './segment.ts';
import { isRecord, readU32, type SegmentReader } from './segment-reader.ts';

/** Bytes searched for a whole record behind the fault: two of the longest. */
export const TAIL_SEARCH_BYTES_MAX = 2 * (RECORD_BYTES_CEILING + RECORD_HEADER_BYTES);
/** Bytes checksummed in that search; past it what follows counts as torn. */
export const TAIL_CHECKSUM_BYTES_MAX = 256 * 1024 * 1024;

export type Tail =
  | { readonly kind: 'torn'; readonly reason: TearReason }
  | { readonly kind: 'damaged'; readonly wholeRecordAt: number };

/**
 * Looks behind the fault at which `reader` stopped. A crash tears the end of the last write, so no
 * whole record follows a tear; where one follows, records that were kept have been damaged since
 * (or the machine lost power and wrote later pages first), and only a person may give them up.
 */
export function inspectTail(disk: Disk, reader: SegmentReader): Tail {
  const left = reader.sizeBytes - reader.position;
  const bytes = new Uint8Array(Math.min(left, TAIL_SEARCH_BYTES_MAX));
  let filled = 0;
  while (filled < bytes.length) {
    const read = disk.read(reader.file, bytes.subarray(filled), reader.position + filled);
    if (read === 0) break;
    filled += read;
  }
  if (bytes.every(byte => byte === 0)) return { kind: 'torn', reason: 'zero-filled' };
  const found = findRecord(bytes.subarray(0, filled));
  if (found !== undefined) return { kind: 'damaged', wholeRecordAt: reader.position + found };
  return { kind: 'torn', reason: reader.fault ?? 'truncated' };
}

/** Index of the first whole record after index 0, whatever stands before it. */
function findRecord(bytes: Uint8Array): number | undefined {
  let checksummed = 0;
  for (let at = 1; at + RECORD_HEADER_BYTES <= bytes.length; at++) {
    const length = readU32(bytes, at);
    if (length > bytes.length - at - RECORD_HEADER_BYTES) continue;
    if (isRecord(bytes, at, length)) return at;
    checksummed += length;
    if (checksummed > TAIL_CHECKSUM_BYTES_MAX) return undefined;
  }
  return undefined;
}
