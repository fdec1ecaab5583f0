/** State of tasks on this machine's disk: snapshots of stores in memory, or stores on disk. */

import { hash } from 'node:crypto';
import path from 'node:path';
import type { RootDatabase } from 'lmdb';
import { ByteReader, ByteWriter } from '../bytes.ts';
import type { Disk } from '../disk.ts';
import { OutriderError } from '../error.ts';
import {
  listSnapshots,
  pruneSnapshots,
  readSnapshot,
  SNAPSHOT_BYTES_MAX,
  writeSnapshot,
} from '../snapshot/snapshot-file.ts';
import { LmdbStore, openLmdb } from '../state/lmdb-store.ts';
import { openMemoryStore } from '../state/memory-store.ts';
import type { StateStore } from '../state/store.ts';
import type { StoreCodec } from '../streams/task.ts';
import type { TaskName } from './assignment.ts';
import type { Replica } from './replica.ts';
import { TOMBSTONES_KEPT_MS } from './topology-plan.ts';

export type LocalState = {
  openStore<Key, Value>(task: TaskName, codec: StoreCodec<Key, Value>): StateStore<Key, Value>;
  /** Takes in what was kept of the task; what cannot be trusted is left to the changelog. */
  load(replica: Replica): Promise<void>;
  /** Keeps the state as it stands at the replica's position. */
  save(replica: Replica): Promise<void>;
  /** What was drained of the store last is committed. */
  committed(store: StateStore<unknown, unknown>): Promise<void>;
  /** Positions in their changelogs of the tasks that were kept. */
  readonly kept: ReadonlyMap<TaskName, number>;
  close(): Promise<void>;
};

export type LocalStateOptions = {
  readonly disk: Disk;
  /** Without one nothing is kept. */
  readonly directory: string;
  readonly applicationId: string;
  /** Digest of the topology: state of another is not taken. */
  readonly topology: string;
  readonly store: 'memory' | 'lmdb';
  nowMs(): number;
};

/** Half of what tombstones live: state that is older may lack one that is gone. */
const AGE_MAX_MS = TOMBSTONES_KEPT_MS / 2;
const SNAPSHOTS_KEPT = 2;
const TEXT_BYTES_MAX = 255;
const ENTRY_BYTES_MAX = 64 * 1024 * 1024;
const LOCK = 'state.lock';

/** Errors: `bad-config` where another process has the directory; `disk`. */
export function openLocalState(options: LocalStateOptions): LocalState {
  const { disk, directory, applicationId, store } = options;
  const root = path.join(directory, applicationId);
  const lock = directory === '' ? undefined : lockRoot(disk, root);
  /** By task; they outlive the stores that are opened in them again and again. */
  const databases = new Map<TaskName, RootDatabase>();
  const databaseOf = (task: TaskName) => {
    const found = databases.get(task) ?? openLmdb(path.join(root, task));
    databases.set(task, found);
    return found;
  };
  const isOnDisk = store === 'lmdb';
  const keepsSnapshots = directory !== '' && !isOnDisk;
  return {
    openStore: (task, codec) =>
      isOnDisk ? new LmdbStore(databaseOf(task), codec) : openMemoryStore(codec),
    async load(replica) {
      if (isOnDisk) loadPosition(options, replica);
      else if (keepsSnapshots) loadSnapshot(options, path.join(root, replica.task), replica);
    },
    async save(replica) {
      if (replica.changelog === undefined) return;
      if (isOnDisk) await savePosition(options, replica);
      else if (keepsSnapshots) saveSnapshot(options, path.join(root, replica.task), replica);
    },
    async committed(opened) {
      if (opened instanceof LmdbStore) await opened.committed();
    },
    kept: keepsSnapshots ? keptTasks(disk, root) : new Map(),
    async close() {
      for (const database of databases.values()) await database.close();
      lock?.release();
    },
  };
}

function lockRoot(disk: Disk, root: string): { release(): void } {
  disk.makeDirectory(root);
  const lock = disk.lock(path.join(root, LOCK));
  if (!('heldByPid' in lock)) return lock;
  const text = `stateDirectory: ${root} is in use by process ${lock.heldByPid}`;
  throw new OutriderError('bad-config', `${text}; give each processor one of its own`);
}

