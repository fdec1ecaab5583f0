/** Records on their way to one partition: those that wait, and the batches that are under way. */

import {
  type BatchIdentity,
  encodeBatch,
  recordBytesMax,
  setFirstSequence,
} from '../batch/encode-batch.ts';
import type { Compression } from '../producer.ts';
import type { OutgoingRecord, TopicPartition } from '../record.ts';

/** One call of `send`, done once all its records stand. */
export type Waiter = {
  left: number;
  resolve(): void;
  reject(error: Error): void;
};

/** Records of one call for one partition, no more than a batch holds. */
type Part = { readonly waiter: Waiter; readonly records: OutgoingRecord[]; bytesMax: number };

export type Batch = {
  readonly lane: Lane;
  readonly bytes: Buffer;
  readonly count: number;
  readonly bytesMax: number;
  readonly parts: readonly Part[];
  readonly bornMs: number;
  firstSequence: number;
  state: 'sent' | 'again';
  /** One before it was given up: the broker refuses it for the gap. */
  isBehindGap: boolean;
};

export type Lane = TopicPartition & {
  readonly queue: Part[];
  /** In the order of their sequences. */
  readonly underWay: Batch[];
  /** Batches to be sent again, before all that waits. */
  readonly again: Batch[];
  nextSequence: number;
  /** Nothing more is sent until what is under way has been answered. */
  isHeld: boolean;
  /** Since when nobody knows its leader, in milliseconds. */
  lostSinceMs: number | undefined;
};

/** Brokers take a little more (`message.max.bytes`); a longer record is a batch alone. */
const BATCH_BYTES_MAX = 1_000_000;
const SEQUENCES = 2 ** 31;

export type Lanes = {
  /** Queues the records of a call; returns the bytes they take at most. */
  add(records: readonly OutgoingRecord[], waiter: Waiter): number;
  /** Those that have something to send. */
  readonly waiting: Set<Lane>;
  all(): Iterable<Lane>;
};

export function createLanes(): Lanes {
  const lanes: Lane[] = [];
  /** By topic and partition: records of several change places again and again. */
  const byTopic = new Map<string, (Lane | undefined)[]>();
  const waiting = new Set<Lane>();
  const laneOf = ({ topic, partition }: TopicPartition) => {
    const its = byTopic.get(topic) ?? [];
    const known = its[partition];
    if (known !== undefined) return known;
    byTopic.set(topic, its);
    const rest = { nextSequence: 0, isHeld: false, lostSinceMs: undefined };
    const lane: Lane = { topic, partition, queue: [], underWay: [], again: [], ...rest };
    its[partition] = lane;
    lanes.push(lane);
    return lane;
  };
  return {
    waiting,
    all: () => lanes,
    add(records, waiter) {
      let lane: Lane | undefined;
      let part: Part | undefined;
      let total = 0;
      for (const record of records) {
        if (lane?.partition !== record.partition || lane.topic !== record.topic) {
          lane = laneOf(record);
          waiting.add(lane);
          part = lane.queue.at(-1);
        }
        const bytes = recordBytesMax(record);
        total += bytes;
        if (part?.waiter !== waiter || part.bytesMax + bytes > BATCH_BYTES_MAX) {
          part = { waiter, records: [], bytesMax: 0 };
          lane.queue.push(part);
        }
        part.records.push(record);
        part.bytesMax += bytes;
      }
      return total;
    },
  };
}

/** The next batch of a lane: one to be sent again, or as many of its parts as fit. */
export function takeBatch(
  lane: Lane,
  {
    identity,
    compression,
    nowMs,
  }: {
    identity: Omit<BatchIdentity, 'firstSequence'>;
    compression: Compression;
    nowMs: number;
  },
): Batch {
  const repeated = lane.again.shift();
  if (repeated !== undefined) {
    repeated.state = 'sent';
    repeated.isBehindGap = false;
    lane.underWay.push(repeated);
    return repeated;
  }
  const parts = [lane.queue.shift()!];
  let { bytesMax } = parts[0]!;
  while (lane.queue.length > 0 && bytesMax + lane.queue[0]!.bytesMax <= BATCH_BYTES_MAX) {
    bytesMax += lane.queue[0]!.bytesMax;
    parts.push(lane.queue.shift()!);
  }
  const records = parts.length === 1 ? parts[0]!.records : parts.flatMap(each => each.records);
  const firstSequence = lane.nextSequence;
  const bytes = encodeBatch({ records, bytesMax }, { ...identity, firstSequence }, compression);
  const count = records.length;
  lane.nextSequence = (firstSequence + count) % SEQUENCES;
  const batch: Batch = {
    ...{ lane, bytes, count, bytesMax, parts, firstSequence },
    ...{ bornMs: nowMs, state: 'sent', isBehindGap: false },
  };
  lane.underWay.push(batch);
  return batch;
}

/**
 * The batch will not be sent: those behind it, which the broker refused for the gap, take over its
 * sequences.
 */
export function closeGap(lane: Lane, dropped: Batch): void {
  let next = dropped.firstSequence;
  for (const batch of [...lane.underWay, ...lane.again]) {
    if (!isBehind(batch, dropped)) continue;
    batch.firstSequence = next;
    batch.isBehindGap = true;
    setFirstSequence(batch.bytes, next);
    next = (next + batch.count) % SEQUENCES;
  }
  lane.nextSequence = next;
}

/** Both are of one lane, whose batches hold far fewer records than there are sequences. */
function isBehind(batch: Batch, other: Batch): boolean {
  const distance = (batch.firstSequence - other.firstSequence + SEQUENCES) % SEQUENCES;
  return distance > 0 && distance < SEQUENCES / 2;
}
