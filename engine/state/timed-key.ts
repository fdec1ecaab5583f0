/** Keys with a time: windows, buffered records, versions, timers; ordered by key, time, order. */

import { OutriderError } from '../error.ts';
import type { Codec } from '../streams/task.ts';
import { readInteger, readWord, writeInteger, writeWord } from './big-endian.ts';

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

/*
   0          4        4 + length                12 + length      16 + length
   ┌──────────┬────────┬─────────────────────────┬────────────────┐
   │ length   │ key    │ time + 2^53, two words  │ order          │  all numbers big endian,
   └──────────┴────────┴─────────────────────────┴────────────────┘  so bytes sort as they do
*/

export function timedKeyCodec<Key>(inner: Codec<Key>): TimedKeyCodec<Key> {
  return {
    name: `timed ${inner.name}`,
    inner,
    encode({ key, timeMs, order }) {
      const keyBytes = inner.encode(key);
      const tail = LENGTH_BYTES + keyBytes.length;
      const encoded = new Uint8Array(tail + TAIL_BYTES);
      writeWord(encoded, 0, keyBytes.length);
      encoded.set(keyBytes, LENGTH_BYTES);
      writeInteger(encoded, tail, timeMs);
      writeWord(encoded, tail + TIME_BYTES, order);
      return encoded;
    },
    decode(bytes) {
      const tail = bytes.length - TAIL_BYTES;
      if (tail < LENGTH_BYTES || readWord(bytes, 0) !== tail - LENGTH_BYTES) {
        throw new OutriderError(
          'bad-data',
          `timed key of ${bytes.length} bytes: its length field does not fit; of another store?`,
        );
      }
      return {
        key: inner.decode(bytes.subarray(LENGTH_BYTES, tail)),
        timeMs: readInteger(bytes, tail),
        order: readWord(bytes, tail + TIME_BYTES),
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
