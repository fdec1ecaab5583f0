/** A store on disk, for state larger than memory: the file holds what is committed, no more. */

import { type Database, open, type RootDatabase } from 'lmdb';
import { OutriderError } from '../error.ts';
import type { StoreCodec } from '../streams/task.ts';
import type { StateStore } from './store.ts';

/** How far a store on disk follows its changelog, as kept beside its entries. */
export type StoreMark = {
  /** Digest of the topology whose state it is. */
  readonly topology: string;
  /** Milliseconds since 1970. */
  readonly madeAtMs: number;
  readonly position: number;
};

/** LMDB's own bound for a page, 1,978, less the byte before each key: it takes no empty ones. */
const KEY_BYTES_MAX = 1_977;
const BEFORE_KEY = 1;
/** Entries of a changelog that are written together. */
const ARRIVED_MAX = 10_000;
/** Address space that a store may grow into. */
const MAP_BYTES = 64 * 1024 ** 3;
/** Beside the stores, none of which has a control character in its name. */
const MARKS = '\u0001marks';
const STORES_MAX = 64;

/** By the characters of its key's bytes, one a byte, which sort as the bytes do. */
type Change<Key, Value> = {
  readonly key: Key;
  readonly bytes: Buffer;
  readonly value: Value | undefined;
};

type Changes<Key, Value> = Map<string, Change<Key, Value>>;

/*
   get ──▶ changed ──▶ drained ──▶ arrived ──▶ file         the first that knows the key
              │ drainChanges ▲
              └──────────────┘ committed: into the file     a crash or an abort loses these two
*/

/** A file of a task's stores. Errors: `disk` where LMDB cannot open it. */
export function openLmdb(path: string): RootDatabase {
  try {
    return open({ path, mapSize: MAP_BYTES, maxDbs: STORES_MAX });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new OutriderError('disk', `${path}: LMDB cannot open it: ${reason}`, { cause });
  }
}

/** What is not committed is gone with `close`; the file is the caller's to close. */
export class LmdbStore<Key, Value> implements StateStore<Key, Value> {
  readonly name: string;
  readonly #codec: StoreCodec<Key, Value>;
  readonly #file: Database<Buffer, Buffer>;
  readonly #marks: Database<StoreMark, string>;
  #changed: Changes<Key, Value> = new Map();
  #drained: Changes<Key, Value> = new Map();
  #arrived = new Map<string, { readonly key: Buffer; readonly value: Buffer | null }>();

