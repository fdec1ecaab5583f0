/** Bytes: without these tests, records could change meaning between writer and reader. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter } from './bytes.ts';
import { type ErrorCode, OutriderError } from './error.ts';

type Kind = 'u8' | 'u16' | 'u32' | 'i32' | 'safeInteger' | 'f64' | 'varint' | 'zigZag';
type Field =
  | { kind: Kind; value: number }
  | { kind: 'bytes'; value: Uint8Array }
  | { kind: 'text'; value: string };

const LENGTH_MAX = 300;

function numberField(kind: Kind, values: fc.Arbitrary<number>): fc.Arbitrary<Field> {
  return values.map(value => ({ kind, value: kind === 'f64' ? value : value + 0 }));
}

/** Integers of every magnitude, not only of the largest. */
function integers(least: number, most: number): fc.Arbitrary<number> {
  const any = fc.maxSafeInteger().map(value => Math.min(most, Math.max(least, value)));
  const scaled = fc
    .tuple(fc.double({ min: least, max: most, noNaN: true }), fc.nat(52))
    .map(([value, shift]) => Math.trunc(value / 2 ** shift));
  return fc.oneof(any, scaled, fc.constantFrom(least, most, 0, 1, 127, 128));
}

const field: fc.Arbitrary<Field> = fc.oneof(
  numberField('u8', fc.nat(0xff)),
  numberField('u16', fc.nat(0xffff)),
  numberField('u32', integers(0, 2 ** 32 - 1)),
  numberField('i32', fc.integer()),
  numberField('safeInteger', integers(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)),
  numberField('f64', fc.double()),
  numberField('varint', integers(0, Number.MAX_SAFE_INTEGER)),
  numberField('zigZag', integers(-(2 ** 52), 2 ** 52 - 1)),
  fc.uint8Array({ maxLength: LENGTH_MAX }).map(value => ({ kind: 'bytes', value }) as const),
  fc
    .string({ unit: 'binary', maxLength: LENGTH_MAX / 4 })
    .map(value => ({ kind: 'text', value }) as const),
);

function write(writer: ByteWriter, field: Field): void {
  if (field.kind === 'bytes') writer.bytes('field', field.value, LENGTH_MAX);
  else if (field.kind === 'text') writer.text('field', field.value, LENGTH_MAX);
  else writer[field.kind]('field', field.value);
}

function read(reader: ByteReader, kind: Field['kind']): Field['value'] {
  if (kind === 'bytes') return reader.bytes('field', LENGTH_MAX).slice();
  if (kind === 'text') return reader.text('field', LENGTH_MAX);
  return reader[kind]('field');
}

