/** States as bytes: what did not come back would be another gateway after a restart. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter } from '../bytes.ts';
import { OutriderError } from '../error.ts';
import { readPlainData, writePlainData } from './plain-data.ts';

function bytesOf(state: unknown, rebuilt: readonly object[] = []): Uint8Array {
  const writer = new ByteWriter({ bytesMax: 1 << 24 });
  writePlainData(writer, state, rebuilt);
  return writer.written().slice();
}

function stateOf(bytes: Uint8Array, fresh?: unknown, rebuilt: readonly object[] = []): unknown {
  const reader = new ByteReader();
  reader.reset(bytes);
  const state = readPlainData(reader, fresh, rebuilt);
  reader.end('state');
  return state;
}

const leaf = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.bigInt(),
  fc.string({ unit: 'grapheme' }),
  fc.boolean(),
  fc.constantFrom(undefined, null, -0, Number.POSITIVE_INFINITY, Number.NaN, 2 ** 52, -(2 ** 52)),
  fc.uint8Array(),
  fc.uint8Array().map(bytes => Buffer.from(bytes)),
  fc.float64Array(),
  fc.uint32Array(),
);
const { state: anyState } = fc.letrec(tie => ({
  state: fc.oneof({ depthSize: 'medium', withCrossShrink: true }, leaf, tie('container')),
  container: fc.oneof(
    fc.array(tie('state'), { maxLength: 6 }),
    fc.dictionary(fc.string({ maxLength: 6 }), tie('state'), { maxKeys: 6, noNullPrototype: true }),
    fc.array(fc.tuple(leaf, tie('state')), { maxLength: 6 }).map(entries => new Map(entries)),
    fc.array(leaf, { maxLength: 6 }).map(values => new Set(values)),
  ),
}));

describe('a state and its bytes', () => {
  it('comes back as it was, and as the same bytes', () => {
    fc.assert(
      fc.property(anyState, state => {
        fc.pre(!JSON.stringify(plain(state)).includes('__proto__'));
        const bytes = bytesOf(state);
        const again = stateOf(bytes);
        expect(again).toStrictEqual(state);
        expect(bytesOf(again)).toEqual(bytes);
      }),
      { numRuns: 500 },
    );
  });

  it('has one encoding, in whatever order the keys were made', () => {
    expect(bytesOf({ b: 1, a: { d: 2, c: 3 } })).toEqual(bytesOf({ a: { c: 3, d: 2 }, b: 1 }));
  });

  it('keeps what two places share shared, and cycles closed', () => {
    const order = { lots: 3, next: undefined as unknown };
    order.next = order;
    const desk = { order, records: [order], bytes: Buffer.from('ab'), again: undefined as unknown };
    desk.again = desk.bytes;
    const again = stateOf(bytesOf(desk)) as typeof desk;
    expect(again.records[0]).toBe(again.order);
    expect(again.order.next).toBe(again.order);
    expect(again.again).toBe(again.bytes);
    expect(Buffer.isBuffer(again.bytes)).toBe(true);
  });

  it('fills the objects of a fresh state, which others hold as well', () => {
    const made = () => ({
      memory: new Uint8Array(4),
      held: { count: 0 },
      seen: new Map(),
      gone: 1,
    });
    const { gone: _, ...state } = made();
    state.memory.set([1, 2, 3, 4]);
    state.held.count = 7;
    state.seen.set('a', { b: -0 });
    const fresh = made();
    const { memory, held, seen } = fresh;
    expect(stateOf(bytesOf(state), fresh)).toBe(fresh);
    expect(fresh).toStrictEqual(state);
    expect([fresh.memory, fresh.held, fresh.seen]).toEqual([memory, held, seen]);
    expect(fresh.memory).toBe(memory);
    expect(held.count).toBe(7);
  });

  it('gives two values two objects where the fresh state has one', () => {
    const one = { count: 0 };
    const bytes = bytesOf({ first: { count: 1 }, second: { count: 2 } });
    expect(stateOf(bytes, { first: one, second: one })).toEqual({
      first: { count: 1 },
      second: { count: 2 },
    });
  });

  it('names what is rebuilt instead of writing it', () => {
    const wire = { encode: () => 1 };
    const other = { encode: () => 2 };
    const bytes = bytesOf({ wire, lots: 1 }, [{}, wire]);
    expect(stateOf(bytes, undefined, [{}, other])).toEqual({ wire: other, lots: 1 });
  });
});

describe('what no snapshot holds', () => {
  it.each([
    ['a closure', { desk: { judge: () => 0 } }, 'desk.judge is a function'],
    ['an instance', { desk: [new Date(0)] }, 'desk.0 is of a class'],
    ['a symbol', { name: Symbol('a') }, 'name is a symbol'],
    ['an unlisted array', { times: new Float32Array(1) }, 'times is an array of a type'],
  ])('%s is refused with its place', (_, state, message) => {
    expect(() => bytesOf(state)).toThrow(message);
  });

  it('is too deep a nest', () => {
    let state: unknown = 1;
    for (let depth = 0; depth < 100; depth++) state = [state];
    expect(() => bytesOf(state)).toThrow('deeper than 64');
    expect(() => stateOf(new Uint8Array(1000).map((_, at) => (at % 2 === 0 ? 8 : 1)))).toThrow(
      OutriderError,
    );
  });
});

it('refuses any other bytes with an error that says so, and never makes memory for them', () => {
  const whole = bytesOf({ a: [1, 2n, 'text', new Map([[1, { b: -0 }]])], c: Buffer.from('abc') });
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 200 }),
        fc.tuple(fc.nat(whole.length - 1), fc.nat(255)).map(([at, byte]) => {
          const changed = whole.slice();
          changed[at] = byte;
          return changed;
        }),
      ),
      bytes => {
        let state: unknown;
        try {
          state = stateOf(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(OutriderError);
          return;
        }
        expect(stateOf(bytesOf(state))).toStrictEqual(state);
      },
    ),
    { numRuns: 3000 },
  );
});

const plain = (state: unknown): unknown =>
  JSON.stringify(state, (_, value) => (typeof value === 'bigint' ? String(value) : value)) ?? '';
