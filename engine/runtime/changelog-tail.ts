/** Follows changelogs: standbys for ever, tasks until they are restored. One reader serves all. */

import type { Broker } from '../broker/port.ts';
import type { PartitionReader } from '../broker/reader.ts';
import type { PartitionBatch, TopicPartition } from '../broker/record.ts';
import { OutriderError } from '../error.ts';
import { followChangelog, type Replica } from './replica.ts';
import type { RuntimePorts, RuntimeTime, Waker } from './runtime-time.ts';

export type ChangelogTail = {
  /** Keeps the replica near the end of its changelog until it is let go. */
  follow(replica: Replica): void;
  /** Done once the replica has all before `end`, or is let go. Fails where the tail does. */
  restore(replica: Replica, end: number): Promise<void>;
  /** From here on nothing of the changelog reaches the replica. */
  letGo(replica: Replica): void;
  /** Records that it lacked when its changelog was last read. */
  lagOf(replica: Replica): number;
  close(): Promise<void>;
};

export type ChangelogTailOptions = {
  readonly broker: Broker;
  readonly time: RuntimeTime;
  readonly ports: RuntimePorts;
  /** The tail is at an end: no replica is followed any more. */
  onFailure(error: unknown): void;
};

type Followed = {
  readonly replica: Replica;
  readonly changelog: TopicPartition;
  /** Sought since it was added: batches of before are of another place. */
  isSought: boolean;
  readonly end: number;
  readonly restored: PromiseWithResolvers<void> | undefined;
  lag: number;
};

type State = {
  readonly options: ChangelogTailOptions;
  readonly followed: Map<string, Followed>;
  /** To be left out of the next polls. */
  readonly released: TopicPartition[];
  readonly waker: Waker;
  reader: PartitionReader | undefined;
  isClosed: boolean;
  /** Why it is at an end. */
  failure: { readonly error: unknown } | undefined;
};

const POLL_WAIT_MS = 20;
/** Reads that fail one after the other before the tail gives up. */
const FAILURES_MAX = 20;
const RETRY_MS = 100;

export function openChangelogTail(options: ChangelogTailOptions): ChangelogTail {
  const followed = new Map<string, Followed>();
  const waker = options.time.createWaker();
  const state: State = {
    ...{ options, followed, released: [], waker, reader: undefined, isClosed: false },
    failure: undefined,
  };
  const running = run(state).catch(error => {
    state.isClosed = true;
    state.failure = { error };
    for (const { restored } of followed.values()) restored?.reject(error);
    options.onFailure(error);
  });
  return {
    follow: replica => add(state, replica, Number.POSITIVE_INFINITY),
    restore(replica, end) {
      const restored = Promise.withResolvers<void>();
      add(state, replica, end, restored);
      return restored.promise;
    },
    letGo(replica) {
      const { changelog } = replica;
      const entry = changelog === undefined ? undefined : followed.get(keyOf(changelog));
      if (entry?.replica === replica) finish(state, entry);
    },
    lagOf: ({ changelog }) =>
      (changelog === undefined ? undefined : followed.get(keyOf(changelog))?.lag) ?? 0,
    async close() {
      state.isClosed = true;
      waker.wake();
      await running;
      await state.reader?.close();
    },
  };
}

const keyOf = ({ topic, partition }: TopicPartition) => `${partition} ${topic}`;

function add(state: State, ...[replica, end, restored]: AddedReplica): void {
  const { changelog, position } = replica;
  if (state.failure !== undefined) {
    restored?.reject(state.failure.error);
    return;
  }
  if (changelog === undefined || position >= end) {
    restored?.resolve();
    return;
  }
  const lag = end === Number.POSITIVE_INFINITY ? 0 : end - position;
  const entry = { replica, changelog, isSought: false, end, restored, lag };
  state.followed.set(keyOf(changelog), entry);
  state.waker.wake();
}

type AddedReplica = [replica: Replica, end: number, restored?: PromiseWithResolvers<void>];

function finish(state: State, entry: Followed): void {
  state.followed.delete(keyOf(entry.changelog));
  state.released.push(entry.changelog);
  entry.restored?.resolve();
}

async function run(state: State): Promise<void> {
  const { followed, options } = state;
  let failures = 0;
  while (!state.isClosed) {
    if (followed.size === 0) {
      await state.waker.until();
      continue;
    }
    let batches: readonly PartitionBatch[];
    try {
      const reader = await openReader(state);
      seekAll(state, reader);
      batches = await reader.poll();
      failures = 0;
    } catch (error) {
      failures += 1;
      if (failures > FAILURES_MAX) throw error;
      await reopen(state);
      await options.time.sleep(RETRY_MS);
      continue;
    }
    for (const batch of batches) take(state, batch);
    // A long restore must not keep sockets and heartbeats waiting.
    if (batches.length > 0) await options.ports.nextTurn();
  }
}

async function openReader(state: State): Promise<PartitionReader> {
  const { broker } = state.options;
  state.reader ??= await broker.reader({
    ...{ from: [], isolation: 'read-committed', pollWaitMs: POLL_WAIT_MS },
  });
  return state.reader;
}

/** A reader that failed is of no use; what it stood at is known by the replicas. */
async function reopen(state: State): Promise<void> {
  const { reader } = state;
  state.reader = undefined;
  for (const entry of state.followed.values()) entry.isSought = false;
  await reader?.close().catch(() => {});
}

/** Between two polls, so that none is under way at another place. */
function seekAll({ followed, released }: State, reader: PartitionReader): void {
  const gone = released.splice(0).filter(place => !followed.has(keyOf(place)));
  if (gone.length > 0) reader.pause(gone);
  for (const entry of followed.values()) {
    if (entry.isSought) continue;
    entry.isSought = true;
    reader.seek({ ...entry.changelog, offset: entry.replica.position });
    reader.resume([entry.changelog]);
  }
}

function take(state: State, batch: PartitionBatch): void {
  const entry = state.followed.get(keyOf(batch));
  if (entry?.isSought !== true) return;
  try {
    followChangelog(entry.replica, batch);
  } catch (error) {
    if (!(error instanceof OutriderError)) throw error;
    // What cannot be read now cannot be read later either.
    entry.restored?.reject(error);
    finish(state, entry);
    if (entry.restored === undefined) state.options.onFailure(error);
    return;
  }
  entry.lag = Math.max(0, batch.endOffset - batch.nextOffset);
  if (entry.replica.position >= entry.end) finish(state, entry);
}
