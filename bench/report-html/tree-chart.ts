/** One speculation: branches verified before the move, and the one the market took. */
import type { SpeculationTree, TreeBranch } from '../evidence/speculation-sample.ts';
import { chart, figure, HALF_PAGE } from './chart.ts';
import { type Markup, markup, px } from './markup.ts';
import { clockText, figureText } from './number-text.ts';
import { linePath } from './path.ts';
import { linearScale, type Scale } from './scale.ts';
import { legend, solidKey } from './series.ts';
import { padded, spanOf } from './span.ts';

export function treeChart(symbol: string, tree: SpeculationTree, originNs: bigint): Markup {
  const { before, branches, taken, happened, timeNs } = tree;
  const { box } = HALF_PAGE;
  const xs = { from: 1 - before.length, to: happened.length };
  const x = linearScale(xs, { from: box.left, to: box.right }, 8);
  const took = branches[taken]!;
  const values = [...before, ...happened, ...branches.flatMap(({ paths }) => paths.flat())];
  const y = linearScale(padded(spanOf(values)), { from: box.bottom, to: box.top });
  const others = branches.filter((_, at) => at !== taken);
  const past = before.map((value, at) => point({ x, y }, xs.from + at, value));
  const future = [0, ...happened].map((value, move) => point({ x, y }, move, value));
  const name = signed(took.moveHalfIncrements);
  const axes = {
    x: { scale: x, title: 'moves from the speculation' },
    y: { scale: y, title: 'half price increments from the mid' },
    summary: `${branches.length} branches; the market took the one of ${name}`,
  };
  const body = markup`${others.map(branch => branchLines(branch, { x, y }, 'mute hair'))}
${branchLines(took, { x, y }, 'c1 thin soft')}
<path class="zero" d="M${px(x.place(0))} ${px(box.top)}V${px(box.bottom)}"/>
<path class="line ink" d="${linePath(past)}"/>
<path class="line c2" d="${linePath(future)}"/>
${future.map(at => markup`<circle class="dot c2" cx="${px(at.x)}" cy="${px(at.y)}" r="2.2"/>`)}
<text class="note" x="${px(x.place(0) - 6)}" y="${px(box.top + 10)}" text-anchor="end">now</text>`;
  const keys = [
    { key: solidKey('mute hair'), name: 'other branches' },
    { key: solidKey('thin c1'), name: 'paths of the branch taken' },
    { key: solidKey('c2'), name: 'what the mid did' },
  ];
  return figure(
    `One speculation: ${symbol}, ${clockText(originNs, timeNs, true)}`,
    `${branches.length} next moves were drafted and verified before the market moved. It took number
${taken + 1} in the draft's order, ${name} half price increments: a hit, with
${took.paths.length} settled paths at once. Four paths of each other branch are drawn.`,
    markup`${legend(keys)}${chart(HALF_PAGE, axes, body)}`,
  );
}

type Scales = { x: Scale; y: Scale };

function branchLines({ paths }: TreeBranch, scales: Scales, className: string): Markup {
  const d = paths.map(path =>
    linePath([0, ...path].map((value, move) => point(scales, move, value))),
  );
  return markup`<path class="line ${className}" d="${d.join('')}"/>`;
}

const point = ({ x, y }: Scales, move: number, value: number) => ({
  x: x.place(move),
  y: y.place(value),
});

const signed = (value: number) => `${value > 0 ? '+' : ''}${figureText(value)}`;
