/** Figures of a model bench as text. */

import type { Ratio } from '../../statistics.ts';
import { textTable } from '../../table.ts';
import { bestOther, type SideFigures } from './side.ts';

/** A row a side, and what ours is beside the best of the others. `item` is what a time is of. */
export function modelTable(title: string, figures: readonly SideFigures[], item: string): string {
  const [first] = figures;
  const rows = figures.map(side => [
    `  ${side.name}`,
    `${side.medianUs.toFixed(2)} us`,
    `${side.leastUs.toFixed(2)} us`,
    ratioText(side.ratio),
  ]);
  const best = bestOther(figures);
  return [
    `${title}, a ${item}`,
    textTable([['', 'median', 'least', 'ratio (95 %)'], ...rows]),
    `  best of theirs: ${best.name}, ${best.ratio.ratio.toFixed(2)} times ours; A/A of ours ` +
      `${first!.ratio.low.toFixed(2)}..${first!.ratio.high.toFixed(2)}`,
  ].join('\n');
}

const ratioText = ({ ratio, low, high }: Ratio) =>
  `${ratio.toFixed(2)} (${low.toFixed(2)}..${high.toFixed(2)})`;
