/** Results of a group in time: of the others while one key is hot, and of that key after it. */
import { type Nanoseconds, SECOND_NS } from '#engine';
import type { Sample } from '../measure/metric.ts';
import type { JudgedInvariant } from './invariant.ts';

const VIOLATIONS_MAX = 50;
/** A key has recovered once its results come within this. */
const USUAL_NS = 2 * SECOND_NS;

/** `results`: of the others, from sending to result. */
export function judgeWithin(results: readonly Sample[], atMostNs: Nanoseconds): JudgedInvariant {
  const late = results.filter(({ value }) => value > atMostNs);
  const violations = late
    .slice(0, VIOLATIONS_MAX)
    .map(
      ({ atNs, value }) => `a record of ${seconds(atNs)} had its result after ${seconds(value)}`,
    );
  const claim = `each record of the other partitions had its result within ${seconds(atMostNs)}`;
  return { name: 'othersWithin', claim, checked: results.length, violations };
}

type Lags = { readonly lags: ReadonlyMap<number, number> };

/** `hot`: the partition that may lag. */
export function judgeLags(
  seen: readonly Lags[],
  { hot, atMost }: { hot: number; atMost: number },
): JudgedInvariant {
  const lags = seen.flatMap(each => [...each.lags].filter(([partition]) => partition !== hot));
  const violations = lags
    .filter(([, lag]) => lag > atMost)
    .slice(0, VIOLATIONS_MAX)
    .map(([partition, lag]) => `partition ${partition}: ${lag} records wait`);
  const claim = `no partition but the hot key's had more than ${atMost} records waiting`;
  return { name: 'othersLagAtMost', claim, checked: lags.length, violations };
}

/** `results`: of the hot key, at the moment of sending; `overNs`: when it was hot no more. */
export function judgeHotAgain(
  results: readonly Sample[],
  { overNs, withinNs }: { overNs: Nanoseconds; withinNs: Nanoseconds },
): JudgedInvariant {
  const after = results.filter(({ atNs, value }) => atNs + value >= overNs);
  const atNs = Math.max(overNs, ...results.filter(isLate).map(({ atNs, value }) => atNs + value));
  const tookNs = atNs - overNs;
  const isLong = tookNs > withinNs;
  const violations = isLong ? [`its results came late for ${seconds(tookNs)} after it`] : [];
  const claim = `${seconds(tookNs)} after its hot time the key had results within 2 s again`;
  return { name: 'hotAgainWithin', claim, checked: after.length, violations };
}

const isLate = ({ value }: Sample) => value > USUAL_NS;
const seconds = (ns: Nanoseconds) => `${(ns / SECOND_NS).toFixed(2)} s`;
