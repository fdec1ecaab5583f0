/** Values of windows as bytes: start and end in front, 8 bytes each. */

import { OutriderError } from '../error.ts';
import { readInteger, writeInteger } from '../state/big-endian.ts';
import type { Codec } from './task.ts';
import type { Windowed } from './windows.ts';

const HEAD_BYTES = 16;

/** The codec of what an aggregate over windows gives, made from that of its values. */
export function windowed<Value>(inner: Codec<Value>): Codec<Windowed<Value>> {
  return {
    name: `windowed ${inner.name}`,
    encode({ startMs, endMs, value }) {
      const tail = inner.encode(value);
      const encoded = new Uint8Array(HEAD_BYTES + tail.length);
      writeInteger(encoded, 0, startMs);
      writeInteger(encoded, 8, endMs);
      encoded.set(tail, HEAD_BYTES);
      return encoded;
    },
    decode(encoded) {
      if (encoded.length < HEAD_BYTES) {
        throw new OutriderError(
          'bad-data',
          `windowed value: ${encoded.length} bytes, at least ${HEAD_BYTES} have start and end`,
        );
      }
      const value = inner.decode(encoded.subarray(HEAD_BYTES));
      return { startMs: readInteger(encoded, 0), endMs: readInteger(encoded, 8), value };
    },
  };
}
