/** Reads partitions of the one log: all that a reader wants in one walk. */

import { OutriderError } from '../../error.ts';
import { BATCH } from '../batch/batch-layout.ts';
import { readI32, readI64 } from '../batch/big-endian.ts';
import { decodeBatches } from '../batch/decode-batches.ts';
import { checkOffset } from '../check-offset.ts';
import { partitionName } from '../partitions.ts';
import type { PartitionReader, PollOptions } from '../reader.ts';
import type { IncomingRecord, PartitionBatch, PartitionOffset, TopicPartition } from '../record.ts';
import { afterMs, nowMs, waitMs } from '../wait.ts';
import { decodeEntry, type StoredBatch } from './log-entry.ts';
import type { Partition, Store } from './store.ts';

export type EmbeddedReader = PartitionReader & {
  clear(): void;
  has(partition: TopicPartition): boolean;
};

type Position = TopicPartition & {
  offset: number;
  isPaused: boolean;
  /** Of the topic that is read. */
  topicNumber: number | undefined;
  /** Where to look next, in the log of this generation. */
  logOffset: number;
  generation: number;
};

const FETCH_BYTES = 1024 * 1024;
const POLL_WAIT_MS = 500;
/** Records of the log that one walk passes before others have a turn. */
const WALK_MAX = 20_000;

type State = {
  readonly store: Store;
  readonly options: PollOptions;
  readonly positions: Map<string, Position>;
  isClosed: boolean;
  wake: () => void;
};

export function createReader(
  store: Store,
  options: PollOptions,
  from: readonly PartitionOffset[],
): EmbeddedReader {
  const state: State = {
    ...{ store, options, positions: new Map(), isClosed: false, wake: () => {} },
  };
  const wake = () => state.wake();
  store.listeners.add(wake);
  const seek = (to: PartitionOffset) => {
    checkOffset(to);
    const { topic, partition, offset } = to;
    const name = partitionName(to);
    const isPaused = state.positions.get(name)?.isPaused ?? false;
    const place = { topicNumber: undefined, logOffset: 0, generation: -1 };
    state.positions.set(name, { topic, partition, offset, isPaused, ...place });
    wake();
  };
  const setPaused = (partitions: readonly TopicPartition[], isPaused: boolean) => {
    for (const each of partitions) {
      const position = state.positions.get(partitionName(each));
      if (position !== undefined) position.isPaused = isPaused;
    }
    wake();
  };
  for (const each of from) seek(each);
  return {
    poll: () => poll(state),
    seek,
    pause: partitions => setPaused(partitions, true),
    resume: partitions => setPaused(partitions, false),
    has: each => state.positions.has(partitionName(each)),
    clear() {
      state.positions.clear();
      wake();
    },
    async close() {
      state.isClosed = true;
      store.listeners.delete(wake);
      wake();
    },
  };
}

async function poll(state: State): Promise<readonly PartitionBatch[]> {
  const deadlineMs = nowMs() + (state.options.pollWaitMs ?? POLL_WAIT_MS);
  for (;;) {
    if (state.isClosed) throw new OutriderError('bad-usage', 'a poll of a reader that is closed');
    // A seek or pause right behind the call of poll still counts.
    await null;
    const walk = take(state);
    if (walk.batches.length > 0) return walk.batches;
    const leftMs = deadlineMs - nowMs();
    if (leftMs <= 0) return [];
    if (walk.isCutShort) {
      await waitMs(0);
      continue;
    }
    const woken = new Promise<void>(resolve => {
      state.wake = resolve;
    });
    const alarm = afterMs(leftMs, state.wake);
    await woken;
    alarm.cancel();
  }
}

type Wanted = Position & { readonly found: Partition; records: IncomingRecord[]; next: number };

/** One walk through the log from the earliest place that any partition needs. */
function take(state: State): { batches: PartitionBatch[]; isCutShort: boolean } {
  const wanted = new Map<string, { position: Position; want: Wanted }>();
  let from = Number.POSITIVE_INFINITY;
  for (const position of state.positions.values()) {
    if (position.isPaused) continue;
    const found = locate(state, position);
    if (position.offset >= found.next) {
      position.logOffset = state.store.log.nextOffset();
      continue;
    }
    const want = { ...position, found, records: [], next: position.offset };
    wanted.set(`${position.topicNumber} ${position.partition}`, { position, want });
    from = Math.min(from, position.logOffset);
  }
  if (wanted.size === 0) return { batches: [], isCutShort: false };
  const bytesMax = state.options.fetchBytesMax ?? FETCH_BYTES;
  const end = from + WALK_MAX;
  let bytes = 0;
  let passed = from;
  for (const { offset, payload } of state.store.log.scan(from)) {
    if (bytes >= bytesMax || offset >= end) break;
    const entry = decodeEntry(payload);
    if (entry.type === 'records') {
      for (const batch of entry.batches) {
        const its = wanted.get(`${batch.topicNumber} ${batch.partition}`);
        if (its !== undefined && its.position.logOffset <= offset) bytes += give(its.want, batch);
      }
    }
    passed = offset + 1;
  }
  const batches: PartitionBatch[] = [];
  for (const { position, want } of wanted.values()) {
    position.logOffset = Math.max(position.logOffset, passed);
    if (want.next === position.offset) continue;
    position.offset = want.next;
    const { topic, partition, records, next: nextOffset, found } = want;
    batches.push({ topic, partition, records, nextOffset, endOffset: found.next });
  }
  return { batches, isCutShort: passed < state.store.log.nextOffset() };
}

/** Returns the bytes it took. */
function give(want: Wanted, { bytes }: StoredBatch): number {
  const last = readI64(bytes, BATCH.firstOffset) + readI32(bytes, BATCH.lastDelta);
  if (last < want.next) return 0;
  const { records, nextOffset } = decodeBatches(bytes, { fromOffset: want.next, aborted: [] });
  // One by one: a call with as many arguments as records would exhaust the stack.
  if (want.records.length === 0) want.records = records;
  else for (const each of records) want.records.push(each);
  want.next = nextOffset;
  return bytes.length;
}

function locate({ store }: State, position: Position): Partition {
  const { topic, partition, offset } = position;
  const known = store.topics.get(topic);
  const found = known?.partitions[partition];
  position.topicNumber ??= known?.number;
  if (found === undefined || position.topicNumber !== known?.number) {
    const where = `partition ${partition}, next offset ${offset}`;
    const what = position.topicNumber === undefined ? 'does not exist' : 'was deleted';
    const message = `topic ${topic} ${what} while it was read (${where})`;
    const remedy = 'seek again once it is there, or leave it out';
    throw new OutriderError('bad-data', `${message}; ${remedy}`);
  }
  if (offset < found.first || offset > found.next) {
    const kept = `${found.first} to ${found.next} are kept; seek to one`;
    const message = `${topic}-${partition} at offset ${offset}: no such offset; ${kept}`;
    throw new OutriderError('bad-data', message);
  }
  if (position.generation !== store.generation) {
    position.generation = store.generation;
    position.logOffset = found.index.find(offset);
  }
  return found;
}
