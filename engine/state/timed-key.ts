/** Keys with a time: windows, buffered records, versions, timers; ordered by key, time, order. */

import { OutriderError } from '../error.ts';
import type { Codec } from '../streams/task.ts';

export type TimedKey<Key> = {
  readonly key: Key;
  /** An integer of milliseconds, |timeMs| <= 2^52. */
  readonly timeMs: number;
  /** Tells keys of one time apart: 0 to 2^32 - 1. */
  readonly order: number;
};

/** A codec that stores in memory know: they keep the times of a key together. */
export type TimedKeyCodec<Key> = Codec<TimedKey<Key>> & { readonly inner: Codec<Key> };

const LENGTH_BYTES = 4;
const TIME_BYTES = 8;
const TAIL_BYTES = TIME_BYTES + 4;
const TIME_OFFSET = 2 ** 52;
const TWO_32 = 2 ** 32;

/*
   0          4        4 + length                12 + length      16 + length
   ┌──────────┬────────┬─────────────────────────┬────────────────┐
   │ length   │ key    │ time + 2^52, two words  │ order          │  all numbers big endian,
   └──────────┴────────┴─────────────────────────┴────────────────┘  so bytes sort as they do
*/

export function timedKeyCodec<Key>(inner: Codec<Key>): TimedKeyCodec<Key> {
  return {
    name: `timed ${inner.name}`,
    inner,
    encode({ key, timeMs, order }) {
      const keyBytes = inner.encode(key);
      const bytes = new Uint8Array(LENGTH_BYTES + keyBytes.length + TAIL_BYTES);
      const view = new DataView(bytes.buffer);
      const shifted = timeMs + TIME_OFFSET;
      view.setUint32(0, keyBytes.length);
      bytes.set(keyBytes, LENGTH_BYTES);
      view.setUint32(LENGTH_BYTES + keyBytes.length, Math.floor(shifted / TWO_32));
      view.setUint32(LENGTH_BYTES + keyBytes.length + 4, shifted % TWO_32);
      view.setUint32(LENGTH_BYTES + keyBytes.length + TIME_BYTES, order);
      return bytes;
    },
    decode(bytes) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const length = bytes.length - LENGTH_BYTES - TAIL_BYTES;
      if (length < 0 || view.getUint32(0) !== length) {
        throw new OutriderError(
          'bad-data',
          `timed key of ${bytes.length} bytes: its length field does not fit; of another store?`,
        );
      }
      const tail = LENGTH_BYTES + length;
      return {
        key: inner.decode(bytes.subarray(LENGTH_BYTES, tail)),
        timeMs: view.getUint32(tail) * TWO_32 + view.getUint32(tail + 4) - TIME_OFFSET,
        order: view.getUint32(tail + TIME_BYTES),
      };
    },
  };
}

export function isTimedKeyCodec(codec: Codec<unknown>): codec is TimedKeyCodec<unknown> {
  return 'inner' in codec;
}

/** The bytes of the key in the bytes of a timed one. */
export function recordKeyOfTimed(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(LENGTH_BYTES, bytes.length - TAIL_BYTES);
}
