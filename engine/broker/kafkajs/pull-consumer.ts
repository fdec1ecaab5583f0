/** Pulls out of a client that pushes: each batch waits in its handler until a poll takes it. */

import type { Consumer, ConsumerConfig, EachBatchPayload, Kafka } from 'kafkajs';
import { OutriderError } from '../../error.ts';
import { checkOffset } from '../check-offset.ts';
import { byTopic, partitionName } from '../partitions.ts';
import type { PartitionReader, PollOptions } from '../reader.ts';
import type { PartitionBatch, PartitionOffset, TopicPartition } from '../record.ts';
import { afterMs, nowMs, waitMs } from '../wait.ts';
import { RETRY, translated } from './client.ts';
import { batchOf } from './fetched-batch.ts';

type Position = TopicPartition & {
  offset: number;
  isPaused: boolean;
  failure: OutriderError | undefined;
};

/** A batch of a handler that waits; one without records has no handler. */
type Entry = {
  readonly position: Position;
  readonly batch: PartitionBatch;
  settle(outcome: 'taken' | 'dropped'): void;
};

export type PullHooks = {
  /** Bounds of a partition, to check where it is sought. */
  bounds(partition: TopicPartition): Promise<{ first: number; end: number }>;
  /** Whether a topic still exists. */
  exists(topic: string): Promise<boolean>;
  /** At each join; reading begins where `seek` is called for. */
  onAssigned(partitions: readonly TopicPartition[], data: Uint8Array): Promise<void>;
  onLost(partitions: readonly TopicPartition[]): Promise<void>;
};

export type PullConsumer = PartitionReader & {
  readonly consumer: Consumer;
  has(partition: TopicPartition): boolean;
  /** Joins, or joins anew with other topics. One begin or stop follows the other. */
  begin(topics: readonly string[]): Promise<void>;
  /** Leaves the group, and joins it once `begin` is called again. */
  stop(): Promise<void>;
  /** Where it stands, and what was fetched there. */
  forget(): void;
  fail(error: OutriderError): void;
  /** Of joins. */
  rounds(): number;
};

export type PullOptions = PollOptions & {
  readonly group: Pick<ConsumerConfig, 'groupId' | 'partitionAssigners'> & {
    readonly sessionTimeout: number;
    readonly heartbeatInterval: number;
    readonly rebalanceTimeout: number;
  };
};

/** A topic of this prefix, which does not exist, brings what the leader says to a member. */
export const DATA_TOPIC = 'outrider-data:';

const FETCH_BYTES = 1024 * 1024;
const POLL_WAIT_MS = 500;
/** A fetch waits no longer: the client looks at pauses and the group between two of them. */
const FETCH_WAIT_MS = 100;
/** Batches of one fetch that may wait for a poll at once. */
const HANDLERS = 256;
/** Without any record for so long a poll asks whether its topics still exist. */
const SILENCE_MS = 3_000;
export const NO_COORDINATOR = 'KafkaJSGroupCoordinatorNotFound';
const COORDINATOR_TRIES = 150;
const COORDINATOR_WAIT_MS = 200;

type State = {
  readonly consumer: Consumer;
  readonly options: PullOptions;
  readonly hooks: PullHooks;
  readonly positions: Map<string, Position>;
  assigned: readonly TopicPartition[];
  data: Uint8Array;
  queue: Entry[];
  wake: () => void;
  isClosed: boolean;
  isRunning: boolean;
  /** The client gave up for want of a coordinator. */
  isUncoordinated: boolean;
  failure: OutriderError | undefined;
  rounds: number;
  heardMs: number;
  /** The last begin or stop, which the next one waits for. */
  step: Promise<void>;
};

export function createPullConsumer(kafka: Kafka, options: PullOptions, hooks: PullHooks) {
  const fetchBytes = options.fetchBytesMax ?? FETCH_BYTES;
  const consumer = kafka.consumer({
    ...{ ...options.group, allowAutoTopicCreation: false, retry: RETRY, minBytes: 1 },
    ...{ maxBytes: fetchBytes, maxBytesPerPartition: fetchBytes },
    maxWaitTimeInMs: Math.min(FETCH_WAIT_MS, options.pollWaitMs ?? POLL_WAIT_MS),
    readUncommitted: options.isolation === 'read-uncommitted',
  });
  const state: State = {
    ...{ consumer, options, hooks, positions: new Map(), assigned: [], queue: [], rounds: 0 },
    ...{ data: new Uint8Array(0), wake: () => {}, isClosed: false, isRunning: false },
    isUncoordinated: false,
    ...{ failure: undefined, heardMs: nowMs(), step: Promise.resolve() },
  };
  listen(state);
  return pullConsumer(state);
}

function pullConsumer(state: State): PullConsumer {
  const { consumer, positions } = state;
  return {
    consumer,
    rounds: () => state.rounds,
    has: partition => positions.has(partitionName(partition)),
    poll: () => poll(state),
    seek: to => seek(state, to),
    pause(partitions) {
      setPaused(state, partitions, true);
    },
    resume(partitions) {
      setPaused(state, partitions, false);
    },
    fail(error) {
      state.failure = error;
      state.wake();
    },
    begin: topics => inTurn(state, () => begin(state, topics)),
    stop: () => inTurn(state, () => stop(state)),
    forget: () => forget(state),
    async close() {
      state.isClosed = true;
      drop(state, () => true);
      state.wake();
      await consumer.disconnect();
    },
  };
}

