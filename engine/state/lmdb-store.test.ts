/** The store on disk: what it gives back must be what the one in memory would. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { text } from '../streams/text-codec.ts';
import { LmdbStore, openLmdb } from './lmdb-store.ts';
import { openMemoryStore } from './memory-store.ts';
import type { StateStore } from './store.ts';

const CODEC = { name: 'texts', key: text, value: text };

async function inStore(use: (open: () => LmdbStore<string, string>) => Promise<void>) {
  const directory = mkdtempSync(path.join(tmpdir(), 'outrider-lmdb-'));
  const database = openLmdb(path.join(directory, 'db'));
  try {
    await use(() => new LmdbStore(database, CODEC));
  } finally {
    await database.close();
    rmSync(directory, { recursive: true });
  }
}

const key = fc.constantFrom('', 'a', 'aa', 'b', 'ba', 'é', '\u{10000}', 'z');
const step = fc.oneof(
  fc.record({ type: fc.constant('set' as const), key, value: fc.string({ maxLength: 3 }) }),
  fc.record({ type: fc.constant('delete' as const), key }),
  fc.record({ type: fc.constant('restore' as const), key, value: fc.string({ maxLength: 3 }) }),
  fc.record({ type: fc.constant('commit' as const) }),
  fc.record({ type: fc.constant('range' as const), from: key, to: key }),
);
type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never;

const drained = (store: StateStore<string, string>) => {
  const changes: string[] = [];
  store.drainChanges((bytes, value) => {
    changes.push(`${text.decode(bytes)}=${value === null ? '-' : text.decode(value)}`);
  });
  return changes.sort();
};

async function take(stores: StateStore<string, string>[], each: Step): Promise<void> {
  for (const store of stores) {
    switch (each.type) {
      case 'set':
        store.set(each.key, each.value);
        break;
      case 'delete':
        store.delete(each.key);
        break;
      case 'restore':
        // As in life: nothing is restored over changes that are not committed.
        drained(store);
        if (store instanceof LmdbStore) await store.committed();
        store.restore(text.encode(each.key), text.encode(each.value));
        break;
      case 'commit':
      case 'range':
    }
  }
}

describe('a store in LMDB', () => {
  it('says what one in memory says, whatever is asked in whatever order', () =>
    inStore(async open => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 30 }), async steps => {
          const lmdb = open();
          lmdb.clear();
          const memory = openMemoryStore(CODEC);
          for (const each of steps) {
            await take([lmdb, memory], each);
            if (each.type === 'commit') {
              drained(lmdb);
              drained(memory);
              await lmdb.committed();
            } else if (each.type === 'range') {
              const { from, to } = each;
              expect([...lmdb.range(from, to)]).toEqual([...memory.range(from, to)]);
            } else expect(lmdb.get(each.key)).toBe(memory.get(each.key));
            expect(lmdb.size).toBe(memory.size);
          }
          expect([...lmdb.range()]).toEqual([...memory.range()]);
          lmdb.close();
        }),
        { numRuns: 150 },
      );
    }));

  it('forgets with a crash what was not committed, drained or not, and nothing else', () =>
    inStore(async open => {
      const before = open();
      before.set('kept', '1');
      before.set('changed', '1');
      expect(drained(before)).toEqual(['changed=1', 'kept=1']);
      await before.committed();
      before.set('changed', '2');
      drained(before);
      before.set('new', '3');
      const after = open();
      expect([...after.range()]).toEqual([
        ['changed', '1'],
        ['kept', '1'],
      ]);
    }));

  it('refuses a key that LMDB has no room for, before the task goes on without it', () =>
    inStore(async open => {
      expect(() => open().set('k'.repeat(3_000), '')).toThrow('a key has 3000 bytes, at most 1977');
    }));
});
