/** Reads partitions by polls: a fetch for each leader at a time, begun by a poll alone. */

import { OutriderError } from '../../error.ts';
import { decodeBatches } from '../batch/decode-batches.ts';
import type { PartitionReader, PollOptions } from '../reader.ts';
import type { PartitionBatch, PartitionOffset } from '../record.ts';
import { afterMs, nowMs, waitMs } from '../wait.ts';
import { type Cluster, REQUEST_MS } from './cluster.ts';
import { ERROR, errorText, isPassing } from './error-codes.ts';
import { type FetchedPartition, type FetchPartition, fetch } from './fetch.ts';
import { type Position, type Positions, readPositions } from './read-positions.ts';

export type FetchingReader = PartitionReader & {
  readonly positions: Positions;
  /** Has a poll look at the positions again. */
  wake(): void;
  /** Polls throw it from now on, the one under way too. */
  fail(error: Error): void;
};

const FETCH_BYTES = 1024 * 1024;
const POLL_WAIT_MS = 500;
/** Before a node is asked again after it failed. */
const BACK_OFF_MS = 50;
/** A partition whose leader cannot be found for so long ends the poll. */
const LOST_MS = 60_000;
/** And a topic that nobody knows any more: right after its making a node may not know it yet. */
const GONE_MS = 3_000;

type State = {
  readonly cluster: Cluster;
  readonly options: PollOptions;
  readonly positions: Positions;
  /** Nodes that a fetch is under way to. */
  readonly busy: Set<number>;
  readonly ready: { readonly position: Position; readonly batch: PartitionBatch }[];
  wake: () => void;
  failure: Error | undefined;
  /** Ends the connections; what is under way then answers with an error. */
  isClosed: boolean;
  /** Turns the order of partitions, so that none is always last in a full answer. */
  turns: number;
};

/** `from` may be empty: partitions are added by `seek`. */
export function createReader(
  cluster: Cluster,
  options: PollOptions,
  from: readonly PartitionOffset[],
): FetchingReader {
  const links = cluster.openLinks(REQUEST_MS + (options.pollWaitMs ?? POLL_WAIT_MS));
  const positions = readPositions();
  for (const each of from) positions.seek(each);
  const state: State = {
    ...{ cluster, options, positions, busy: new Set(), ready: [], turns: 0 },
    ...{ wake: () => {}, failure: undefined, isClosed: false },
  };
  return {
    positions,
    wake: () => state.wake(),
    fail(error) {
      state.failure = error;
      state.wake();
    },
    poll: () => poll(state, links),
    seek(offset) {
      positions.seek(offset);
      state.wake();
    },
    pause: partitions => positions.setPaused(partitions, true),
    resume(partitions) {
      positions.setPaused(partitions, false);
      state.wake();
    },
    async close() {
      state.isClosed = true;
      state.wake();
      await links.close();
    },
  };
}

type Links = ReturnType<Cluster['openLinks']>;

async function poll(state: State, links: Links): Promise<readonly PartitionBatch[]> {
  const deadlineMs = nowMs() + (state.options.pollWaitMs ?? POLL_WAIT_MS);
  for (;;) {
    if (state.isClosed) throw new OutriderError('bad-usage', 'a poll of a reader that is closed');
    if (state.failure !== undefined) throw state.failure;
    const ready = takeReady(state);
    if (ready.length > 0) return ready;
    for (const { failure, isPaused } of state.positions.all()) {
      if (failure !== undefined && !isPaused) throw failure;
    }
    const leftMs = Math.ceil(deadlineMs - nowMs());
    if (leftMs <= 0) return [];
    const woken = new Promise<void>(resolve => {
      state.wake = resolve;
    });
    const alarm = afterMs(leftMs, state.wake);
    beginFetches(state, links, leftMs);
    await woken;
    alarm.cancel();
  }
}

/** What was fetched and is still wanted there. */
function takeReady({ ready, positions }: State): PartitionBatch[] {
  const taken: PartitionBatch[] = [];
  for (const { position, batch } of ready.splice(0)) {
    if (positions.get(batch) !== position || position.isPaused) continue;
    position.offset = batch.nextOffset;
    taken.push(batch);
  }
  return taken;
}

function beginFetches(state: State, links: Links, waitMs: number): void {
  const byLeader = new Map<number, Position[]>();
  for (const position of state.positions.all()) {
    if (position.isPaused || position.failure !== undefined) continue;
    const leader = state.cluster.known(position.topic)?.leaders[position.partition] ?? -1;
    if (state.busy.has(leader)) continue;
    const its = byLeader.get(leader);
    if (its === undefined) byLeader.set(leader, [position]);
    else its.push(position);
  }
  for (const [leader, wanted] of byLeader) {
    state.busy.add(leader);
    const done =
      leader === -1
        ? findLeaders(state, wanted, 'first')
        : fetchFrom(state, links, {
            ...{ leader, wanted: turned(wanted, state.turns++), waitMs },
          });
    void done.finally(() => {
      state.busy.delete(leader);
      state.wake();
    });
  }
}

function turned<Each>(list: readonly Each[], turns: number): Each[] {
  const first = turns % list.length;
  return [...list.slice(first), ...list.slice(0, first)];
}

