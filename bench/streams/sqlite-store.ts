/** A store in SQLite, the peer of those that are shipped: written as carefully as they are. */

import { DatabaseSync } from 'node:sqlite';
import type { MeasuredStore } from './store-worker.ts';

type Change = { readonly bytes: Buffer; readonly value: Uint8Array };

/** Changes wait in memory until they are committed, as those of LMDB do. */
export function openSqliteStore(path: string): MeasuredStore {
  const database = new DatabaseSync(path);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  database.exec('CREATE TABLE entries (key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID');
  const select = database.prepare('SELECT value FROM entries WHERE key = ?');
  const upsert = database.prepare('INSERT OR REPLACE INTO entries VALUES (?, ?)');
  const between = database.prepare(
    'SELECT key, value FROM entries WHERE key >= ? AND key < ? ORDER BY key',
  );
  const changed = new Map<string, Change>();
  const commit = () => {
    database.exec('BEGIN');
    for (const { bytes, value } of changed.values()) upsert.run(bytes, value);
    database.exec('COMMIT');
    changed.clear();
  };
  return {
    get(key) {
      const fresh = changed.get(key)?.value;
      return numberOf(fresh ?? (select.get(Buffer.from(key))?.value as Uint8Array | undefined));
    },
    set: (key, value) => void changed.set(key, { bytes: Buffer.from(key), value: bytesOf(value) }),
    *range(from, to) {
      for (const row of between.iterate(Buffer.from(from!), Buffer.from(to!))) {
        const { key, value } = row as { key: Uint8Array; value: Uint8Array };
        yield [Buffer.from(key).toString(), numberOf(value)!];
      }
    },
    drainChanges(append) {
      for (const { bytes, value } of changed.values()) append(bytes, value);
    },
    committed: async () => commit(),
    restore(key, value) {
      const bytes = Buffer.from(key);
      changed.set(bytes.toString(), { bytes, value: value! });
      if (changed.size >= RESTORED_MAX) commit();
    },
    keep: () => void database.exec('PRAGMA wal_checkpoint(TRUNCATE)'),
    close: () => database.close(),
  };
}

const RESTORED_MAX = 10_000;

function bytesOf(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  return bytes;
}

function numberOf(bytes: Uint8Array | undefined): number | undefined {
  if (bytes === undefined) return undefined;
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getFloat64(0);
}
