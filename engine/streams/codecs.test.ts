/** Codecs: every value comes back from its bytes, and bytes that are none say so. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OutriderError } from '../error.ts';
import { timedKeyCodec } from '../state/timed-key.ts';
import { bytes, fields, float64, integer, json, keyless, withNumber } from './codecs.ts';
import type { Codec } from './task.ts';
import { text } from './text-codec.ts';
import { windowed } from './windowed-codec.ts';

const words = fc.string({ unit: 'grapheme' });
const safe = fc.maxSafeInteger();
const number = fc.double({ noNaN: true });
const named = fields<{ name: string; count: number }>({ name: text, count: integer });

const CODECS: readonly [string, Codec<unknown>, fc.Arbitrary<unknown>][] = [
  ['text', text as Codec<unknown>, words],
  ['long text', text as Codec<unknown>, fc.string({ minLength: 40 })],
  ['integer', integer as Codec<unknown>, safe],
  ['float64', float64 as Codec<unknown>, number],
  ['bytes', bytes as Codec<unknown>, fc.uint8Array()],
  ['json', json(each => each), fc.jsonValue({ noUnicodeString: false })],
  ['fields', named as Codec<unknown>, fc.record({ name: words, count: safe })],
  ['number', withNumber(text) as Codec<unknown>, fc.record({ number, value: words })],
  [
    'windowed',
    windowed(text) as Codec<unknown>,
    fc.record({ startMs: fc.nat(), endMs: fc.nat(), value: words }),
  ],
];

describe.each(CODECS)('%s', (_, codec, values) => {
  it('comes back, also from the middle of other bytes, which it does not keep', () => {
    fc.assert(
      fc.property(values, fc.nat(9), (value, before) => {
        const encoded = codec.encode(value);
        const buffer = new Uint8Array(before + encoded.length + 3).fill(7);
        buffer.set(encoded, before);
        const decoded = codec.decode(buffer.subarray(before, before + encoded.length));
        buffer.fill(0);
        // JSON has no -0, all others keep it.
        expect(codec.encode(decoded)).toEqual(encoded);
        expect(decoded).toEqual(codec.decode(encoded));
      }),
    );
  });

  it('stands in memory for what its bytes are', () => {
    const { identity } = codec;
    if (identity === undefined) return;
    fc.assert(
      fc.property(values, values, (a, b) => {
        const areSame = Buffer.compare(codec.encode(a), codec.encode(b)) === 0;
        expect(new Set([identity(a), identity(b)]).size).toBe(areSame ? 1 : 2);
      }),
    );
  });

  it('takes any bytes without a crash: a value, or bad data', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), given => {
        try {
          codec.decode(given);
        } catch (error) {
          expect(error).toBeInstanceOf(OutriderError);
          expect((error as OutriderError).code).toBe('bad-data');
        }
      }),
    );
  });
});

it('orders integers and times by their bytes, or ranges would skip some', () => {
  const timed = timedKeyCodec(text);
  fc.assert(
    fc.property(safe, safe, (a, b) => {
      const order = Buffer.compare(integer.encode(a), integer.encode(b));
      expect(order).toBe(Math.sign(a - b));
      const [timeA, timeB] = [Math.trunc(a / 4), Math.trunc(b / 4)];
      const keyOf = (timeMs: number) => timed.encode({ key: 'k', timeMs, order: 1 });
      expect(Buffer.compare(keyOf(timeA), keyOf(timeB))).toBe(Math.sign(timeA - timeB));
    }),
  );
});

it('says of text that has no UTF-8 that it is bad data', () => {
  expect(() => text.encode('\ud800')).toThrow('lone surrogate');
  expect(keyless.decode(new Uint8Array(3))).toBe(null);
});
