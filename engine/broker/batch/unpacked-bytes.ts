/** How long packed bytes are once unpacked, read from their frames alone. */

import { OutriderError } from '../../error.ts';
import { readU32 } from './big-endian.ts';

const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const XERIAL_HEADER_BYTES = 16;

/** One block, or the blocks of Java's framing, each behind its length. */
export function snappyBytes(bytes: Buffer): number {
  if (!bytes.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) return snappyLength(bytes, 0);
  let total = 0;
  for (let at = XERIAL_HEADER_BYTES; at + 4 <= bytes.length; at += 4 + readU32(bytes, at)) {
    total += snappyLength(bytes, at + 4);
  }
  return total;
}

/** A block begins with its unpacked length, as a varint. */
function snappyLength(bytes: Uint8Array, from: number): number {
  let length = 0;
  for (let at = from, scale = 1; at < from + 5; at++, scale *= 128) {
    const byte = bytes[at] ?? 0x80;
    length += (byte & 0x7f) * scale;
    if (byte < 0x80) return length;
  }
  throw new OutriderError('bad-data', 'snappy: a block without its length');
}

const LZ4_MAGIC = 0x184d2204;
const LZ4_FLAG = { contentSize: 0b1000, blockChecksum: 0b1_0000, dictionary: 0b1 } as const;
const LZ4_STORED = 0x80000000;

/** Walks the blocks: a length that a header claims may be anything. */
export function lz4Bytes(bytes: Buffer): number {
  if (bytes.length < 7 || bytes.readUInt32LE(0) !== LZ4_MAGIC) throw badLz4('no frame');
  const flags = bytes[4]!;
  let at = 7 + (flags & LZ4_FLAG.contentSize ? 8 : 0) + (flags & LZ4_FLAG.dictionary ? 4 : 0);
  let total = 0;
  while (at + 4 <= bytes.length) {
    const size = bytes.readUInt32LE(at);
    if (size === 0) return total;
    const length = size & ~LZ4_STORED;
    at += 4;
    if (at + length > bytes.length) throw badLz4('a block is cut off');
    total += size >= LZ4_STORED ? length : lz4Block(bytes, at, at + length);
    at += length + (flags & LZ4_FLAG.blockChecksum ? 4 : 0);
  }
  return total;
}

/** Each sequence: a token with both lengths, literals, where to copy from, and more lengths. */
function lz4Block(bytes: Uint8Array, from: number, end: number): number {
  let total = 0;
  let at = from;
  const more = (length: number) => {
    let whole = length;
    if (length !== 15) return whole;
    for (let byte = 255; byte === 255 && at < end; whole += byte) byte = bytes[at++]!;
    return whole;
  };
  while (at < end) {
    const token = bytes[at++]!;
    const literals = more(token >>> 4);
    at += literals;
    total += literals;
    if (at >= end) return total;
    at += 2;
    total += more(token & 15) + 4;
  }
  return total;
}

function badLz4(what: string): OutriderError {
  return new OutriderError('bad-data', `lz4: ${what}`);
}
