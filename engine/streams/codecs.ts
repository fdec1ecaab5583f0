/** Codecs for keys and values: numbers, bytes, JSON, and ways to put codecs together. */

import { OutriderError } from '../error.ts';
import {
  readFloat,
  readInteger,
  readWord,
  writeFloat,
  writeInteger,
  writeWord,
} from '../state/big-endian.ts';
import type { Codec } from './task.ts';

/** Memory of one's own costs more than the copy: a slab is given out piece by piece. */
const SLAB_BYTES = 8_192;
const SHARED_BYTES_MAX = 1_024;
let slab = new ArrayBuffer(SLAB_BYTES);
let slabAt = 0;
const NO_BYTES = new Uint8Array(0);
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** The bytes themselves, copied on decoding; small ones share memory with their neighbours. */
export const bytes: Codec<Uint8Array> = {
  name: 'bytes',
  encode: value => value,
  decode(value) {
    if (value.length > SHARED_BYTES_MAX) return value.slice();
    if (slabAt + value.length > SLAB_BYTES) {
      slab = new ArrayBuffer(SLAB_BYTES);
      slabAt = 0;
    }
    const copy = new Uint8Array(slab, slabAt, value.length);
    copy.set(value);
    slabAt += value.length;
    return copy;
  },
};

/** Integers up to 2^53 - 1 either way, 8 bytes whose order is the numbers'. */
export const integer: Codec<number> = {
  name: 'integer',
  encode(value) {
    if (!Number.isSafeInteger(value)) throw bad('integer', `${value} is no safe integer`);
    const encoded = new Uint8Array(8);
    writeInteger(encoded, 0, value);
    return encoded;
  },
  decode(encoded) {
    checkLength('integer', encoded, 8);
    const value = readInteger(encoded, 0);
    if (!Number.isSafeInteger(value)) throw bad('integer', 'beyond 2^53 - 1');
    return value;
  },
  // -0 and 0 have the same bytes, and are the same in a Map.
  identity: value => value,
};

/** IEEE 754, 8 bytes, big endian. */
export const float64: Codec<number> = {
  name: 'float64',
  encode(value) {
    const encoded = new Uint8Array(8);
    writeFloat(encoded, 0, value);
    return encoded;
  },
  decode(encoded) {
    checkLength('float64', encoded, 8);
    return readFloat(encoded, 0);
  },
};

/** JSON in UTF-8; `check` makes what was parsed a value, or throws OutriderError `bad-data`. */
export function json<Value>(check: (parsed: unknown) => Value): Codec<Value> {
  return {
    name: 'json',
    encode: value => encoder.encode(JSON.stringify(value)),
    decode(encoded) {
      let parsed: unknown;
      try {
        parsed = JSON.parse(decoder.decode(encoded));
      } catch (cause) {
        throw new OutriderError('bad-data', `json: ${(cause as Error).message}`, { cause });
      }
      return check(parsed);
    },
  };
}

/** For topics whose records have no key. */
export const keyless: Codec<null> = {
  name: 'keyless',
  encode: () => NO_BYTES,
  decode: () => null,
  identity: () => true,
};

/** A codec's values in an object of several: field by field, each behind its length. */
export function fields<Value extends object>(
  codecs: {
    readonly [Name in keyof Value]: Codec<Value[Name]>;
  },
): Codec<Value> {
  const names = Object.keys(codecs) as (keyof Value & string)[];
  return {
    name: `fields ${names.join(' ')}`,
    encode(value) {
      const parts = names.map(name => codecs[name].encode(value[name]));
      const encoded = new Uint8Array(parts.reduce((sum, part) => sum + 4 + part.length, 0));
      let at = 0;
      for (const part of parts) {
        writeWord(encoded, at, part.length);
        encoded.set(part, at + 4);
        at += 4 + part.length;
      }
      return encoded;
    },
    decode(encoded) {
      const value: Partial<Value> = {};
      let at = 0;
      for (const name of names) {
        const length = at + 4 <= encoded.length ? readWord(encoded, at) : Number.POSITIVE_INFINITY;
        if (length > encoded.length - at - 4) throw bad(`field ${name}`, 'is cut off');
        value[name] = codecs[name].decode(encoded.subarray(at + 4, at + 4 + length));
        at += 4 + length;
      }
      if (at !== encoded.length) throw bad('fields', `${encoded.length - at} bytes are left over`);
      return value as Value;
    },
  };
}

/** A number before each value, as windows, joins and states keep them: 8 bytes, then the value. */
export function withNumber<Value>(
  inner: Codec<Value>,
): Codec<{ readonly number: number; readonly value: Value }> {
  return {
    name: `number and ${inner.name}`,
    encode({ number, value }) {
      const tail = inner.encode(value);
      const encoded = new Uint8Array(8 + tail.length);
      writeFloat(encoded, 0, number);
      encoded.set(tail, 8);
      return encoded;
    },
    decode(encoded) {
      if (encoded.length < 8) throw bad('number', `needs 8 bytes, ${encoded.length} are there`);
      return { number: readFloat(encoded, 0), value: inner.decode(encoded.subarray(8)) };
    },
  };
}

function checkLength(name: string, encoded: Uint8Array, length: number): void {
  if (encoded.length === length) return;
  throw bad(name, `needs ${length} bytes, ${encoded.length} are there`);
}

const bad = (what: string, problem: string) =>
  new OutriderError('bad-data', `${what}: ${problem}; was it written by another codec?`);
