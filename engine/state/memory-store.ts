/** A store in memory: typed values in a Map, bytes only where they leave the process. */

import type { StoreCodec } from '../streams/task.ts';
import { type ChangeList, changeList } from './change-list.ts';
import { type Keyed, KeyTable } from './key-table.ts';
import type { StateStore } from './store.ts';
import { isTimedKeyCodec, type TimedKeyCodec } from './timed-key.ts';
import { openTimedMemoryStore } from './timed-memory-store.ts';

/** A deleted entry stays until its deletion is drained: a key changes once between two drains. */
type Entry<Key, Value> = Keyed<Key> & {
  value: Value | undefined;
  isChanged: boolean;
};

export function openMemoryStore<Key, Value>(codec: StoreCodec<Key, Value>): StateStore<Key, Value> {
  if (isTimedKeyCodec(codec.key as StoreCodec<unknown, unknown>['key'])) {
    const timed = { ...codec, key: codec.key as unknown as TimedKeyCodec<unknown> };
    return openTimedMemoryStore(timed) as unknown as StateStore<Key, Value>;
  }
  return plainStore(codec);
}

function plainStore<Key, Value>(codec: StoreCodec<Key, Value>): StateStore<Key, Value> {
  const table = new KeyTable<Key, Entry<Key, Value>>(codec.key, Buffer.compare);
  const changes: ChangeList<Entry<Key, Value>> = changeList();
  let size = 0;

  const put = (key: Key, value: Value) => {
    let entry = table.find(key);
    if (entry === undefined) {
      entry = { key, bytes: undefined, value: undefined, isChanged: false };
      table.add(entry);
    }
    if (entry.value === undefined) size += 1;
    entry.value = value;
    return entry;
  };
  const clear = (key: Key) => {
    const entry = table.find(key);
    if (entry?.value === undefined) return undefined;
    entry.value = undefined;
    size -= 1;
    return entry;
  };

  return {
    name: codec.name,
    get: key => table.find(key)?.value,
    set: (key, value) => changes.add(put(key, value)),
    delete(key) {
      const entry = clear(key);
      if (entry !== undefined) changes.add(entry);
    },
    *range(from, to) {
      const end = to === undefined ? undefined : codec.key.encode(to);
      for (const entry of table.inOrder(from)) {
        if (end !== undefined && Buffer.compare(table.bytesOf(entry), end) >= 0) return;
        if (entry.value !== undefined) yield [entry.key, entry.value];
      }
    },
    get size() {
      return size;
    },
    drainChanges: append =>
      changes.drain(entry => {
        const { key, value } = entry;
        append(codec.key.encode(key), value === undefined ? null : codec.value.encode(value));
        if (value === undefined) table.remove(entry);
      }),
    restore(keyBytes, valueBytes) {
      const key = codec.key.decode(keyBytes);
      if (valueBytes !== null) {
        put(key, codec.value.decode(valueBytes));
        return;
      }
      const entry = clear(key);
      if (entry !== undefined) table.remove(entry);
    },
    entries: () => encoded(codec, table.all()),
    close: () => table.clear(),
  };
}

function* encoded<Key, Value>(
  codec: StoreCodec<Key, Value>,
  entries: Iterable<Entry<Key, Value>>,
): Generator<readonly [Uint8Array, Uint8Array], void> {
  for (const { key, value } of entries) {
    if (value !== undefined) yield [codec.key.encode(key), codec.value.encode(value)];
  }
}
