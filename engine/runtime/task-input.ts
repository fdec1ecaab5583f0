/** What a task has fetched and not processed: a bounded queue a source, merged by event time. */

import type { IncomingRecord, PartitionBatch } from '../broker/record.ts';

/** How much may wait for a partition; a fetch that was under way comes on top. */
export type InputBounds = { readonly recordsMax: number; readonly bytesMax: number };

export type QueueStart = { readonly topic: string; readonly offset: number; readonly end: number };

/** Records of one partition that wait for their task. */
export class SourceQueue {
  readonly topic: string;
  readonly #bounds: InputBounds;
  readonly #batches: PartitionBatch[] = [];
  /** Next record of the first batch. */
  #at = 0;
  #records = 0;
  #bytes = 0;
  #position: number;
  #fetched: number;
  #end: number;

  constructor({ topic, offset, end }: QueueStart, bounds: InputBounds) {
    this.topic = topic;
    this.#bounds = bounds;
    this.#position = offset;
    this.#fetched = offset;
    this.#end = end;
  }

  get isFull(): boolean {
    return this.#records >= this.#bounds.recordsMax || this.#bytes >= this.#bounds.bytesMax;
  }

  get records(): number {
    return this.#records;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Event time of its first record; undefined where it is empty. */
  get headMs(): number | undefined {
    return this.#batches[0]?.records[this.#at]?.timestampMs;
  }

  /** It has nothing, and its partition had no more when it was read last. */
  get isCaughtUp(): boolean {
    return this.#records === 0 && this.#fetched >= this.#end;
  }

  /** Records of the partition that are not processed, by what was last heard of its end. */
  get lag(): number {
    return Math.max(0, this.#end - this.#position);
  }

  /** Next offset of the partition that is not processed. */
  get position(): number {
    return this.#position;
  }

  /** Next offset of the partition that is not fetched. */
  get fetched(): number {
    return this.#fetched;
  }

  add(batch: PartitionBatch): void {
    this.#fetched = Math.max(this.#fetched, batch.nextOffset);
    this.#end = Math.max(batch.endOffset, this.#fetched);
    if (batch.records.length === 0) {
      if (this.#records === 0) this.#position = this.#fetched;
      return;
    }
    this.#batches.push(batch);
    this.#records += batch.records.length;
    for (const record of batch.records) this.#bytes += bytesOf(record);
  }

  /** The first record; there must be one. */
  take(): IncomingRecord {
    const batch = this.#batches[0]!;
    const record = batch.records[this.#at]!;
    this.#at += 1;
    this.#records -= 1;
    this.#bytes -= bytesOf(record);
    this.#position = record.offset + 1;
    if (this.#at === batch.records.length) {
      // Over control records at the end, or lag would be seen where there is none.
      this.#position = batch.nextOffset;
      this.#batches.shift();
      this.#at = 0;
    }
    return record;
  }
}

/**
 * The queue whose first record is the earliest in event time; undefined where nothing waits, or an
 * empty queue may still get an earlier one.
 */
export function earliestQueue(
  queues: readonly SourceQueue[],
  waitsForOthers: boolean,
): SourceQueue | undefined {
  let earliest: SourceQueue | undefined;
  let earliestMs = Number.POSITIVE_INFINITY;
  for (const queue of queues) {
    const { headMs } = queue;
    if (headMs === undefined) {
      if (waitsForOthers && !queue.isCaughtUp) return undefined;
    } else if (earliest === undefined || headMs < earliestMs) {
      earliest = queue;
      earliestMs = headMs;
    }
  }
  return earliest;
}

const RECORD_BYTES = 64;

const bytesOf = ({ key, value }: IncomingRecord) =>
  RECORD_BYTES + (key?.length ?? 0) + (value?.length ?? 0);
