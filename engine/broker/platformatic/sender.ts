/** Sends records in batches, several under way, each exactly once and in order a partition. */

import { OutriderError } from '../../error.ts';
import type { Compression } from '../producer.ts';
import type { OutgoingRecord } from '../record.ts';
import { afterMs, nowMs, waitMs } from '../wait.ts';
import type { Cluster } from './cluster.ts';
import { ERROR, errorText, isFenced, isPassing } from './error-codes.ts';
import { type Batch, closeGap, createLanes, type Lane, type Lanes, takeBatch } from './lanes.ts';
import type { Links } from './links.ts';
import { type Produced, produce } from './produce.ts';
import { refused } from './retrying.ts';

export type ProducerIdentity = { readonly producerId: number; readonly producerEpoch: number };

export type SenderOptions = {
  readonly cluster: Cluster;
  readonly links: Links;
  readonly compression: Compression;
  readonly lingerMs: number;
  readonly transactionalId: string | undefined;
};

export type Sender = {
  send(records: readonly OutgoingRecord[]): Promise<void>;
  /** Done once nothing waits or is under way. */
  settled(): Promise<void>;
  /** Gives up what waits; what is under way is still answered. */
  drop(error: OutriderError): void;
  /** Sequences begin anew. Nothing may be under way. */
  identify(identity: ProducerIdentity): void;
  /** Why nothing more is taken. */
  failure(): OutriderError | undefined;
};

/** Requests under way to a node. What comes meanwhile waits, and makes larger batches. */
const REQUESTS_MAX = 4;
const REQUEST_BYTES_MAX = 8 * 1024 * 1024;
/** More of one partition a broker would not tell apart from a repetition. */
const BATCHES_MAX = 5;
/** Bytes that wait or are under way; calls above that wait for room, one behind the other. */
const PENDING_BYTES_MAX = 64 * 1024 * 1024;
/** A batch is tried again for so long. */
const DELIVERY_MS = 120_000;
const BACK_OFF_MS = 20;
/** A topic that nobody knows: right after its making a node may not know it yet. */
const GONE_MS = 3_000;

type State = SenderOptions & {
  readonly lanes: Lanes;
  readonly requests: Map<number, number>;
  readonly waitForRoom: Call[];
  readonly waitForEnd: (() => void)[];
  identity: ProducerIdentity;
  pendingBytes: number;
  isScheduled: boolean;
  failure: OutriderError | undefined;
};

type Call = {
  readonly records: readonly OutgoingRecord[];
  resolve(): void;
  reject(error: Error): void;
};

export function createSender(options: SenderOptions, identity: ProducerIdentity): Sender {
  const state: State = {
    ...{ ...options, identity, lanes: createLanes(), requests: new Map() },
    ...{ waitForRoom: [], waitForEnd: [], pendingBytes: 0, isScheduled: false, failure: undefined },
  };
  return {
    send: records =>
      new Promise((resolve, reject) => {
        state.waitForRoom.push({ records, resolve, reject });
        admit(state);
      }),
    async settled() {
      if (state.pendingBytes > 0) {
        await new Promise<void>(resolve => state.waitForEnd.push(resolve));
      }
    },
    drop: error => dropWaiting(state, error),
    identify(next) {
      state.identity = next;
      state.failure = undefined;
      for (const lane of state.lanes.all()) lane.nextSequence = 0;
    },
    failure: () => state.failure,
  };
}

/** In the order of the calls, those that there is room for. */
function admit(state: State): void {
  while (state.waitForRoom.length > 0 && state.pendingBytes < PENDING_BYTES_MAX) {
    const { records, resolve, reject } = state.waitForRoom.shift()!;
    if (state.failure !== undefined) reject(state.failure);
    else if (records.length === 0) resolve();
    else {
      const waiter = { left: records.length, resolve, reject };
      state.pendingBytes += state.lanes.add(records, waiter);
      schedule(state);
    }
  }
}

/** Calls of one turn of the event loop, or of the linger time, share a request. */
function schedule(state: State): void {
  if (state.isScheduled) return;
  state.isScheduled = true;
  const begin = () => {
    state.isScheduled = false;
    sendWaiting(state);
  };
  if (state.lingerMs > 0) afterMs(state.lingerMs, begin);
  else queueMicrotask(begin);
}

