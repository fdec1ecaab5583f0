/** Counts over time in a bounded number of buckets, which widen as the run goes on. */
import type { Nanoseconds } from '#engine';

export type Timeline<Name extends string> = {
  /** Times must not fall below that of the first. */
  add(timeNs: Nanoseconds, counts: Readonly<Record<Name, number>>): void;
  read(): { startNs: Nanoseconds; widthNs: number; buckets: Record<Name, number>[] };
};

export type TimelineOptions = { bucketsMax: number; firstWidthNs: number };

/** Once the buckets do not reach far enough, pairs are merged and the width doubles. */
export function createTimeline<Name extends string>(
  names: readonly Name[],
  { bucketsMax, firstWidthNs }: TimelineOptions,
): Timeline<Name> {
  const counts = names.map(() => new Float64Array(bucketsMax));
  let startNs: Nanoseconds | undefined;
  let widthNs = firstWidthNs;
  let used = 0;

  const widen = () => {
    for (const series of counts) {
      for (let at = 0; at < bucketsMax; at += 2) {
        series[at / 2] = series[at]! + (series[at + 1] ?? 0);
      }
      series.fill(0, Math.ceil(bucketsMax / 2));
    }
    widthNs *= 2;
    used = Math.ceil(used / 2);
  };

  return {
    add(timeNs, given) {
      startNs ??= timeNs;
      while (timeNs - startNs >= widthNs * bucketsMax) widen();
      const bucket = Math.floor((timeNs - startNs) / widthNs);
      used = Math.max(used, bucket + 1);
      for (const [at, name] of names.entries()) {
        const series = counts[at]!;
        series[bucket] = series[bucket]! + given[name];
      }
    },
    read() {
      const buckets = Array.from({ length: used }, (_, bucket) => {
        const entries = names.map((name, at) => [name, counts[at]![bucket]!] as const);
        return Object.fromEntries(entries) as Record<Name, number>;
      });
      return { startNs: startNs ?? 0, widthNs, buckets };
    },
  };
}
