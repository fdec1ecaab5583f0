/** Measures one store in a process of its own, so that its memory is its own: prints JSON. */

import { hash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ByteWriter, nodeDisk, seededRandom, writeSnapshot } from '#engine';
import { LmdbStore, openLmdb, openMemoryStore } from '#engine/runtime';
import { float64, text } from '#engine/streams';
import { openSqliteStore } from './sqlite-store.ts';

export const STORES = ['memory', 'lmdb', 'sqlite'] as const;
export type StoreName = (typeof STORES)[number];

/** What a store of texts and numbers does here. */
export type MeasuredStore = {
  get(key: string): number | undefined;
  set(key: string, value: number): void;
  range(from?: string, to?: string): Iterable<readonly [string, number]>;
  drainChanges(append: (key: Uint8Array, value: Uint8Array | null) => void): void;
  restore(key: Uint8Array, value: Uint8Array | null): void;
  /** Writes what was drained. */
  committed?(): Promise<void>;
  /** What a clean end does so that the next start has it. */
  keep(): void;
  close(): void;
};

export type StoreFigures = {
  readonly store: StoreName;
  readonly keys: number;
  /** Nanoseconds of CPU an operation; writes with their share of the commits. */
  readonly setNs: number;
  readonly updateNs: number;
  readonly getNs: number;
  /** An entry of ranges of a hundred. */
  readonly rangeNs: number;
  /** Seconds of CPU for all keys. */
  readonly restoreS: number;
  readonly keepS: number;
  /** Resident memory of the process with all keys in it, megabytes. */
  readonly residentMb: number;
};

/** Changes a commit: about what an interval of 50 ms has at 200,000 a second. */
const CHANGES_A_COMMIT = 10_000;
const RANGE_ENTRIES = 100;
const CODEC = { name: 'measured', key: text, value: float64 };

const keyOf = (index: number) => `instrument-${String(index).padStart(9, '0')}`;

function open(name: StoreName, directory: string): MeasuredStore {
  switch (name) {
    case 'memory': {
      const store = openMemoryStore(CODEC);
      return Object.assign(store, { keep: () => keepAll(store.entries(), directory) });
    }
    case 'lmdb': {
      const database = openLmdb(join(directory, 'lmdb'));
      // A clean end has nothing left to write.
      return Object.assign(new LmdbStore(database, CODEC), { keep() {} });
    }
    case 'sqlite':
      return openSqliteStore(join(directory, 'sqlite'));
  }
}

/** As the runtime keeps stores of memory: all entries, hashed and synced. */
function keepAll(entries: Iterable<readonly [Uint8Array, Uint8Array]>, directory: string): void {
  const writer = new ByteWriter({ bytesInitial: 1 << 16, bytesMax: 1 << 27 });
  for (const [key, value] of entries) {
    writer.bytes('key', key, 1 << 20);
    writer.bytes('value', value, 1 << 20);
  }
  const state = writer.written();
  const snapshot = { offset: 1, originNs: 0n, state, hash: hash('sha256', state) };
  writeSnapshot(nodeDisk, directory, snapshot);
}

/** Milliseconds of CPU of all threads: neither other programs on the machine count nor a disk. */
async function timed(work: () => Promise<void> | void): Promise<number> {
  const began = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1_000;
}

async function write(store: MeasuredStore, keys: readonly number[]): Promise<void> {
  let count = 0;
  for (const key of keys) {
    store.set(keyOf(key), key);
    count += 1;
    if (count % CHANGES_A_COMMIT > 0) continue;
    store.drainChanges(() => {});
    await store.committed?.();
  }
  store.drainChanges(() => {});
  await store.committed?.();
}

async function measure(name: StoreName, keys: number): Promise<StoreFigures> {
  const directory = mkdtempSync(join(tmpdir(), 'outrider-store-'));
  const random = seededRandom('stores');
  const drawn = Array.from({ length: keys }, () => random.nextU32() % keys);
  const store = open(name, directory);
  const before = process.memoryUsage().rss;
  const setMs = await timed(() => write(store, shuffled(keys, random)));
  const residentMb = (process.memoryUsage().rss - before) / 1e6;
  const updateMs = await timed(() => write(store, drawn));
  let found = 0;
  const getMs = await timed(() => {
    for (const key of drawn) found += store.get(keyOf(key)) === undefined ? 0 : 1;
  });
  let walked = 0;
  const rangeMs = await timed(() => {
    for (let start = 0; start + RANGE_ENTRIES <= keys; start += RANGE_ENTRIES * 10) {
      for (const _ of store.range(keyOf(start), keyOf(start + RANGE_ENTRIES))) walked += 1;
    }
  });
  const keepMs = await timed(() => store.keep());
  store.close();
  if (found !== keys) throw new Error(`${name}: ${found} of ${keys} keys found`);
  const restoreMs = await measureRestore(name, keys, directory);
  rmSync(directory, { recursive: true });
  const each = (ms: number, count = keys) => Math.round((ms * 1e6) / count);
  return {
    ...{ store: name, keys, setNs: each(setMs), updateNs: each(updateMs), getNs: each(getMs) },
    ...{ rangeNs: each(rangeMs, walked), restoreS: restoreMs / 1e3, keepS: keepMs / 1e3 },
    residentMb,
  };
}

function shuffled(count: number, random: ReturnType<typeof seededRandom>): number[] {
  const list = Array.from({ length: count }, (_, index) => index);
  for (let at = count - 1; at > 0; at--) {
    const other = random.nextU32() % (at + 1);
    [list[at], list[other]] = [list[other]!, list[at]!];
  }
  return list;
}

/** Entries as they come from a changelog, into an empty store. */
async function measureRestore(name: StoreName, keys: number, directory: string): Promise<number> {
  const entries = shuffled(keys, seededRandom('restore')).map(key => ({
    key: text.encode(keyOf(key)),
    value: float64.encode(key),
  }));
  const store = open(name, mkdtempSync(join(directory, 'restore-')));
  const tookMs = await timed(async () => {
    for (const { key, value } of entries) store.restore(key, value);
    // The last portion is written by the first look-up, or the first commit.
    if (store.get(keyOf(0)) !== 0) throw new Error(`${name}: key 0 was not restored`);
    await store.committed?.();
  });
  store.close();
  return tookMs;
}

const [script, name, keys] = process.argv.slice(1);
if (script === import.meta.filename && name !== undefined) {
  console.log(JSON.stringify(await measure(name as StoreName, Number(keys))));
  process.exit(0);
}
