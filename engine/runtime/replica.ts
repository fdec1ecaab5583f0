/** The state of a task on this machine: its stores, and how far they follow its changelog. */

import type { OutgoingRecord, PartitionBatch, TopicPartition } from '../broker/record.ts';
import { OutriderError } from '../error.ts';
import type { StateStore } from '../state/store.ts';
import type { StreamTask, SubTopology, TaskPlace } from '../streams/task.ts';
import type { TaskName } from './assignment.ts';
import { changelogKey, changelogPrefix, splitChangelogKey } from './changelog-record.ts';

/**
 * What holds at any time: the stores have what the changelog says before `position`, maybe some of
 * what follows, and nothing that was not committed. Taking the changelog in from there on therefore
 * ends in its own state, whatever was ahead.
 */
export type Replica = {
  readonly task: TaskName;
  readonly changelog: TopicPartition | undefined;
  readonly stores: ReadonlyMap<string, OpenedStore>;
  position: number;
  /** Its stores are empty from then on. */
  isClosed: boolean;
  /** The task over the stores as they are now. */
  createTask(): StreamTask;
};

export type OpenedStore = {
  readonly store: StateStore<unknown, unknown>;
  /** What its keys in the changelog begin with; undefined where it is not logged. */
  readonly prefix: Uint8Array | undefined;
};

/** Opens a store of a task: in memory, or on disk at a place of its own. */
export type OpenStore = TaskPlace['openStore'];

export type ReplicaOptions = {
  readonly task: TaskName;
  readonly subTopology: SubTopology;
  readonly partition: number;
  readonly partitionCounts: ReadonlyMap<string, number>;
  readonly changelog: TopicPartition | undefined;
  readonly openStore: OpenStore;
};

/** Throws `bad-config` where the task opens a store that its sub-topology does not name. */
export function openReplica(options: ReplicaOptions): Replica {
  const { task, subTopology, partition, partitionCounts, changelog } = options;
  const stores = new Map<string, OpenedStore>();
  const openStore: OpenStore = codec => {
    type Opened = ReturnType<typeof options.openStore<never, never>>;
    const found = stores.get(codec.name)?.store as unknown as Opened | undefined;
    if (found !== undefined) return found as never;
    const settings = subTopology.stores.find(({ name }) => name === codec.name);
    if (settings === undefined) {
      const text = `task ${task} opens store ${codec.name}, which its sub-topology does not name`;
      throw new OutriderError('bad-config', `${text}; add it to its stores`);
    }
    const store = options.openStore(codec);
    const prefix = settings.isLogged ? changelogPrefix(codec.name) : undefined;
    stores.set(codec.name, { store: store as StateStore<unknown, unknown>, prefix });
    return store;
  };
  const createTask = () => subTopology.createTask({ partition, openStore, partitionCounts });
  // A first task tells which stores there are; the one that runs is made once they are restored.
  createTask();
  return { task, changelog, stores, position: 0, isClosed: false, createTask };
}

/** Takes a batch of the changelog in. Errors: `bad-data`. */
export function followChangelog(replica: Replica, batch: PartitionBatch): void {
  for (const { key: bytes, value, offset } of batch.records) {
    if (offset < replica.position) continue;
    const { store: name, key } = splitChangelogKey(bytes);
    const opened = replica.stores.get(name);
    if (opened?.prefix === undefined) {
      const text = `${batch.topic}: a record is of store ${name}, which task ${replica.task} lacks`;
      throw new OutriderError('bad-data', `${text}; give a changed topology a new application id`);
    }
    opened.store.restore(key, value);
  }
  if (batch.nextOffset > replica.position) replica.position = batch.nextOffset;
}

const NO_HEADERS: OutgoingRecord['headers'] = [];

/** Appends the changes of all stores to `records`. Those that are not logged are forgotten. */
export function drainReplica(
  { stores, changelog }: Replica,
  records: OutgoingRecord[],
  timestampMs: number,
): void {
  for (const { store, prefix } of stores.values()) {
    store.drainChanges((key, value) => {
      if (prefix === undefined || changelog === undefined) return;
      const { topic, partition } = changelog;
      const keyBytes = changelogKey(prefix, key);
      records.push({ topic, partition, key: keyBytes, value, headers: NO_HEADERS, timestampMs });
    });
  }
}

export function closeReplica(replica: Replica): void {
  replica.isClosed = true;
  for (const { store } of replica.stores.values()) store.close();
}
