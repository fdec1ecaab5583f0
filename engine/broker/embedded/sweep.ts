/** Writes the log anew without what compaction and retention drop, while the broker goes on. */

import { BATCH } from '../batch/batch-layout.ts';
import { readI32, readI64, writeI64 } from '../batch/big-endian.ts';
import { decodeBatches } from '../batch/decode-batches.ts';
import { encodeBatch, recordBytesMax } from '../batch/encode-batch.ts';
import type { IncomingRecord } from '../record.ts';
import { waitMs } from '../wait.ts';
import { decodeEntry, encodeEntry, type LogEntry, type StoredBatch } from './log-entry.ts';
import { loadStore, type Store, type Topic } from './store.ts';
import type { TailedLog } from './tailed-log.ts';
import { isCompacted, retentionMs } from './topic-policy.ts';

/** Log records between two turns of the event loop. */
const STEP = 500;
const TOMBSTONES_MS = 86_400_000;
const UNKNOWN = { producerId: -1, producerEpoch: -1, firstSequence: -1, isTransactional: false };
const NO_KEY = '';

/** What was decided when the sweep began; all behind it is kept. */
type Plan = {
  readonly nowMs: number;
  readonly topics: ReadonlyMap<number, TopicPlan>;
};

type TopicPlan = {
  readonly topic: Topic;
  /** By partition. */
  readonly ends: readonly number[];
  /** Offsets below have been kept for their time. */
  readonly firsts: readonly number[];
  /** By partition, the last offset of each key; undefined without compaction. */
  readonly latest: readonly Map<string, number>[] | undefined;
  readonly dropsTombstones: boolean;
};

/**
 * Fills `target`, a log without records, and swaps it in. In the end both logs say the same of what
 * is kept; `onSwap` is called before the first append to the new one.
 */
export async function sweep(
  store: Store,
  target: TailedLog,
  { nowMs, onSwap }: { nowMs: number; onSwap(): void },
): Promise<void> {
  const end = store.log.nextOffset();
  const plan = await planOf(store, { nowMs, end });
  for (const { topic, ends, firsts } of plan.topics.values()) {
    const bounds = topic.partitions.map(({ partition }) => {
      const [first, next] = [firsts[partition]!, ends[partition]!];
      return { first, next, sweptEnd: next };
    });
    const { number: topicNumber, topic: name, config } = topic;
    target.append(
      encodeEntry({ type: 'topic', topicNumber, topic: name, config, bounds, sweptAtMs: nowMs }),
    );
  }
  let passed = 0;
  while (passed < end) {
    passed = copy(store, target, { from: passed, end: Math.min(end, passed + STEP), plan });
    await waitMs(0);
  }
  // Offsets of groups once, as they stand; then, in one turn, what came during the sweep.
  const offsets = [...store.offsets.values()].flatMap(group => [...group.values()]);
  if (offsets.length > 0) target.append(encodeEntry({ type: 'records', batches: [], offsets }));
  for (const { payload } of store.log.scan(end)) target.append(Buffer.from(payload));
  target.sync();
  onSwap();
  const swept = loadStore(target, store.generation + 1);
  store.log = target;
  store.generation = swept.generation;
  replace(store.topics, swept.topics);
  replace(store.byNumber, swept.byNumber);
  replace(store.offsets, swept.offsets);
  store.sweepableBytes = 0;
}

function replace<Key, Value>(target: Map<Key, Value>, source: ReadonlyMap<Key, Value>): void {
  target.clear();
  for (const [key, value] of source) target.set(key, value);
}

