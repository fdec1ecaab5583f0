/** Figures of a model bench as text. */

import type { Ratio } from '../../statistics.ts';
import { textTable } from '../../table.ts';
import { bestOfGroups, type SideFigures } from './side.ts';

/** A row a side, and ours beside the best of each group. `item` is what a time is of. */
export function modelTable(title: string, figures: readonly SideFigures[], item: string): string {
  const [first] = figures;
  const rows = figures.map(side => [
    `  ${side.group}: ${side.name}`,
    `${side.medianUs.toFixed(2)} us`,
    `${side.leastUs.toFixed(2)} us`,
    ratioText(side.ratio),
  ]);
  const best = bestOfGroups(figures).map(
    ({ group, name, ratio }) => `  best of ${group}: ${name}, ${ratioText(ratio)} times ours`,
  );
  return [
    `${title}, a ${item}`,
    textTable([['', 'median', 'least', 'ratio (95 %)'], ...rows]),
    ...best,
    `  A/A: ours over itself, in the same rounds, ${ratioText(first!.ratio)}`,
  ].join('\n');
}

const ratioText = ({ ratio, low, high }: Ratio) =>
  `${ratio.toFixed(2)} (${low.toFixed(2)}..${high.toFixed(2)})`;