async function fetchFrom(
  state: State,
  links: Links,
  { leader, wanted, waitMs }: { leader: number; wanted: readonly Position[]; waitMs: number },
): Promise<void> {
  const { cluster, options } = state;
  const asked = new Map<string, Position>();
  const partitions: FetchPartition[] = [];
  for (const position of wanted) {
    const { topic, partition, offset } = position;
    const topicId = cluster.known(topic)!.id;
    position.topicId ??= topicId;
    if (position.topicId !== topicId) {
      position.failure = goneError(position, 'was deleted and made anew');
      continue;
    }
    asked.set(`${topicId} ${partition}`, position);
    partitions.push({ topicId, partition, offset });
  }
  const bytesMax = options.fetchBytesMax ?? FETCH_BYTES;
  if (partitions.length === 0) return;
  try {
    const node = cluster.node(leader)!;
    const request = { isolation: options.isolation, bytesMax, waitMs, partitions };
    const answer = await links.over(node, open => fetch(open, node, request));
    const { errorCode, partitions: fetched } = answer;
    const lost: Position[] = [];
    for (const each of fetched) {
      const position = asked.get(`${each.topicId} ${each.partition}`)!;
      if (!accept(state, position, each)) lost.push(position);
    }
    // The answer to a request that fails as a whole names no partition.
    if (errorCode !== ERROR.none) {
      for (const position of asked.values()) if (!isOver(position, errorCode)) lost.push(position);
    }
    if (lost.length > 0) await findLeaders(state, lost, 'again');
  } catch (error) {
    if (state.isClosed) return;
    await failed(state, wanted, error);
  }
}

/** False where it is to be asked for again: its leader is another one, or its topic gone. */
function accept(state: State, asked: Position, fetched: FetchedPartition): boolean {
  const position = state.positions.get(asked);
  if (position !== asked || position.isPaused) return true;
  const { errorCode } = fetched;
  if (errorCode === ERROR.none) {
    position.lostSinceMs = undefined;
    position.goneSinceMs = undefined;
    give(state, position, fetched);
    return true;
  }
  if (errorCode !== ERROR.offsetOutOfRange) return isOver(position, errorCode);
  const { firstOffset, highWatermark } = fetched;
  const kept = firstOffset < 0 ? '' : `; ${firstOffset} to ${highWatermark} are kept`;
  const message = `${placeOf(position)}: no such offset${kept}; seek to one`;
  position.failure = new OutriderError('bad-data', message);
  return true;
}

/** Whether a code ends the reading there: one that stays, or that has not passed for LOST_MS. */
function isOver(position: Position, errorCode: number): boolean {
  position.lostSinceMs ??= nowMs();
  const canPass = isPassing(errorCode);
  if (canPass && nowMs() - position.lostSinceMs < LOST_MS) return false;
  const message = `${placeOf(position)}: Kafka answers ${errorText(errorCode)}`;
  position.failure = new OutriderError(canPass ? 'network' : 'bad-data', message);
  return true;
}

const placeOf = ({ topic, partition, offset }: Position) =>
  `${topic}-${partition} at offset ${offset}`;

function give(state: State, position: Position, fetched: FetchedPartition): void {
  const { topic, partition, offset } = position;
  const isCommitted = state.options.isolation === 'read-committed';
  const aborted = isCommitted ? fetched.aborted : [];
  const endOffset = isCommitted ? fetched.stableOffset : fetched.highWatermark;
  try {
    const decoded = decodeBatches(fetched.bytes, { fromOffset: offset, aborted });
    if (decoded.nextOffset === offset) return;
    state.ready.push({ position, batch: { topic, partition, endOffset, ...decoded } });
  } catch (cause) {
    if (!(cause instanceof OutriderError)) throw cause;
    const message = `${topic}-${partition}: ${cause.message}`;
    position.failure = new OutriderError(cause.code, message, { cause });
  }
}

/** Asks for the leaders anew, after a short while; a topic that is gone or lost says so. */
async function findLeaders(
  state: State,
  wanted: readonly Position[],
  time: 'first' | 'again',
): Promise<void> {
  try {
    await state.cluster.refresh([...new Set(wanted.map(({ topic }) => topic))]);
  } catch (error) {
    return failed(state, wanted, error);
  }
  let isLost = time === 'again';
  for (const position of wanted) {
    const leader = state.cluster.known(position.topic)?.leaders[position.partition];
    isLost = isHopeful(position, leader) || isLost;
  }
  if (isLost) await waitMs(BACK_OFF_MS);
}

/** True where there is no leader, and still hope for one. */
function isHopeful(position: Position, leader: number | undefined): boolean {
  if (leader !== undefined) position.goneSinceMs = undefined;
  if (leader !== undefined && leader !== -1) return false;
  position.lostSinceMs ??= nowMs();
  if (leader === undefined) position.goneSinceMs ??= nowMs();
  const isGone = nowMs() - (position.goneSinceMs ?? nowMs()) >= GONE_MS;
  if (!isGone && nowMs() - position.lostSinceMs < LOST_MS) return true;
  position.failure = goneError(position, leader === undefined ? 'was deleted' : 'has no leader');
  return false;
}

function goneError({ topic, partition, offset }: Position, what: string): OutriderError {
  const where = `partition ${partition}, next offset ${offset}`;
  const remedy = 'seek again once it is there, or leave it out';
  return new OutriderError(
    'bad-data',
    `topic ${topic} ${what} while it was read (${where}); ${remedy}`,
  );
}

async function failed(state: State, wanted: readonly Position[], error: unknown): Promise<void> {
  if (!(error instanceof OutriderError)) throw error;
  for (const position of wanted) {
    position.lostSinceMs ??= nowMs();
    const isOver = nowMs() - position.lostSinceMs >= LOST_MS;
    if (error.code !== 'network' || isOver) position.failure = error;
  }
  await waitMs(BACK_OFF_MS);
  // Leaders may have moved away from a node that does not answer.
  const topics = [...new Set(wanted.map(({ topic }) => topic))];
  await state.cluster.refresh(topics).catch(() => {});
}
