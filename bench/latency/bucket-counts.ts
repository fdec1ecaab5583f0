/** How often a latency fell into each power of two: what sums over processes and over time. */

/** Values at most 2^8, 2^9, ... 2^35 ns (34 s); whatever is longer is in the count alone. */
const LEAST_POWER = 8;
const POWERS = 28;

export type Buckets = {
  /** Upper bounds, ascending, with the number of values at or below each. */
  below: readonly { atMostNs: number; count: number }[];
  count: number;
  sumNs: number;
};

export type BucketCounts = { record(ns: number): void; read(): Buckets };

export function createBucketCounts(): BucketCounts {
  // One for each bound, and one for what lies beyond the last.
  const counts = new Float64Array(POWERS + 1);
  let sumNs = 0;
  return {
    record(ns) {
      counts[bucketOf(ns)]!++;
      sumNs += ns;
    },
    read() {
      let count = 0;
      const below = Array.from({ length: POWERS }, (_, bucket) => {
        count += counts[bucket]!;
        return { atMostNs: 2 ** (LEAST_POWER + bucket), count };
      });
      return { below, count: count + counts[POWERS]!, sumNs };
    },
  };
}

/** Of the least power of two that is not below it. */
function bucketOf(ns: number): number {
  const units = Math.ceil(ns / 2 ** LEAST_POWER);
  return units <= 1 ? 0 : Math.min(32 - Math.clz32(units - 1), POWERS);
}
