/** Two sides beside each other, each also beside itself, as a row of a table. */

import { median, type Ratio, ratioOf } from '../statistics.ts';
import { textTable } from '../table.ts';

/** What a measure is asked to be: ours over theirs, at least or at most. */
export type Asked = { readonly atLeast: number } | { readonly atMost: number };

export type Measure<Figures> = {
  readonly name: string;
  read(figures: Figures): number;
  text(value: number): string;
  readonly asked?: Asked;
};

type SideComparison = {
  readonly measure: string;
  /** Medians over all rounds. */
  readonly ours: number;
  readonly theirs: number;
  /** Ours over theirs. */
  readonly ratio: Ratio;
  /** Each over itself in the same rounds. */
  readonly same: { readonly ours: Ratio; readonly theirs: Ratio };
};

/** By round and side: what was measured once and again. */
type Rounds<Figures> = readonly Readonly<Record<string, readonly Figures[]>>[];

type Sides = { readonly ours: string; readonly theirs: string };

/** Every measure, and the table of them. */
export function compareAll<Figures>(
  rounds: Rounds<Figures>,
  sides: Sides,
  measures: readonly Measure<Figures>[],
): { readonly comparisons: readonly SideComparison[]; readonly table: string } {
  const comparisons = measures.map(each => compareSides(rounds, sides, each));
  return { comparisons, table: textTable(comparisonRows(comparisons, sides, measures)) };
}

function compareSides<Figures>(
  rounds: Rounds<Figures>,
  { ours, theirs }: Sides,
  { name, read }: Measure<Figures>,
): SideComparison {
  const pairsOf = (side: string) =>
    rounds.map(round => {
      const [once, again] = round[side]!.map(read);
      return [once!, again!] as const;
    });
  const [own, other] = [pairsOf(ours), pairsOf(theirs)];
  return {
    measure: name,
    ...{ ours: median(own.flat()), theirs: median(other.flat()) },
    ratio: ratioOf(other.map((pair, at) => [meanOf(pair), meanOf(own[at]!)])),
    same: { ours: ratioOf(own), theirs: ratioOf(other) },
  };
}

const meanOf = ([once, again]: readonly [number, number]) => (once + again) / 2;

/** Heading and a row a measure. */
function comparisonRows<Figures>(
  comparisons: readonly SideComparison[],
  { ours, theirs }: Sides,
  measures: readonly Measure<Figures>[],
): string[][] {
  const heading = ['', ours, theirs, 'ratio', `A/A ${ours}`, `A/A ${theirs}`, 'asked'];
  const rows = comparisons.map((each, at) => {
    const { text, asked } = measures[at]!;
    const ratios = [each.ratio, each.same.ours, each.same.theirs].map(ratioText);
    return [each.measure, text(each.ours), text(each.theirs), ...ratios, askedText(asked)];
  });
  return [heading, ...rows];
}

const ratioText = ({ ratio, low, high }: Ratio) =>
  `${ratio.toFixed(2)} (${low.toFixed(2)}..${high.toFixed(2)})`;

function askedText(asked: Asked | undefined): string {
  if (asked === undefined) return '';
  return 'atLeast' in asked ? `>= ${asked.atLeast}` : `<= ${asked.atMost}`;
}
