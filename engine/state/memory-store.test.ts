/** Stores in memory against a plain list of entries, over random changes, drains and restores. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Codec } from '../streams/task.ts';
import { openMemoryStore } from './memory-store.ts';
import type { StateStore } from './store.ts';
import { type TimedKey, timedKeyCodec } from './timed-key.ts';

const text: Codec<string> = {
  name: 'text',
  encode: value => new TextEncoder().encode(value),
  decode: bytes => new TextDecoder().decode(bytes),
  identity: value => value,
};
/** Without an identity: keys are told apart by their bytes. */
const pair: Codec<readonly [string, number]> = {
  name: 'pair',
  encode: value => text.encode(JSON.stringify(value)),
  decode: bytes => JSON.parse(text.decode(bytes)),
};
const number: Codec<number> = {
  name: 'number',
  encode: value => text.encode(String(value)),
  decode: bytes => Number(text.decode(bytes)),
};

const names = fc.constantFrom('', 'a', 'b', 'aa', 'ab', 'b\u00e9', '\u{1f600}', '\uffff');
const pairs = fc.tuple(names, fc.integer({ min: 0, max: 3 }));
const timed: fc.Arbitrary<TimedKey<string>> = fc.record({
  key: names,
  timeMs: fc.constantFrom(-5, 0, 1, 2 ** 33, 1_700_000_000_000),
  order: fc.constantFrom(0, 1, 2 ** 31, 2 ** 32 - 1),
});

const KINDS: readonly [string, Codec<unknown>, fc.Arbitrary<unknown>][] = [
  ['texts', text as Codec<unknown>, names],
  ['pairs', pair as Codec<unknown>, pairs],
  ['timed texts', timedKeyCodec(text) as Codec<unknown>, timed],
  ['timed pairs', timedKeyCodec(pair) as Codec<unknown>, timedPairs()],
];

type Step =
  | { readonly type: 'set'; readonly key: unknown; readonly value: number }
  | { readonly type: 'delete' | 'get'; readonly key: unknown }
  | { readonly type: 'range'; readonly from: unknown; readonly to: unknown }
  | { readonly type: 'drain' };

describe.each(KINDS)('%s', (_, key, keys) => {
  const open = () => openMemoryStore({ name: 'store', key, value: number });

  it('equal a plain list, and what is drained restores them, or state would be lost', () => {
    fc.assert(
      fc.property(fc.array(steps(keys), { maxLength: 60 }), list => {
        const store = open();
        const copy = open();
        const model = plainModel(key);
        for (const step of list) {
          play(step, store, model);
          if (step.type === 'drain') {
            store.drainChanges((...change) => copy.restore(...change));
            expect(contents(copy)).toEqual(model.range());
          }
        }
        expect(contents(store)).toEqual(model.range());
        expect(store.size).toBe(model.range().length);
        expect(snapshotOf(store, open())).toEqual(model.range());
      }),
      { numRuns: 300 },
    );
  });

  it('drain each changed key once, with its latest value, by its first change', () => {
    fc.assert(
      fc.property(fc.array(steps(keys), { maxLength: 40 }), list => {
        const store = open();
        const model = plainModel(key);
        for (const step of list) {
          if (step.type === 'drain') continue;
          play(step, store, model);
        }
        const drained: [string, number | null][] = [];
        store.drainChanges((bytes, value) =>
          drained.push([hex(bytes), value === null ? null : number.decode(value)]),
        );
        expect(drained).toEqual(model.changes());
        store.drainChanges(() => expect.unreachable('drained twice'));
      }),
    );
  });

  it('take deletions on the way of a range, which expiry does', () => {
    fc.assert(
      fc.property(fc.array(keys, { maxLength: 30 }), list => {
        const store = open();
        for (const each of list) store.set(each, 1);
        const seen = [...store.range()].length;
        let count = 0;
        for (const [each] of store.range()) {
          store.delete(each);
          count += 1;
        }
        expect([count, store.size]).toEqual([seen, 0]);
      }),
    );
  });
});

it('keep thousands of keys in the order of their bytes while they come and go', () => {
  const store = openMemoryStore({ name: 'store', key: text, value: number });
  const model = plainModel(text as Codec<unknown>);
  for (let at = 0; at < 5_000; at++) {
    const key = `k${(at * 7919) % 3001}`;
    if (at % 3 === 2) store.delete(key);
    else store.set(key, at);
    if (at % 3 === 2) model.delete(key);
    else model.set(key, at);
    if (at % 1_000 === 0) {
      expect([...store.range('k1', 'k2')]).toEqual(model.range('k1', 'k2'));
      store.drainChanges(() => {});
    }
  }
  expect(contents(store as StateStore<unknown, number>)).toEqual(model.range());
});

function steps(keys: fc.Arbitrary<unknown>): fc.Arbitrary<Step> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.record({ type: fc.constant('set'), key: keys, value: fc.nat(9) }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constantFrom('delete', 'get'), key: keys }) },
    fc.record({ type: fc.constant('range'), from: optional(keys), to: optional(keys) }),
    fc.record({ type: fc.constant('drain') }),
  ) as fc.Arbitrary<Step>;
}

const optional = (keys: fc.Arbitrary<unknown>) => fc.option(keys, { nil: undefined });

function timedPairs() {
  return fc.record({ key: pairs, timeMs: fc.integer({ min: 0, max: 2 }), order: fc.nat(1) });
}

function play(
  step: Step,
  store: StateStore<unknown, number>,
  model: ReturnType<typeof plainModel>,
): void {
  switch (step.type) {
    case 'set':
      store.set(step.key, step.value);
      model.set(step.key, step.value);
      break;
    case 'delete':
      store.delete(step.key);
      model.delete(step.key);
      break;
    case 'get':
      expect(store.get(step.key)).toBe(model.get(step.key));
      break;
    case 'range':
      expect([...store.range(step.from, step.to)]).toEqual(model.range(step.from, step.to));
      break;
    case 'drain':
      break;
  }
}

/** By the hex of its bytes, whose order is the bytes'. */
function plainModel(codec: Codec<unknown>) {
  const entries = new Map<string, number>();
  const touched = new Set<string>();
  const hexOf = (key: unknown) => hex(codec.encode(key));
  return {
    get: (key: unknown) => entries.get(hexOf(key)),
    set(key: unknown, value: number) {
      entries.set(hexOf(key), value);
      touched.add(hexOf(key));
    },
    delete(key: unknown) {
      if (entries.delete(hexOf(key))) touched.add(hexOf(key));
    },
    range(from?: unknown, to?: unknown): [unknown, number][] {
      return [...entries]
        .filter(([key]) => from === undefined || key >= hexOf(from))
        .filter(([key]) => to === undefined || key < hexOf(to))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, value]) => [codec.decode(Buffer.from(key, 'hex')), value]);
    },
    changes: () => [...touched].map(key => [key, entries.get(key) ?? null]),
  };
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

const contents = (store: StateStore<unknown, number>) => [...store.range()];

function snapshotOf(store: StateStore<unknown, number>, fresh: StateStore<unknown, number>) {
  for (const [key, value] of store.entries()) fresh.restore(key, value);
  return contents(fresh);
}
