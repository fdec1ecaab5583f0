/** The branches that awaited the last move, as a ladder of moves, and the one the market took. */

import type { LiveView } from '../run/live-view.ts';
import { bar } from './bar.ts';
import { spanLeft, spanRight } from './fit-line.ts';
import { formatPercent } from './format-number.ts';
import { type Line, lineWidth, type Style, span } from './line.ts';
import type { Panel } from './panel.ts';

type Tree = NonNullable<LiveView['tree']>;
type Branch = Tree['branches'][number];

type Layout = { moveColumns: number; barColumns: number; forecastColumns: number };
type BranchStyles = { words: Style; block: Style; aside: Style };

const STEM_COLUMNS = 4;
const MOVE_COLUMNS_MIN = 3;
const MOVE_COLUMNS_MAX = 9;
const PERCENT_COLUMNS = 7;
const BAR_COLUMNS_MIN = 6;
const FORECAST_COLUMNS_MAX = 28;
/** Its width changes in steps, or the bars would twitch with every forecast. */
const FORECAST_COLUMNS_STEP = 4;
const GAP = '  ';
const LABEL_FROM_COLUMNS = 52;

const OTHER_STYLES: BranchStyles = { words: 'plain', block: 'accent', aside: 'dim' };

/** What each outcome means, for who sees it the first time. */
const OUTCOMES = {
  hit: { meaning: 'verified beforehand', style: 'goodStrong' },
  late: { meaning: 'foreseen but unverified', style: 'warningStrong' },
  miss: { meaning: 'not among the branches', style: 'badStrong' },
} as const satisfies Record<Tree['outcome'], { meaning: string; style: Style }>;

export function treePanel({ tree }: LiveView): Panel {
  return {
    rank: 2,
    rowsWanted: [5, 9, 17],
    draw(columns, rows) {
      if (tree === undefined) return [[span('waiting for a first move', 'dim')]];
      return [outcomeLine(tree, columns), ...branchLines(tree, columns, rows - 1)];
    },
  };
}

function outcomeLine({ symbol, outcome }: Tree, columns: number): Line {
  const { meaning, style } = OUTCOMES[outcome];
  const label = columns < LABEL_FROM_COLUMNS ? [] : [span('next move of ')];
  const verdict = [span(symbol, 'strong'), span(': '), span(outcome, style)];
  return [...label, ...verdict, span(`, ${meaning}`, 'dim')];
}

function branchLines({ branches, outcome }: Tree, columns: number, rows: number): Line[] {
  const isCut = branches.length > rows;
  const shown = chooseBranches(branches, isCut ? rows - 1 : rows);
  const most = Math.max(...shown.map(({ percent }) => percent));
  const layout = layoutOf(branches, columns);
  const stems = stemsOf(shown.length + (isCut ? 1 : 0));
  const lines = shown.map((branch, index) => {
    const styles: BranchStyles = branch.isTaken ? takenStyles(outcome) : OTHER_STYLES;
    return branchLine(branch, {
      stem: stems[index]!,
      share: branch.percent / most,
      layout,
      styles,
    });
  });
  if (isCut) lines.push(restLine(branches, shown));
  return lines;
}

function layoutOf(branches: readonly Branch[], columns: number): Layout {
  const moveColumns = Math.min(
    MOVE_COLUMNS_MAX,
    Math.max(MOVE_COLUMNS_MIN, ...branches.map(({ move }) => lineWidth([span(move)]))),
  );
  const left = columns - STEM_COLUMNS - moveColumns - 1 - PERCENT_COLUMNS;
  const widest = Math.max(0, ...branches.map(({ forecast }) => lineWidth([span(forecast)])));
  const steps = Math.ceil((GAP.length + widest) / FORECAST_COLUMNS_STEP);
  const forecastColumns = Math.max(
    0,
    Math.min(left - BAR_COLUMNS_MIN, FORECAST_COLUMNS_MAX, steps * FORECAST_COLUMNS_STEP),
  );
  return { moveColumns, barColumns: Math.max(0, left - forecastColumns), forecastColumns };
}

/** The trunk starts at the first branch and ends at the last line. */
function stemsOf(count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    if (index === 0) return count === 1 ? '─' : '┬';
    return index === count - 1 ? '└' : '├';
  });
}

function branchLine(
  { move, percent, isTaken, forecast }: Branch,
  at: { stem: string; share: number; layout: Layout; styles: BranchStyles },
): Line {
  const { moveColumns, barColumns, forecastColumns } = at.layout;
  const { words, block, aside } = at.styles;
  return [
    span(at.stem, 'dim'),
    span(isTaken ? '─▸ ' : '─  ', isTaken ? words : 'dim'),
    ...spanLeft(move, moveColumns, words),
    span(' '),
    ...spanLeft(bar(at.share, barColumns), barColumns, block),
    ...spanRight(formatPercent(percent), PERCENT_COLUMNS, words),
    ...spanLeft(GAP + forecast, forecastColumns, aside),
  ];
}

function takenStyles(outcome: Tree['outcome']): BranchStyles {
  const { style } = OUTCOMES[outcome];
  return { words: style, block: style, aside: style };
}

/** The taken one and the likeliest others, from the highest move down to the lowest. */
function chooseBranches(branches: readonly Branch[], count: number): Branch[] {
  return branches
    .toSorted((one, other) => rankOf(other) - rankOf(one))
    .slice(0, Math.max(0, count))
    .sort(compareMoves);
}

function rankOf({ isTaken, percent }: Branch): number {
  return isTaken ? Number.POSITIVE_INFINITY : Number.isFinite(percent) ? percent : 0;
}

/** A path such as `+1 -2` stands with those that begin alike. */
function compareMoves(one: Branch, other: Branch): number {
  const others = numbersOf(other.move);
  for (const [index, number] of numbersOf(one.move).entries()) {
    const difference = (others[index] ?? 0) - number;
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbersOf(move: string): number[] {
  return (move.replaceAll('−', '-').match(/[+-]?\d+/g) ?? []).map(Number);
}

function restLine(branches: readonly Branch[], shown: readonly Branch[]): Line {
  const rest = branches.filter(branch => !shown.includes(branch));
  const percent = rest.reduce((sum, branch) => sum + branch.percent, 0);
  return [span(`└─ ${rest.length} more branches, ${formatPercent(percent)}`, 'dim')];
}