/** The client takes no two of them at a time. */
function inTurn(state: State, step: () => Promise<void>): Promise<void> {
  const done = state.step.then(step);
  state.step = done.catch(() => {});
  return done;
}

async function begin(state: State, topics: readonly string[]): Promise<void> {
  if (state.isRunning) await state.consumer.stop();
  state.isRunning = true;
  for (let tries = 1; !state.isClosed; tries++) {
    state.isUncoordinated = false;
    await run(state, topics);
    if (!state.isUncoordinated || tries > COORDINATOR_TRIES) return;
    await waitMs(COORDINATOR_WAIT_MS);
  }
}

async function stop(state: State): Promise<void> {
  // Not awaited: a handler of events may be what asks for this.
  void lose(state);
  forget(state);
  if (state.isRunning) await state.consumer.stop();
  state.isRunning = false;
}

function forget(state: State): void {
  drop(state, () => true);
  state.positions.clear();
}

async function run(state: State, topics: readonly string[]): Promise<void> {
  const { consumer } = state;
  await consumer.connect();
  await consumer.subscribe({ topics: [...topics], fromBeginning: true });
  // What was connected since would stay.
  if (state.isClosed) return consumer.disconnect();
  const eachBatch = (payload: EachBatchPayload) => handle(state, payload);
  const manual = { autoCommit: false, eachBatchAutoResolve: false };
  await consumer.run({ ...manual, partitionsConsumedConcurrently: HANDLERS, eachBatch });
}

function listen(state: State): void {
  const { consumer } = state;
  const { events } = consumer;
  consumer.on(events.REBALANCING, () => void lose(state));
  consumer.on(events.RECEIVED_UNSUBSCRIBED_TOPICS, ({ payload }) => {
    const said = payload.topicsNotSubscribed.find(topic => topic.startsWith(DATA_TOPIC));
    if (said !== undefined) state.data = Buffer.from(said.slice(DATA_TOPIC.length), 'base64url');
  });
  consumer.on(events.GROUP_JOIN, async ({ payload }) => {
    const assigned = Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) =>
      partitions.map(partition => ({ topic, partition })),
    );
    // In this turn, before the client goes on to fetch: it reads where it is told to.
    steer(state, () => consumer.pause(byTopicNumbers(assigned)));
    const lost = lose(state);
    state.assigned = assigned;
    state.rounds++;
    state.heardMs = nowMs();
    for (const position of state.positions.values()) void apply(state, position);
    await lost;
    await told(
      state,
      'partitions that were assigned',
      state.hooks.onAssigned(assigned, state.data),
    );
  });
  consumer.on(events.END_BATCH_PROCESS, ({ payload }) => {
    const { topic, partition, batchSize, lastOffset, highWatermark } = payload;
    const position = state.positions.get(partitionName({ topic, partition }));
    if (Number(batchSize) > 0 || position === undefined || position.isPaused) return;
    const nextOffset = Number(lastOffset) + 1;
    const batch = { topic, partition, records: [], nextOffset, endOffset: Number(highWatermark) };
    state.queue.push({ position, batch, settle() {} });
    state.wake();
  });
  consumer.on(events.CRASH, ({ payload }) => {
    // A new cluster has no coordinator until its first group has asked for one.
    state.isUncoordinated = payload.error.name === NO_COORDINATOR;
    if (payload.restart || state.isUncoordinated) return;
    state.failure = translated(`group ${payload.groupId}`, payload.error);
    state.wake();
  });
}

function byTopicNumbers(partitions: readonly TopicPartition[]) {
  return byTopic(partitions).map(({ topic, partitions: its }) => ({
    topic,
    partitions: its.map(({ partition }) => partition),
  }));
}

async function lose(state: State): Promise<void> {
  const partitions = state.assigned;
  state.assigned = [];
  drop(state, () => true);
  if (partitions.length === 0) return;
  await told(state, 'partitions that were lost', state.hooks.onLost(partitions));
}

/** Never fails: the next poll does. */
async function told(state: State, what: string, handled: Promise<void>): Promise<void> {
  await handled.catch(error => {
    state.failure = translated(what, error);
    state.wake();
  });
}

async function poll(state: State): Promise<readonly PartitionBatch[]> {
  const deadlineMs = nowMs() + (state.options.pollWaitMs ?? POLL_WAIT_MS);
  for (;;) {
    if (state.isClosed) throw new OutriderError('bad-usage', 'a poll of a reader that is closed');
    await null;
    const taken = take(state);
    if (taken.length > 0) return taken;
    if (state.failure !== undefined) throw state.failure;
    for (const { failure, isPaused } of state.positions.values()) {
      if (failure !== undefined && !isPaused) throw failure;
    }
    const leftMs = deadlineMs - nowMs();
    if (leftMs <= 0) {
      if (nowMs() - state.heardMs > SILENCE_MS) await lookForTopics(state);
      return [];
    }
    const woken = new Promise<void>(resolve => {
      state.wake = resolve;
    });
    const alarm = afterMs(leftMs, state.wake);
    await woken;
    alarm.cancel();
  }
}