function sendWaiting(state: State): void {
  const { lanes, cluster } = state;
  const byLeader = new Map<number, Lane[]>();
  const lost: Lane[] = [];
  for (const lane of lanes.waiting) {
    if (lane.again.length === 0 && lane.queue.length === 0) lanes.waiting.delete(lane);
    else if (!lane.isHeld && lane.underWay.length < BATCHES_MAX) {
      const leader = cluster.known(lane.topic)?.leaders[lane.partition] ?? -1;
      if (leader === -1) lost.push(lane);
      else if ((state.requests.get(leader) ?? 0) < REQUESTS_MAX) {
        const its = byLeader.get(leader);
        if (its === undefined) byLeader.set(leader, [lane]);
        else its.push(lane);
      }
    }
  }
  if (lost.length > 0) void locate(state, lost);
  for (const [leader, its] of byLeader) {
    void sendTo(state, leader, takeBatches(state, its));
  }
}

function takeBatches(state: State, lanes: readonly Lane[]): Batch[] {
  const { compression, transactionalId } = state;
  const identity = { ...state.identity, isTransactional: transactionalId !== undefined };
  const batches: Batch[] = [];
  let bytes = 0;
  for (const lane of lanes) {
    const batch = takeBatch(lane, { identity, compression, nowMs: nowMs() });
    batches.push(batch);
    // Behind the others next time.
    state.lanes.waiting.delete(lane);
    if (lane.again.length > 0 || lane.queue.length > 0) state.lanes.waiting.add(lane);
    bytes += batch.bytes.length;
    if (bytes >= REQUEST_BYTES_MAX) break;
  }
  return batches;
}

async function sendTo(state: State, leader: number, batches: readonly Batch[]): Promise<void> {
  const { cluster, links, transactionalId, requests } = state;
  requests.set(leader, (requests.get(leader) ?? 0) + 1);
  const partitions = batches.map(({ lane, bytes }) => ({
    ...{ topic: lane.topic, partition: lane.partition, bytes },
  }));
  let answer: Produced | OutriderError;
  const node = cluster.node(leader)!;
  try {
    answer = await links.over(node, open => produce(open, node, { transactionalId, partitions }));
  } catch (error) {
    if (!(error instanceof OutriderError)) throw error;
    cluster.mistrust(node);
    answer = error;
  }
  requests.set(leader, requests.get(leader)! - 1);
  for (const batch of batches) {
    settle(state, batch, answer instanceof OutriderError ? answer : failureOf(batch, answer));
  }
  const released = batches.map(({ lane }) => lane).filter(lane => release(state, lane));
  if (released.length > 0) void again(state, released);
  sendWaiting(state);
}

type Failure = OutriderError | { readonly code: number; readonly text: string };

function failureOf({ lane }: Batch, { responses }: Produced): Failure | undefined {
  const topic = responses.find(({ name }) => name === lane.topic);
  const partition = topic?.partitionResponses.find(({ index }) => index === lane.partition);
  // Of one that is not named nobody knows whether it stands; sent again it stays single.
  const code = partition?.errorCode ?? ERROR.unknownServerError;
  if (code === ERROR.none || code === ERROR.duplicateSequence) return undefined;
  return { code, text: partition?.errorMessage ?? errorText(code) };
}

function settle(state: State, batch: Batch, failure: Failure | undefined): void {
  const { lane } = batch;
  if (failure !== undefined && isRepeatable(batch, failure)) {
    if (nowMs() - batch.bornMs < DELIVERY_MS && state.failure === undefined) {
      batch.state = 'again';
      lane.isHeld = true;
      return;
    }
  }
  lane.underWay.splice(lane.underWay.indexOf(batch), 1);
  if (failure === undefined) finish(state, batch);
  else giveUp(state, batch, failure);
}

/** Out of order: refused because one before it has to be sent again, too. */
function isRepeatable(batch: Batch, failure: Failure): boolean {
  if (failure instanceof OutriderError) return failure.code === 'network';
  if (failure.code !== ERROR.outOfOrderSequence) return isPassing(failure.code);
  return batch.isBehindGap || batch.lane.underWay[0] !== batch;
}

function finish(state: State, { parts, bytesMax }: Batch): void {
  for (const { waiter, records } of parts) {
    waiter.left -= records.length;
    if (waiter.left === 0) waiter.resolve();
  }
  free(state, bytesMax);
}

/** A refusal for good concerns its records alone; where it is not known, nothing more is sent. */
function giveUp(state: State, batch: Batch, failure: Failure): void {
  const { lane, parts } = batch;
  const error = failure instanceof OutriderError ? failure : errorOf(batch, failure);
  const isOfRecords = !(failure instanceof OutriderError) && error.code === 'limit';
  for (const { waiter } of parts) waiter.reject(error);
  free(state, batch.bytesMax);
  if (isOfRecords) closeGap(lane, batch);
  else {
    state.failure ??= error;
    dropWaiting(state, error);
  }
}