function errorOf(action: () => unknown): { code: ErrorCode; message: string } {
  try {
    action();
  } catch (error) {
    if (error instanceof OutriderError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('bytes', () => {
  const writer = new ByteWriter({ bytesInitial: 1, bytesMax: 64 * 1024 });
  const reader = new ByteReader();

  it('brings back every field as it was written, or records would lie', () => {
    fc.assert(
      fc.property(fc.array(field, { maxLength: 20 }), fields => {
        writer.reset();
        for (const each of fields) write(writer, each);
        reader.reset(writer.written());
        for (const each of fields) expect(read(reader, each.kind)).toStrictEqual(each.value);
        reader.end('record');
      }),
      { numRuns: 2000 },
    );
  });

  it('has one encoding for a value, or equal runs would have different digests', () => {
    const kinds = fc.constantFrom<Kind[]>('varint', 'zigZag', 'safeInteger', 'u32', 'i32');
    const continued = fc
      .tuple(fc.array(fc.integer({ min: 0x80, max: 0xff }), { maxLength: 8 }), fc.nat(0x7f))
      .map(([groups, last]) => Uint8Array.from([...groups, last]));
    const any = fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 9 }), continued);
    fc.assert(
      fc.property(kinds, any, (kind, bytes) => {
        reader.reset(bytes);
        let value: number;
        try {
          value = reader[kind]('field');
        } catch (error) {
          expect(error).toBeInstanceOf(OutriderError);
          return;
        }
        writer.reset();
        writer[kind]('field', value);
        expect([...writer.written()]).toEqual([...bytes.subarray(0, writer.length)]);
        expect(writer.length).toBe(bytes.length - reader.remaining);
      }),
      { numRuns: 5000 },
    );
  });

  it('writes the documented layout, or other languages could not read it', () => {
    writer.reset();
    writer.u16('field', 0x0102);
    writer.i32('field', -2);
    writer.safeInteger('field', -1);
    writer.safeInteger('field', 2 ** 40 + 3);
    writer.varint('field', 300);
    writer.zigZag('field', -2);
    writer.text('field', 'é', 2);
    const hex = Buffer.from(writer.written()).toString('hex');
    expect(hex).toBe('0201feffffffffffffffffffffff0300000000010000ac020302c3a9');
  });

  it('meets random bytes with a value or a bad-frame error, never with anything else', () => {
    const kinds: Field['kind'][] = [
      ...(['u8', 'u16', 'u32', 'i32', 'safeInteger', 'f64', 'varint', 'zigZag'] as const),
      ...(['bytes', 'text'] as const),
    ];
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.array(fc.constantFrom(0, 1, 2, 0x7f, 0x80, 0xff), { maxLength: 40 }).map(Buffer.from),
    );
    let refused = 0;
    fc.assert(
      fc.property(bytes, fc.array(fc.constantFrom(...kinds), { maxLength: 12 }), (bytes, order) => {
        reader.reset(bytes);
        try {
          for (const kind of order) read(reader, kind);
          reader.end('record');
        } catch (error) {
          expect((error as OutriderError).code).toBe('bad-frame');
          expect((error as Error).message).toMatch(/^(field|record) /);
          refused += 1;
        }
      }),
      { numRuns: 20_000 },
    );
    expect(refused).toBeGreaterThan(0);
  });

  it('names the field when bytes end too early, at every cut', () => {
    writer.reset();
    writer.u32('instrument', 7);
    writer.text('news', 'rates up', 20);
    writer.f64('weight', 0.5);
    const whole = writer.written().slice();
    for (let length = 0; length < whole.length; length++) {
      reader.reset(whole.subarray(0, length));
      const name = length < 4 ? 'instrument' : length < 13 ? 'news' : 'weight';
      const error = errorOf(() => {
        reader.u32('instrument');
        reader.text('news', 20);
        reader.f64('weight');
      });
      expect(error.code).toBe('bad-frame');
      expect(error.message).toContain(name);
    }
  });

  it('bounds a length before it takes memory, in both directions', () => {
    writer.reset();
    writer.varint('field', Number.MAX_SAFE_INTEGER);
    reader.reset(writer.written());
    expect(errorOf(() => reader.bytes('body', 100)).message).toMatch(/body has 9007199254740991/);
    expect(errorOf(() => writer.bytes('body', new Uint8Array(101), 100)).code).toBe('limit');
    expect(errorOf(() => writer.text('name', 'ééé', 5)).code).toBe('limit');
    const small = new ByteWriter({ bytesMax: 10 });
    small.safeInteger('first', 1);
    expect(errorOf(() => small.u32('second', 1))).toMatchObject({ code: 'limit' });
    expect(errorOf(() => small.u32('second', 1)).message).toMatch(/second ends 12 bytes/);
  });

  it('refuses values that do not fit their field instead of writing others', () => {
    const bad: [Kind, number][] = [
      ['u8', 256],
      ['u16', -1],
      ['u32', 2 ** 32],
      ['i32', 2 ** 31],
      ['safeInteger', 2 ** 53],
      ['varint', -1],
      ['zigZag', 2 ** 52],
      ['u32', 1.5],
      ['varint', Number.NaN],
    ];
    for (const [kind, value] of bad) {
      const error = errorOf(() => writer[kind]('price', value));
      expect(error.code).toBe('bad-usage');
      expect(error.message).toContain(`price is ${value}`);
    }
    expect(errorOf(() => writer.text('name', '\ud800', 10)).code).toBe('bad-usage');
  });

  it('refuses text that is not UTF-8 and bytes left over', () => {
    reader.reset(Uint8Array.of(2, 0xc3, 0x28));
    expect(errorOf(() => reader.text('name', 10)).message).toMatch(/name is not UTF-8/);
    reader.reset(Uint8Array.of(1, 2));
    reader.u8('field');
    expect(errorOf(() => reader.end('quote')).message).toMatch(/quote is followed by 1 byte/);
  });
});
