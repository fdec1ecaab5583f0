/** The feed goes on whatever is away: no long silence at the edge. */
import { type Nanoseconds, SECOND_NS } from '#engine';
import type { JudgedInvariant } from './invariant.ts';

/** Times since the feed began, rising: of each batch that the edge took. */
export function judgeTickSilence(
  takenNs: readonly Nanoseconds[],
  { lengthNs, atMostNs }: { lengthNs: Nanoseconds; atMostNs: Nanoseconds },
): JudgedInvariant {
  const edges = [0, ...takenNs, lengthNs];
  const violations = edges.flatMap((ns, at) => {
    const silentNs = ns - (edges[at - 1] ?? 0);
    if (silentNs <= atMostNs) return [];
    return [`no tick for ${seconds(silentNs)} up to ${seconds(ns)}`];
  });
  const claim = `the edge was never without ticks for more than ${seconds(atMostNs)}`;
  return { name: 'tickSilenceAtMost', claim, checked: takenNs.length, violations };
}

const seconds = (ns: Nanoseconds) => `${(ns / SECOND_NS).toFixed(1)} s`;
