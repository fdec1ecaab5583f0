/** The live screen of a run: a snapshot in, lines for the terminal out. */

import type { LiveView } from '../run/live-view.ts';
import { eventsPanel } from './events-panel.ts';
import { headerPanel } from './header-panel.ts';
import { latencyColumns, latencyPanel } from './latency-panel.ts';
import { paintLine, span } from './line.ts';
import { marketPanel } from './market-panel.ts';
import { besides, stackPanels } from './panel.ts';
import { treePanel } from './tree-panel.ts';
import { verifiedPanel } from './verified-panel.ts';

/** Wider than this, eyes lose the row. */
const COLUMNS_MAX = 120;
const MARGIN_FROM_COLUMNS = 40;
const TREE_COLUMNS_MIN = 37;
const GAP_COLUMNS = 3;

/**
 * At most `rows` lines of at most `columns` display columns each, whatever the view holds; no
 * escape code unless `color`. What does not fit is left out, the least useful first.
 */
export function renderLiveView(
  view: LiveView,
  size: { columns: number; rows: number; color: boolean },
): string[] {
  const margin = size.columns >= MARGIN_FROM_COLUMNS ? 1 : 0;
  const columns = Math.max(0, Math.min(COLUMNS_MAX, size.columns) - 2 * margin);
  const panels = [
    headerPanel(view),
    verifiedPanel(view),
    ...branchPanels(view, columns),
    marketPanel(view),
    eventsPanel(view),
  ];
  return stackPanels(panels, { columns, rows: Math.max(0, size.rows) }).map(line =>
    paintLine([span(' '.repeat(margin)), ...line], size.color),
  );
}

/** Tree and latencies side by side where both have room. */
function branchPanels(view: LiveView, columns: number) {
  const tree = treePanel(view);
  const latency = latencyPanel(view);
  const rightColumns = latencyColumns(columns - GAP_COLUMNS - TREE_COLUMNS_MIN);
  const isRoom = columns - GAP_COLUMNS - rightColumns >= TREE_COLUMNS_MIN;
  return isRoom && rightColumns >= latencyColumns(36)
    ? [besides(tree, latency, { rightColumns, gapColumns: GAP_COLUMNS })]
    : [tree, latency];
}