function errorOf({ lane, count }: Batch, { code, text }: { code: number; text: string }) {
  const what = `${count} records for ${lane.topic}-${lane.partition}`;
  if (isFenced(code)) {
    return new OutriderError('fenced', `${what}: a younger producer has the id (${text})`);
  }
  if (code === ERROR.messageTooLarge || code === 18 || code === 87) {
    const remedy = 'raise max.message.bytes of the topic or send less';
    return new OutriderError('limit', `${what}: ${text}; ${remedy}`);
  }
  if (code === ERROR.invalidTimestamp) {
    const remedy = 'set the clock of this machine, or message.timestamp.after.max.ms of the topic';
    return new OutriderError('bad-config', `${what}: ${text}; ${remedy}`);
  }
  return refused(what, code);
}

function free(state: State, bytes: number): void {
  state.pendingBytes -= bytes;
  admit(state);
  if (state.pendingBytes === 0) for (const resolve of state.waitForEnd.splice(0)) resolve();
}

/**
 * Once all that was under way has been answered, what failed goes first, in its old order. True
 * where there is such; the lane is still held.
 */
function release(state: State, lane: Lane): boolean {
  if (lane.underWay.length === 0 || lane.underWay.some(batch => batch.state === 'sent')) {
    return false;
  }
  lane.again.unshift(...lane.underWay.splice(0));
  state.lanes.waiting.add(lane);
  return true;
}

async function again(state: State, lanes: readonly Lane[]): Promise<void> {
  await waitMs(BACK_OFF_MS);
  await state.cluster.refresh([...new Set(lanes.map(({ topic }) => topic))]).catch(() => {});
  for (const lane of lanes) lane.isHeld = false;
  sendWaiting(state);
}

/** Asks for the leaders; what is for a topic that is refused or does not exist is given up. */
async function locate(state: State, lanes: readonly Lane[]): Promise<void> {
  for (const lane of lanes) lane.isHeld = true;
  const refusals = await refusedOf(state.cluster, [...new Set(lanes.map(({ topic }) => topic))]);
  let isLost = false;
  for (const lane of lanes) {
    lane.isHeld = lane.underWay.some(batch => batch.state === 'again');
    const known = state.cluster.known(lane.topic);
    const leader = known?.leaders[lane.partition];
    if (leader !== undefined && leader !== -1) lane.lostSinceMs = undefined;
    else {
      lane.lostSinceMs ??= nowMs();
      const error = refusals.get(lane.topic) ?? lostError(lane, leader === undefined);
      if (error === undefined) isLost = true;
      else {
        lane.lostSinceMs = undefined;
        dropQueue(state, lane, error);
      }
    }
  }
  if (isLost) await waitMs(BACK_OFF_MS);
  sendWaiting(state);
}

/** Asks for all at once; where one of them is refused, for each alone. */
async function refusedOf(
  cluster: Cluster,
  topics: readonly string[],
): Promise<ReadonlyMap<string, OutriderError>> {
  const refusals = new Map<string, OutriderError>();
  const look = async (asked: readonly string[]) => {
    try {
      await cluster.refresh(asked);
    } catch (error) {
      if (!(error instanceof OutriderError) || error.code === 'network') return;
      if (asked.length === 1) refusals.set(asked[0]!, error);
      else for (const topic of asked) await look([topic]);
    }
  };
  await look(topics);
  return refusals;
}

/** Once there is no more hope for a leader. */
function lostError({ topic, partition, lostSinceMs }: Lane, isGone: boolean) {
  const lostMs = nowMs() - lostSinceMs!;
  if (lostMs <= (isGone ? GONE_MS : DELIVERY_MS)) return undefined;
  const place = `${topic}-${partition}`;
  return isGone
    ? new OutriderError('bad-config', `${place}: no such topic or partition; create it first`)
    : new OutriderError(
        'network',
        `${place}: no leader for ${DELIVERY_MS} ms; are its brokers well?`,
      );
}

function dropWaiting(state: State, error: OutriderError): void {
  for (const { reject } of state.waitForRoom.splice(0)) reject(error);
  for (const lane of state.lanes.all()) dropQueue(state, lane, error);
}

function dropQueue(state: State, lane: Lane, error: OutriderError): void {
  for (const { waiter, bytesMax } of lane.queue.splice(0)) {
    waiter.reject(error);
    free(state, bytesMax);
  }
  for (const batch of lane.again.splice(0)) {
    for (const { waiter } of batch.parts) waiter.reject(error);
    free(state, batch.bytesMax);
  }
}
