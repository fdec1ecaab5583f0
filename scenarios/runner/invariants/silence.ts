/** Work goes on whatever is away: no long silence of the edge's ticks, or of a group's results. */
import { type Nanoseconds, SECOND_NS } from '#engine';
import type { JudgedInvariant } from './invariant.ts';

export type SilenceClaim = {
  readonly name: 'tickSilenceAtMost' | 'resultSilenceAtMost';
  readonly what: string;
  /** Of the time that is looked at. */
  readonly lengthNs: Nanoseconds;
  readonly atMostNs: Nanoseconds;
};

/** Times since the beginning, rising. */
export function judgeSilence(
  timesNs: readonly Nanoseconds[],
  { name, what, lengthNs, atMostNs }: SilenceClaim,
): JudgedInvariant {
  const edges = [0, ...timesNs, lengthNs];
  const silences = edges.map((ns, at) => ns - (edges[at - 1] ?? 0));
  const violations = silences.flatMap((silentNs, at) =>
    silentNs > atMostNs ? [`no ${what} for ${seconds(silentNs)} up to ${seconds(edges[at]!)}`] : [],
  );
  const longestNs = silences.reduce((a, b) => Math.max(a, b), 0);
  const claim = `never without a ${what} for more than ${seconds(atMostNs)}`;
  const said = `${claim}: at most ${seconds(longestNs)}`;
  return { name, claim: said, checked: timesNs.length, violations };
}

const seconds = (ns: Nanoseconds) => `${(ns / SECOND_NS).toFixed(1)} s`;
