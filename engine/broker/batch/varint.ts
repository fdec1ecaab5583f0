/** Zigzag varints of Kafka's records, as numbers: none of them leaves the safe integers. */

import { OutriderError } from '../../error.ts';

/** Bytes of the longest: 64 bits, seven a byte. */
export const VARINT_BYTES_MAX = 10;

const WORD = 2 ** 32;

/** Writes at `at`; returns the index behind it. */
export function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  let end = at;
  if (value >= -0x40000000 && value < 0x40000000) {
    let rest = ((value << 1) ^ (value >> 31)) >>> 0;
    for (; rest >= 0x80; rest >>>= 7) bytes[end++] = rest | 0x80;
    bytes[end++] = rest;
    return end;
  }
  let rest = value >= 0 ? value * 2 : -value * 2 - 1;
  for (; rest >= WORD; rest = Math.floor(rest / 128)) bytes[end++] = (rest % 128) | 0x80;
  for (rest >>>= 0; rest >= 0x80; rest >>>= 7) bytes[end++] = rest | 0x80;
  bytes[end++] = rest;
  return end;
}

/** Bytes that `writeVarint` takes for it. */
export function varintBytes(value: number): number {
  if (value >= -64 && value < 64) return 1;
  let bytes = 2;
  let rest = (value >= 0 ? value : -value - 1) / 64;
  for (; rest >= 128; rest /= 128) bytes++;
  return bytes;
}

/** A place in bytes that moves on with each value read. */
export type VarintCursor = { at: number };

/** Throws `bad-data` past the end, or where the value is no safe integer. */
export function readVarint(bytes: Uint8Array, cursor: VarintCursor): number {
  let at = cursor.at;
  const first = bytes[at++]!;
  // One byte is what most lengths and deltas take.
  if (first < 0x80) {
    cursor.at = at;
    return (first >>> 1) ^ -(first & 1);
  }
  let value = first & 0x7f;
  let scale = 128;
  for (let count = 1; count < VARINT_BYTES_MAX; count++) {
    const byte = bytes[at++];
    if (byte === undefined) break;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) {
      if (value > Number.MAX_SAFE_INTEGER) break;
      cursor.at = at;
      return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
    scale *= 128;
  }
  throw new OutriderError('bad-data', `varint at byte ${cursor.at} does not end in time`);
}
