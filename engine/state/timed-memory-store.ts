/** A store in memory for keys with times: those of one key lie together, sorted by time. */

import type { Codec, StoreCodec } from '../streams/task.ts';
import { type ChangeList, changeList } from './change-list.ts';
import { type Keyed, KeyTable } from './key-table.ts';
import { lowerBound } from './ordered-index.ts';
import type { StateStore } from './store.ts';
import type { TimedKey, TimedKeyCodec } from './timed-key.ts';

/** All times of one key. */
type Row<Key, Value> = Keyed<Key> & {
  entries: Entry<Key, Value>[];
  /** Some entries were deleted and are not drained yet. */
  hasDeleted: boolean;
};

type Entry<Key, Value> = {
  readonly timed: TimedKey<Key>;
  readonly row: Row<Key, Value>;
  /** Undefined once deleted. */
  value: Value | undefined;
  isChanged: boolean;
};

export function openTimedMemoryStore<Key, Value>(
  codec: StoreCodec<TimedKey<Key>, Value> & { readonly key: TimedKeyCodec<Key> },
): StateStore<TimedKey<Key>, Value> {
  const rows = new Rows<Key, Value>(codec.key.inner);
  const changes: ChangeList<Entry<Key, Value>> = changeList();
  return {
    name: codec.name,
    get: timed => rows.entry(timed)?.value,
    set: (timed, value) => changes.add(rows.put(timed, value)),
    delete(timed) {
      const entry = rows.clear(timed);
      if (entry !== undefined) changes.add(entry);
    },
    range(from, to) {
      if (from === undefined || from.key !== to?.key) return rows.range(from, to);
      const row = rows.table.find(from.key);
      return row === undefined ? [] : withinRow(row, from, to);
    },
    get size() {
      return rows.size;
    },
    drainChanges(append) {
      const withDeleted: Row<Key, Value>[] = [];
      changes.drain(({ timed, row, value }) => {
        append(codec.key.encode(timed), value === undefined ? null : codec.value.encode(value));
        if (value === undefined) withDeleted.push(row);
      });
      for (const row of withDeleted) if (row.hasDeleted) rows.compact(row);
    },
    restore(keyBytes, valueBytes) {
      const timed = codec.key.decode(keyBytes);
      if (valueBytes !== null) {
        rows.put(timed, codec.value.decode(valueBytes));
        return;
      }
      const entry = rows.clear(timed);
      if (entry !== undefined) rows.compact(entry.row);
    },
    *entries() {
      for (const row of rows.table.all()) {
        for (const { timed, value } of row.entries) {
          if (value !== undefined) yield [codec.key.encode(timed), codec.value.encode(value)];
        }
      }
    },
    close: () => rows.table.clear(),
  };
}

class Rows<Key, Value> {
  readonly table: KeyTable<Key, Row<Key, Value>>;
  size = 0;

  constructor(codec: Codec<Key>) {
    this.table = new KeyTable(codec, byLengthAndBytes);
  }

  entry(timed: TimedKey<Key>): Entry<Key, Value> | undefined {
    const row = this.table.find(timed.key);
    return row === undefined ? undefined : findEntry(row, timed);
  }

  put(timed: TimedKey<Key>, value: Value): Entry<Key, Value> {
    let row = this.table.find(timed.key);
    if (row === undefined) {
      row = { key: timed.key, bytes: undefined, entries: [], hasDeleted: false };
      this.table.add(row);
    }
    const entry = entryAt(row, timed);
    if (entry.value === undefined) this.size += 1;
    entry.value = value;
    return entry;
  }

  /** Takes the value from an entry, which is returned if it had one. */
  clear(timed: TimedKey<Key>): Entry<Key, Value> | undefined {
    const entry = this.entry(timed);
    if (entry?.value === undefined) return undefined;
    entry.value = undefined;
    entry.row.hasDeleted = true;
    this.size -= 1;
    return entry;
  }

  /** Drops what was deleted, and the row with its last entry. */
  compact(row: Row<Key, Value>): void {
    row.entries = row.entries.filter(entry => entry.value !== undefined);
    row.hasDeleted = false;
    if (row.entries.length === 0 && this.table.find(row.key) === row) this.table.remove(row);
  }

  /** As the codec of timed keys orders them. */
  *range(
    from: TimedKey<Key> | undefined,
    to: TimedKey<Key> | undefined,
  ): Generator<readonly [TimedKey<Key>, Value], void> {
    const first = from === undefined ? undefined : this.#bytesOf(from.key);
    const end = to === undefined ? undefined : this.#bytesOf(to.key);
    for (const row of this.table.inOrder(from?.key)) {
      const bytes = this.table.bytesOf(row);
      const isFirst = first !== undefined && byLengthAndBytes(bytes, first) === 0;
      const beyond = end === undefined ? -1 : byLengthAndBytes(bytes, end);
      if (beyond > 0) return;
      yield* withinRow(row, isFirst ? from : undefined, beyond === 0 ? to : undefined);
    }
  }

  #bytesOf(key: Key): Uint8Array {
    return this.table.bytesOf({ key, bytes: undefined });
  }
}

const byLengthAndBytes = (a: Uint8Array, b: Uint8Array) =>
  a.length - b.length || Buffer.compare(a, b);

function byTime<Key>(a: TimedKey<Key>, b: TimedKey<Key>): number {
  return a.timeMs - b.timeMs || a.order - b.order;
}

const byEntryTime = <Key>(
  entry: { readonly timed: TimedKey<Key> },
  bound: { readonly timed: TimedKey<Key> },
) => byTime(entry.timed, bound.timed);

function findEntry<Key, Value>(
  { entries }: Row<Key, Value>,
  timed: TimedKey<Key>,
): Entry<Key, Value> | undefined {
  // Most look-ups are for the newest.
  const newest = entries[entries.length - 1];
  if (newest !== undefined && byTime(newest.timed, timed) === 0) return newest;
  const found = entries[indexAt(entries, timed)];
  return found !== undefined && byTime(found.timed, timed) === 0 ? found : undefined;
}

function entryAt<Key, Value>(row: Row<Key, Value>, timed: TimedKey<Key>): Entry<Key, Value> {
  const found = findEntry(row, timed);
  if (found !== undefined) return found;
  const entry = { timed, row, value: undefined, isChanged: false };
  const newest = row.entries[row.entries.length - 1];
  if (newest === undefined || byTime(newest.timed, timed) < 0) row.entries.push(entry);
  else row.entries.splice(indexAt(row.entries, timed), 0, entry);
  return entry;
}

function indexAt<Key, Value>(entries: readonly Entry<Key, Value>[], timed: TimedKey<Key>): number {
  return lowerBound(entries as readonly { timed: TimedKey<Key> }[], { timed }, byEntryTime);
}

/** A copy: whoever goes through it may change the store. */
function withinRow<Key, Value>(
  { entries }: Row<Key, Value>,
  from: TimedKey<Key> | undefined,
  to: TimedKey<Key> | undefined,
): (readonly [TimedKey<Key>, Value])[] {
  const found: (readonly [TimedKey<Key>, Value])[] = [];
  for (let at = from === undefined ? 0 : indexAt(entries, from); at < entries.length; at++) {
    const { timed, value } = entries[at]!;
    if (to !== undefined && byTime(timed, to) >= 0) break;
    if (value !== undefined) found.push([timed, value]);
  }
  return found;
}
