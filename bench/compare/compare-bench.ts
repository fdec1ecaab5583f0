/** `npm run bench -- --compare A B`: two sides interleaved, and one of them against itself. */

import { seededRandom } from '#engine';
import { SEGMENTS } from '../latency/segment.ts';
import { measureReplay, type Replay } from '../replay/measure.ts';
import type { Offer } from '../replay/offer.ts';
import { machineText } from '../replay/replay-text.ts';
import { openResults } from '../replay/results.ts';
import { durationText } from '../report-html/number-text.ts';
import { judgeRatio, median, type Ratio, ratioOf, shuffled } from '../statistics.ts';
import { textTable } from '../table.ts';
import { openSide, parseRunOptions } from './side.ts';

export type SegmentComparison = {
  segment: string;
  /** Medians over the rounds of each run's median, nanoseconds. */
  firstNs: number;
  otherNs: number;
  /** The other over the first. */
  ratio: Ratio;
  /** The first over itself: what this machine shows where there is nothing to see. */
  same: Ratio;
  verdict: ReturnType<typeof judgeRatio>;
};

/** A round measures the first side twice and the other once, in an order drawn anew. */
type Round = Record<Slot, Replay>;
type Slot = 'first' | 'again' | 'other';

export type CompareOptions = {
  names: readonly [first: string, other: string];
  offer: Offer;
  rounds: number;
  /** Options of `outrider run` for both sides, such as `branches=8`. */
  runOptions: string | undefined;
};

export async function benchCompare(compare: CompareOptions): Promise<void> {
  const { names, offer } = compare;
  const results = openResults('compare');
  const rounds = await measureRounds(compare, results.folderOf);
  const segments = compareSegments(rounds);
  results.write({ names, offer, segments, rounds });
  const { host } = rounds[0]!.first;
  console.log(machineText(host));
  console.log(comparisonText(names, segments, rounds.length));
  console.log(`\n${results.path}`);
}

async function measureRounds(
  { names, offer, rounds, runOptions }: CompareOptions,
  folderOf: (name: string) => string,
): Promise<Round[]> {
  const [first, other] = names.map(openSide);
  const sides = { first: first!, again: first!, other: other! };
  const random = seededRandom('compare');
  const measured: Round[] = [];
  for (let round = 1; round <= rounds; round++) {
    const seen: Partial<Round> = {};
    for (const slot of shuffled<Slot>(['first', 'again', 'other'], random.nextFloat)) {
      const { root, options: own } = sides[slot];
      const folder = folderOf(`${round}-${slot}`);
      const all = [...parseRunOptions(runOptions), ...own];
      seen[slot] = await measureReplay({ offer, root, options: all, folder });
      const { host, achieved } = seen[slot];
      const load = host.loadAfter[0]?.toFixed(2);
      console.error(`round ${round} of ${rounds}: ${slot}, ${achieved.ticks} ticks, load ${load}`);
    }
    measured.push(seen as Round);
  }
  return measured;
}

/** Segments that every run recorded; medians alone, since a percentile of the tail is chance. */
export function compareSegments(
  rounds: readonly Record<Slot, Pick<Replay, 'latencyNs'>>[],
): SegmentComparison[] {
  return SEGMENTS.flatMap(segment => {
    const rows = rounds.map(({ first, again, other }) =>
      [first, again, other].map(({ latencyNs }) => latencyNs[segment]?.p50),
    );
    if (rows.some(row => row.includes(undefined))) return [];
    const p50 = rows as [first: number, again: number, other: number][];
    // Both measurements of the first side stand for it; either alone stands against the other.
    const ratio = ratioOf(p50.map(([first, again, other]) => [(first + again) / 2, other]));
    const same = ratioOf(p50.map(([first, again]) => [first, again]));
    return [
      {
        ...{ segment, ratio, same, verdict: judgeRatio(ratio, same) },
        firstNs: median(p50.map(([first, again]) => (first + again) / 2)),
        otherNs: median(p50.map(([, , other]) => other)),
      },
    ];
  });
}

function comparisonText(
  [first, other]: CompareOptions['names'],
  segments: readonly SegmentComparison[],
  rounds: number,
): string {
  const interval = ({ low, high }: Ratio) => `${low.toFixed(3)}..${high.toFixed(3)}`;
  const heading = ['p50 of', first, other, 'ratio', '95 %', 'A/A', 'A/A 95 %', ''];
  const rows = segments.map(({ segment, firstNs, otherNs, ratio, same, verdict }) => [
    segment,
    ...[durationText(firstNs), durationText(otherNs)],
    ...[ratio.ratio.toFixed(3), interval(ratio), same.ratio.toFixed(3), interval(same)],
    verdict,
  ]);
  return [
    textTable([heading, ...rows]),
    '',
    `${rounds} rounds in random order. Ratio: "${other}" over "${first}"; A/A: "${first}" over ` +
      'itself, in the same rounds.',
  ].join('\n');
}
