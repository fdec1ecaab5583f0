/** Keys of text with a bound: a key is kept in every store and window that its records reach. */

import { OutriderError } from '../error.ts';
import type { Codec } from '../streams/task.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Longer keys and those that are not UTF-8 throw `bad-data` before a character is made of them. */
export function boundedKey(bytesMax: number): Codec<string> {
  const check = (bytes: Uint8Array) => {
    if (bytes.length <= bytesMax) return bytes;
    const problem = `has ${bytes.length} bytes, at most ${bytesMax} may be`;
    throw new OutriderError('bad-data', `key ${problem}; is it a key at all?`);
  };
  return {
    name: `key <= ${bytesMax} bytes`,
    encode: key => check(encoder.encode(key)),
    decode(bytes) {
      check(bytes);
      try {
        return decoder.decode(bytes);
      } catch (cause) {
        throw new OutriderError('bad-data', 'key is not UTF-8; another codec wrote it', { cause });
      }
    },
    identity: key => key,
  };
}
