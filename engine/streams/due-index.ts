/** What waits for a time: taken out by time and then by key, in whatever order it came in. */
import { popHeap, pushHeap } from '../heap.ts';
import type { TimedKey } from '../state/timed-key.ts';
import type { Codec } from './task.ts';

export type DueIndex<Key> = {
  /** Infinity where nothing waits. */
  readonly nextMs: number;
  add(dueMs: number, item: TimedKey<Key>): void;
  /** Hands out all that is due up to a time, and what is added on the way if it is due too. */
  take(untilMs: number, visit: (item: TimedKey<Key>, dueMs: number) => void): void;
};

/**
 * Kept in memory and built anew from a store, so its order must not depend on how it was filled:
 * items of one due time are sorted by key, time and order.
 */
export function dueIndex<Key>(codec: Codec<Key>): DueIndex<Key> {
  const buckets = new Map<number, TimedKey<Key>[]>();
  const times: number[] = [];
  const compare = keyOrder(codec);
  let nextMs = Number.POSITIVE_INFINITY;
  /** Most additions are for the time of the one before. */
  let lastMs = Number.NaN;
  let last: TimedKey<Key>[] = [];

  return {
    get nextMs() {
      return nextMs;
    },
    add(dueMs, item) {
      if (dueMs === lastMs) {
        last.push(item);
        return;
      }
      let bucket = buckets.get(dueMs);
      if (bucket === undefined) {
        bucket = [];
        buckets.set(dueMs, bucket);
        pushHeap(times, dueMs, earlier);
        nextMs = times[0]!;
      }
      bucket.push(item);
      last = bucket;
      lastMs = dueMs;
    },
    take(untilMs, visit) {
      while (nextMs <= untilMs) {
        const dueMs = popHeap(times, earlier);
        const bucket = buckets.get(dueMs)!;
        buckets.delete(dueMs);
        nextMs = times[0] ?? Number.POSITIVE_INFINITY;
        if (dueMs === lastMs) lastMs = Number.NaN;
        if (bucket.length > 1) bucket.sort(compare);
        for (const item of bucket) visit(item, dueMs);
      }
    },
  };
}

/** By key, time and order: keys by `<` where a primitive stands for them, else by their bytes. */
function keyOrder<Key>(codec: Codec<Key>): (a: TimedKey<Key>, b: TimedKey<Key>) => number {
  const { identity } = codec;
  const byKey =
    identity === undefined
      ? (a: Key, b: Key) => Buffer.compare(codec.encode(a), codec.encode(b))
      : (a: Key, b: Key) => {
          const first = identity(a);
          const second = identity(b);
          return first === second ? 0 : first < second ? -1 : 1;
        };
  return (a, b) => byKey(a.key, b.key) || a.timeMs - b.timeMs || a.order - b.order;
}

const earlier = (time: number, other: number) => time < other;