  constructor(database: RootDatabase, codec: StoreCodec<Key, Value>) {
    this.name = codec.name;
    this.#codec = codec;
    this.#file = database.openDB({
      ...{ name: codec.name, encoding: 'binary', keyEncoding: 'binary' },
    });
    this.#marks = database.openDB({ name: MARKS, encoding: 'json' });
  }

  get(key: Key): Value | undefined {
    const bytes = this.#encode(key);
    const name = latin1(bytes);
    const entry = this.#changed.get(name) ?? this.#drained.get(name);
    if (entry !== undefined) return entry.value;
    this.#settleArrived();
    const found = this.#file.get(bytes);
    return found === undefined ? undefined : this.#codec.value.decode(found);
  }

  set(key: Key, value: Value): void {
    this.#change(key, value);
  }

  delete(key: Key): void {
    this.#change(key, undefined);
  }

  *range(from?: Key, to?: Key): Iterable<readonly [Key, Value]> {
    this.#settleArrived();
    const { key: keys, value: values } = this.#codec;
    const start = from === undefined ? undefined : this.#encode(from);
    const end = to === undefined ? undefined : this.#encode(to);
    const fresh = [...this.#latest()]
      .filter(([, { bytes }]) => isWithin(bytes, start, end))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, entry]) => entry);
    const kept = this.#file.getRange({ ...(start && { start }), ...(end && { end }) });
    for (const { fresh: entry, bytes, value } of merge(fresh, kept)) {
      if (entry !== undefined) yield [entry.key, entry.value as Value];
      else yield [keys.decode(ownKey(bytes)), values.decode(value!)];
    }
  }

  get size(): number {
    this.#settleArrived();
    let size = this.#file.getCount();
    for (const { bytes, value } of this.#latest().values()) {
      if (this.#file.doesExist(bytes)) size -= 1;
      if (value !== undefined) size += 1;
    }
    return size;
  }

  drainChanges(append: (key: Uint8Array, value: Uint8Array | null) => void): void {
    for (const [name, entry] of this.#changed) {
      const { bytes, value } = entry;
      append(ownKey(bytes), value === undefined ? null : this.#codec.value.encode(value));
      this.#drained.set(name, entry);
    }
    this.#changed = new Map();
  }

  restore(key: Uint8Array, value: Uint8Array | null): void {
    const bytes = fileKey(key);
    const copy = value === null ? null : Buffer.from(value);
    this.#arrived.set(latin1(bytes), { key: bytes, value: copy });
    if (this.#arrived.size >= ARRIVED_MAX) this.#settleArrived();
  }

  *entries(): Iterable<readonly [Uint8Array, Uint8Array]> {
    this.#settleArrived();
    for (const { key, value } of this.#file.getRange()) yield [ownKey(key), value];
  }

  /** What was drained is committed: from here on it may outlive the process. */
  async committed(): Promise<void> {
    const written = this.#drained;
    let last: Promise<boolean> | undefined;
    for (const { bytes, value } of written.values()) {
      last =
        value === undefined
          ? this.#file.remove(bytes)
          : this.#file.put(bytes, viewOf(this.#codec.value.encode(value)));
    }
    await last;
    // Until here reads of the file would not have found it.
    if (this.#drained === written) this.#drained = new Map();
  }

  mark(): StoreMark | undefined {
    return this.#marks.get(this.name);
  }

  async setMark(mark: StoreMark): Promise<void> {
    this.#settleArrived();
    await this.#marks.put(this.name, mark);
  }

  /** Forgets everything: what is there cannot be trusted. */
  clear(): void {
    this.#arrived.clear();
    this.#file.clearSync();
    this.#marks.removeSync(this.name);
  }

  close(): void {
    this.#settleArrived();
    this.#changed.clear();
    this.#drained.clear();
  }

  #encode(key: Key): Buffer {
    const bytes = this.#codec.key.encode(key);
    if (bytes.length <= KEY_BYTES_MAX) return fileKey(bytes);
    const text = `store ${this.name}: a key has ${bytes.length} bytes, at most ${KEY_BYTES_MAX}`;
    throw new OutriderError('limit', `${text} go into LMDB; shorten it or keep state in memory`);
  }

  #change(key: Key, value: Value | undefined): void {
    const bytes = this.#encode(key);
    // A new one, since one that is drained is still to be written as it is.
    this.#changed.set(latin1(bytes), { key, bytes, value });
  }

  #latest(): Changes<Key, Value> {
    return new Map([...this.#drained, ...this.#changed]);
  }

  #settleArrived(): void {
    if (this.#arrived.size === 0) return;
    this.#file.transactionSync(() => {
      for (const { key, value } of this.#arrived.values()) {
        if (value === null) this.#file.removeSync(key);
        else this.#file.putSync(key, value);
      }
    });
    this.#arrived = new Map();
  }
}

function fileKey(key: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(key.length + 1);
  bytes[0] = BEFORE_KEY;
  bytes.set(key, 1);
  return bytes;
}

const ownKey = (bytes: Buffer) => bytes.subarray(1);

const latin1 = (bytes: Buffer) => bytes.toString('latin1');

const viewOf = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const isWithin = (bytes: Buffer, from: Buffer | undefined, to: Buffer | undefined) =>
  (from === undefined || Buffer.compare(bytes, from) >= 0) &&
  (to === undefined || Buffer.compare(bytes, to) < 0);

type Merged<Key, Value> = {
  readonly fresh: Change<Key, Value> | undefined;
  readonly bytes: Buffer;
  /** Of what is kept. */
  readonly value: Buffer | undefined;
};

/** In order; what is fresh hides what is kept, a deletion hides it altogether. */
function* merge<Key, Value>(
  fresh: readonly Change<Key, Value>[],
  kept: Iterable<{ key: Buffer; value: Buffer }>,
): Generator<Merged<Key, Value>> {
  let at = 0;
  for (const { key: bytes, value } of kept) {
    let isHidden = false;
    for (; at < fresh.length; at++) {
      const entry = fresh[at]!;
      const order = Buffer.compare(entry.bytes, bytes);
      if (order > 0) break;
      if (order === 0) isHidden = true;
      if (entry.value !== undefined) yield { fresh: entry, bytes: entry.bytes, value: undefined };
    }
    if (!isHidden) yield { fresh: undefined, bytes, value };
  }
  for (; at < fresh.length; at++) {
    const entry = fresh[at]!;
    if (entry.value !== undefined) yield { fresh: entry, bytes: entry.bytes, value: undefined };
  }
}
