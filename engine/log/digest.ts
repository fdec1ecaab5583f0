/** One hash for a whole log, so that two runs can be compared by a line of text. */

import { createHash } from 'node:crypto';
import type { Disk } from '../disk.ts';
import { readLog } from './read.ts';

/**
 * SHA-256 (hex) over every whole record's length (u32, little endian) and payload, in order.
 * Segment borders, origin and a torn end do not enter: recovery leaves the digest as it was.
 * Errors: those of `readLog`.
 */
export function logDigest(directory: string, options: { readonly disk?: Disk } = {}): string {
  const hash = createHash('sha256');
  const length = Buffer.alloc(4);
  for (const record of readLog({ directory, ...options })) {
    length.writeUInt32LE(record.payload.length);
    hash.update(length).update(record.payload);
  }
  return hash.digest('hex');
}