async function planOf(store: Store, { nowMs, end }: { nowMs: number; end: number }): Promise<Plan> {
  const topics = new Map<number, TopicPlan & { readonly firsts: number[] }>();
  for (const topic of store.topics.values()) {
    const { config, partitions, number, sweptAtMs } = topic;
    const tombstonesMs = Number(config['delete.retention.ms'] ?? TOMBSTONES_MS);
    topics.set(number, {
      ...{ topic, ends: partitions.map(({ next }) => next) },
      firsts: partitions.map(({ first }) => first),
      latest: isCompacted(config) ? partitions.map(() => new Map<string, number>()) : undefined,
      dropsTombstones: sweptAtMs > 0 && nowMs - sweptAtMs > tombstonesMs,
    });
  }
  let count = 0;
  for (let from = 0; from < end; from += STEP) {
    for (const { offset, payload } of store.log.scan(from)) {
      if (offset >= end || offset >= from + STEP) break;
      const entry = decodeEntry(payload);
      if (entry.type === 'records') for (const batch of entry.batches) plan(topics, batch, nowMs);
      count++;
    }
    await waitMs(0);
  }
  return { nowMs, topics: count === 0 ? new Map() : topics };
}

function plan(
  topics: ReadonlyMap<number, TopicPlan & { readonly firsts: number[] }>,
  { topicNumber, partition, bytes }: StoredBatch,
  nowMs: number,
): void {
  const its = topics.get(topicNumber);
  if (its === undefined) return;
  const keptMs = retentionMs(its.topic.config);
  const first = readI64(bytes, BATCH.firstOffset);
  const isNext = first <= its.firsts[partition]!;
  if (keptMs !== undefined && isNext && nowMs - readI64(bytes, BATCH.lastTime) > keptMs) {
    its.firsts[partition] = first + readI32(bytes, BATCH.lastDelta) + 1;
    return;
  }
  if (its.latest === undefined) return;
  const latest = its.latest[partition]!;
  for (const { key, offset } of recordsOf(bytes)) latest.set(keyOf(key), offset);
}

function copy(
  store: Store,
  target: TailedLog,
  { from, end, plan }: { from: number; end: number; plan: Plan },
): number {
  for (const { offset, payload } of store.log.scan(from)) {
    if (offset >= end) break;
    const entry = decodeEntry(payload);
    if (entry.type !== 'records') continue;
    const batches = entry.batches.flatMap(batch => keptOf(batch, plan) ?? []);
    if (batches.length === 0) continue;
    const kept: LogEntry = { type: 'records', batches, offsets: [] };
    target.append(encodeEntry(kept));
  }
  return end;
}

function keptOf(batch: StoredBatch, { topics }: Plan): StoredBatch | undefined {
  const its = topics.get(batch.topicNumber);
  if (its === undefined) return undefined;
  const { partition, bytes } = batch;
  const last = readI64(bytes, BATCH.firstOffset) + readI32(bytes, BATCH.lastDelta);
  if (last < its.firsts[partition]!) return undefined;
  if (its.latest === undefined) return batch;
  const { sweptEnd } = its.topic.partitions[partition]!;
  const all = recordsOf(bytes);
  const kept = all.filter(({ key, value, offset }) => {
    const isLatest = its.latest![partition]!.get(keyOf(key)) === offset;
    const isOver = value === null && its.dropsTombstones && offset < sweptEnd;
    // The last one of a partition stays: its end would be unknown to readers else.
    return (isLatest && !isOver) || offset === its.ends[partition]! - 1;
  });
  if (kept.length === all.length) return batch;
  return kept.length === 0 ? undefined : { ...batch, bytes: repacked(bytes, kept) };
}

/** With the offsets that its records had, and the end of the whole batch. */
function repacked(bytes: Buffer, kept: readonly IncomingRecord[]): Buffer {
  const first = readI64(bytes, BATCH.firstOffset);
  const content = {
    records: kept,
    bytesMax: kept.reduce((sum, record) => sum + recordBytesMax(record), 0),
    deltas: kept.map(({ offset }) => offset - first),
    lastDelta: readI32(bytes, BATCH.lastDelta),
  };
  const batch = encodeBatch(content, UNKNOWN, 'none');
  writeI64(batch, BATCH.firstOffset, first);
  return batch;
}

function recordsOf(bytes: Buffer): readonly IncomingRecord[] {
  return decodeBatches(bytes, { fromOffset: 0, aborted: [] }).records;
}

function keyOf(key: Uint8Array | null): string {
  return key === null ? NO_KEY : `k${Buffer.from(key).toString('latin1')}`;
}
