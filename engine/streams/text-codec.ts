/** Texts as UTF-8; short ones that come again, as keys do, are not decoded or encoded again. */

import { OutriderError } from '../error.ts';
import type { Codec } from './task.ts';

/** A power of two. */
const KEPT_TEXTS = 4_096;
const KEPT_BYTES_MAX = 32;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Texts by a hash of their bytes: one a slot, the latest. */
const textOf: ({ readonly bytes: Uint8Array; readonly text: string } | undefined)[] = new Array(
  KEPT_TEXTS,
).fill(undefined);
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
    if (bytes.length > KEPT_BYTES_MAX) return decodeText(bytes);
    const slot = hashOf(bytes) & (KEPT_TEXTS - 1);
    const kept = textOf[slot];
    if (kept !== undefined && isSame(kept.bytes, bytes)) return kept.text;
    const value = decodeText(bytes);
    textOf[slot] = { bytes: bytes.slice(), text: value };
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

/** FNV-1a. */
function hashOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < bytes.length; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  return hash ^ (hash >>> 15);
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}