function take(state: State): PartitionBatch[] {
  const entries = state.queue;
  state.queue = [];
  const taken: PartitionBatch[] = [];
  for (const { position, batch, settle } of entries) {
    const isWanted = state.positions.get(partitionName(batch)) === position && !position.isPaused;
    settle(isWanted ? 'taken' : 'dropped');
    if (!isWanted || batch.nextOffset <= position.offset) continue;
    position.offset = batch.nextOffset;
    taken.push(batch);
  }
  if (taken.length > 0) state.heardMs = nowMs();
  return taken;
}

function drop(state: State, isDropped: (entry: Entry) => boolean): void {
  const all = state.queue;
  state.queue = all.filter(entry => !isDropped(entry));
  for (const entry of all) if (isDropped(entry)) entry.settle('dropped');
}

function seek(state: State, to: PartitionOffset): void {
  checkOffset(to);
  const { topic, partition, offset } = to;
  const name = partitionName(to);
  const before = state.positions.get(name);
  const position = { topic, partition, offset, isPaused: before?.isPaused ?? false };
  const sought: Position = { ...position, failure: undefined };
  state.positions.set(name, sought);
  drop(state, entry => entry.position === before);
  void apply(state, sought);
}

/** Out of range the client would begin at the first record, and say nothing. */
async function apply(state: State, position: Position): Promise<void> {
  const { topic, partition, offset } = position;
  const name = partitionName(position);
  const isAssigned = () => state.assigned.some(each => partitionName(each) === name);
  if (!isAssigned()) return;
  const { consumer } = state;
  const itself = [{ topic, partitions: [partition] }];
  steer(state, () => consumer.pause(itself));
  try {
    const { first, end } = await state.hooks.bounds(position);
    if (offset < first || offset > end) {
      const message = `${topic}-${partition} at offset ${offset}: no such offset`;
      throw new OutriderError('bad-data', `${message}; ${first} to ${end} are kept; seek to one`);
    }
  } catch (error) {
    position.failure = translated(`${topic}-${partition}`, error);
    state.wake();
    return;
  }
  if (state.isClosed || state.positions.get(name) !== position || !isAssigned()) return;
  steer(state, () => {
    consumer.seek({ topic, partition, offset: String(offset) });
    if (!position.isPaused) consumer.resume(itself);
  });
}

/** Between two groups the client takes no orders: the next join asks for the positions anew. */
function steer(state: State, action: () => void): void {
  if (state.isClosed || !state.isRunning) return;
  try {
    action();
  } catch (error) {
    if (!/not initialized/.test((error as Error).message)) throw error;
  }
}

function setPaused(state: State, partitions: readonly TopicPartition[], isPaused: boolean): void {
  for (const each of partitions) {
    const name = partitionName(each);
    const position = state.positions.get(name);
    if (position === undefined) continue;
    position.isPaused = isPaused;
    if (isPaused) drop(state, entry => entry.position === position);
    if (!state.assigned.some(other => partitionName(other) === name)) continue;
    const which = [{ topic: each.topic, partitions: [each.partition] }];
    const { consumer } = state;
    steer(state, () => (isPaused ? consumer.pause(which) : consumer.resume(which)));
  }
  state.wake();
}

/** Holds the client's handler until a poll takes the batch, and has the group hear of it. */
async function handle(state: State, payload: EachBatchPayload): Promise<void> {
  const { batch, heartbeat, resolveOffset, isStale } = payload;
  const position = state.positions.get(partitionName(batch));
  if (position === undefined || position.isPaused || isStale() || state.isClosed) return;
  const settled = Promise.withResolvers<'taken' | 'dropped'>();
  const entry: Entry = {
    position,
    batch: batchOf(batch, position.offset),
    settle: settled.resolve,
  };
  state.queue.push(entry);
  state.wake();
  const { heartbeatInterval } = state.options.group;
  for (;;) {
    const beat = Promise.withResolvers<'beat'>();
    const alarm = afterMs(heartbeatInterval, () => beat.resolve('beat'));
    const outcome = await Promise.race([settled.promise, beat.promise]);
    alarm.cancel();
    if (outcome === 'taken') return resolveOffset(batch.lastOffset());
    if (outcome === 'dropped') return;
    try {
      await heartbeat();
    } catch (error) {
      drop(state, each => each === entry);
      throw error;
    }
  }
}

async function lookForTopics(state: State): Promise<void> {
  state.heardMs = nowMs();
  for (const position of state.positions.values()) {
    const { topic, partition, offset } = position;
    if (await state.hooks.exists(topic)) continue;
    const where = `partition ${partition}, next offset ${offset}`;
    const message = `topic ${topic} was deleted while it was read (${where})`;
    const remedy = 'seek again once it is there, or leave it out';
    position.failure = new OutriderError('bad-data', `${message}; ${remedy}`);
  }
}