function keptTasks(disk: Disk, root: string): Map<TaskName, number> {
  const kept = new Map<TaskName, number>();
  for (const name of disk.list(root) ?? []) {
    if (!/^\d+_\d+$/.test(name)) continue;
    const [newest] = listSnapshots(disk, path.join(root, name));
    if (newest !== undefined) kept.set(name, newest.offset);
  }
  return kept;
}

/*
  snapshot:  topology text | made at, ms f64 | entries: (store text, key bytes, value bytes) ...
             up to the end of the file; its header has the hash and the changelog's offset
*/
function saveSnapshot(options: LocalStateOptions, directory: string, replica: Replica): void {
  const { disk, topology } = options;
  const state = encodeReplica(replica, { topology, madeAtMs: options.nowMs() });
  writeSnapshot(disk, directory, {
    offset: replica.position,
    originNs: 0n,
    state,
    hash: hash('sha256', state),
  });
  pruneSnapshots(disk, directory, SNAPSHOTS_KEPT);
}

/** What a snapshot says of itself. */
export type ReplicaHead = { readonly topology: string; readonly madeAtMs: number };

/** All logged stores of a replica. Throws `limit` where they are too large for one file. */
export function encodeReplica(replica: Replica, head: ReplicaHead): Uint8Array {
  const writer = new ByteWriter({ bytesInitial: 1 << 16, bytesMax: SNAPSHOT_BYTES_MAX - 4096 });
  writer.text('topology', head.topology, TEXT_BYTES_MAX);
  writer.f64('made at', head.madeAtMs);
  for (const [name, { store, prefix }] of replica.stores) {
    if (prefix === undefined) continue;
    for (const [key, value] of store.entries()) {
      writer.text('store', name, TEXT_BYTES_MAX);
      writer.bytes('key', key, ENTRY_BYTES_MAX);
      writer.bytes('value', value, ENTRY_BYTES_MAX);
    }
  }
  return writer.written();
}

/** Hands every entry to `take`. Throws `bad-frame` for bytes that are no replica's. */
export function decodeReplica(
  bytes: Uint8Array,
  take: (store: string, key: Uint8Array, value: Uint8Array) => void,
): ReplicaHead {
  const reader = new ByteReader();
  reader.reset(bytes);
  const head = {
    topology: reader.text('topology', TEXT_BYTES_MAX),
    madeAtMs: reader.f64('made at'),
  };
  while (reader.remaining > 0) {
    const store = reader.text('store', TEXT_BYTES_MAX);
    take(store, reader.bytes('key', ENTRY_BYTES_MAX), reader.bytes('value', ENTRY_BYTES_MAX));
  }
  return head;
}

function loadSnapshot(options: LocalStateOptions, directory: string, replica: Replica): void {
  for (const found of listSnapshots(options.disk, directory)) {
    try {
      const { state, offset } = readSnapshot(options.disk, found);
      const { topology, madeAtMs } = decodeReplica(state, () => {});
      if (topology !== options.topology || madeAtMs < options.nowMs() - AGE_MAX_MS) continue;
      decodeReplica(state, (name, key, value) =>
        replica.stores.get(name)?.store.restore(key, value),
      );
      replica.position = offset;
      return;
    } catch (error) {
      // An older one, or the changelog from its beginning, has the same in the end.
      if (!(error instanceof OutriderError)) throw error;
    }
  }
}

/** The least of its stores: the changelog from there on puts the others right as well. */
function loadPosition(options: LocalStateOptions, replica: Replica): void {
  const stores = diskStores(replica);
  const marks = stores.map(store => store.mark());
  const isFit = (mark: (typeof marks)[number]) =>
    mark?.topology === options.topology && mark.madeAtMs >= options.nowMs() - AGE_MAX_MS;
  if (stores.length > 0 && marks.every(isFit)) {
    replica.position = Math.min(...marks.map(mark => mark!.position));
    return;
  }
  for (const store of stores) store.clear();
}

async function savePosition(options: LocalStateOptions, replica: Replica): Promise<void> {
  const { topology } = options;
  const mark = { topology, madeAtMs: options.nowMs(), position: replica.position };
  for (const store of diskStores(replica)) await store.setMark(mark);
}

const diskStores = ({ stores }: Replica): LmdbStore<unknown, unknown>[] =>
  [...stores.values()].flatMap(({ store, prefix }) =>
    prefix !== undefined && store instanceof LmdbStore ? [store] : [],
  );
