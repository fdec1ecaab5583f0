/** Texts as UTF-8; short ones that come again, as keys do, are not decoded or encoded again. */

import { OutriderError } from '../error.ts';
import type { Codec } from './task.ts';

/** A power of two. */
const KEPT_TEXTS = 4_096;
const KEPT_BYTES_MAX = 32;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/*
  Texts by a hash of their bytes, one a slot, the latest:

  lengths   | 10 |  0 | 7 | ...     0: nobody has it
  bytes     | k e y - 0 0 0 0 0 1 (up to 32) | ...
  texts     | 'key-000001' | ...
*/
const keptLengths = new Uint8Array(KEPT_TEXTS);
const keptBytes = new Uint8Array(KEPT_TEXTS * KEPT_BYTES_MAX);
const keptTexts: string[] = new Array(KEPT_TEXTS).fill('');
const bytesOf = new Map<string, Uint8Array>();

/** UTF-8. The same text may give the same bytes object: nobody may write into it. */
export const text: Codec<string> = {
  name: 'text',
  encode(value) {
    const kept = bytesOf.get(value);
    if (kept !== undefined) return kept;
    if (!value.isWellFormed()) {
      throw new OutriderError('bad-data', 'text has a lone surrogate: it has no UTF-8');
    }
    const bytes = encoder.encode(value);
    if (bytes.length > KEPT_BYTES_MAX) return bytes;
    if (bytesOf.size >= KEPT_TEXTS) bytesOf.clear();
    bytesOf.set(value, bytes);
    return bytes;
  },
  decode(bytes) {
    const { length } = bytes;
    if (length > KEPT_BYTES_MAX || length === 0) return decodeText(bytes);
    const slot = hashOf(bytes) & (KEPT_TEXTS - 1);
    const from = slot * KEPT_BYTES_MAX;
    if (keptLengths[slot] === length && isKept(bytes, from)) return keptTexts[slot]!;
    const value = decodeText(bytes);
    keptBytes.set(bytes, from);
    keptLengths[slot] = length;
    keptTexts[slot] = value;
    return value;
  },
  identity: value => value,
};

function decodeText(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new OutriderError('bad-data', `text of ${bytes.length} bytes is not UTF-8`, { cause });
  }
}

/** As FNV-1a, four bytes at a time. */
function hashOf(bytes: Uint8Array): number {
  const { length } = bytes;
  let hash = 0x811c9dc5 ^ length;
  let at = 0;
  for (; at + 4 <= length; at += 4) {
    const word =
      bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    hash = Math.imul(hash ^ word, 0x01000193);
    hash ^= hash >>> 15;
  }
  for (; at < length; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  return hash ^ (hash >>> 15);
}

function isKept(bytes: Uint8Array, from: number): boolean {
  for (let at = 0; at < bytes.length; at++) if (keptBytes[from + at] !== bytes[at]) return false;
  return true;
}
