/** A part of the screen, and how the rows there are get shared among the parts. */

import { fitLine, padLine } from './fit-line.ts';
import { type Line, span } from './line.ts';

export type Panel = {
  /** Least first: in which order panels are served when rows are short. */
  rank: number;
  /** Rows worth having, least first: below the first it is left out, above the last it has all. */
  rowsWanted: readonly number[];
  /** As many lines as there are rows, at most; whatever is wider than the columns gets cut. */
  draw(columns: number, rows: number): Line[];
};

/** Panels below each other with an empty row between; the result never exceeds the rows. */
export function stackPanels(
  panels: readonly Panel[],
  { columns, rows }: { columns: number; rows: number },
): Line[] {
  const shares = shareRows(panels, rows);
  const shown = panels.flatMap((panel, index) => {
    const share = shares[index]!;
    if (share === 0) return [];
    // A panel keeps its rows when it has less to say, or all below would jump.
    const lines = panel.draw(columns, share);
    return [Array.from({ length: share }, (_, row) => lines[row] ?? [])];
  });
  return shown
    .flatMap((lines, index) => (index === 0 ? lines : [[], ...lines]))
    .map(line => fitLine(line, columns));
}

/** Two panels side by side, `rightColumns` for the second. */
export function besides(
  left: Panel,
  right: Panel,
  { rightColumns, gapColumns }: { rightColumns: number; gapColumns: number },
): Panel {
  const stages = Math.max(left.rowsWanted.length, right.rowsWanted.length);
  return {
    rank: Math.min(left.rank, right.rank),
    rowsWanted: Array.from({ length: stages }, (_, stage) =>
      Math.max(rowsAt(left, stage), rowsAt(right, stage)),
    ),
    draw(columns, rows) {
      const leftColumns = columns - rightColumns - gapColumns;
      const leftLines = left.draw(leftColumns, rows);
      const rightLines = right.draw(rightColumns, rows);
      const length = Math.max(leftLines.length, rightLines.length);
      return Array.from({ length }, (_, row) => [
        ...padLine(leftLines[row] ?? [], leftColumns),
        span(' '.repeat(gapColumns)),
        ...(rightLines[row] ?? []),
      ]);
    },
  };
}

/** First everyone's least by rank, then stage by stage what each would like besides. */
function shareRows(panels: readonly Panel[], rows: number): number[] {
  const shares = panels.map(() => 0);
  const byRank = panels.map((_, index) => index);
  byRank.sort((one, other) => panels[one]!.rank - panels[other]!.rank);
  let left = rows;
  for (const index of byRank) {
    const least = rowsAt(panels[index]!, 0);
    const gap = left === rows ? 0 : 1;
    if (least + gap > left) continue;
    shares[index] = least;
    left -= least + gap;
  }
  const stages = Math.max(0, ...panels.map(({ rowsWanted }) => rowsWanted.length));
  for (let stage = 1; stage < stages; stage++) {
    for (const index of byRank) {
      const share = shares[index]!;
      if (share === 0) continue;
      const more = Math.min(left, Math.max(0, rowsAt(panels[index]!, stage) - share));
      shares[index] = share + more;
      left -= more;
    }
  }
  return shares;
}

function rowsAt({ rowsWanted }: Panel, stage: number): number {
  return rowsWanted[stage] ?? rowsWanted.at(-1) ?? 0;
}
