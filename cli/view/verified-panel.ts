/** Tick to verified decision with branches and without, and how often the branches were right. */

import type { LiveView } from '../run/live-view.ts';
import { gauge } from './bar.ts';
import { joinFitting, spanLeft, spanRight } from './fit-line.ts';
import { formatCount, formatPercent, formatRatio } from './format-number.ts';
import { formatNanoseconds } from './format-time.ts';
import { type Line, lineWidth, span } from './line.ts';
import type { Panel } from './panel.ts';
import { HIT_SEGMENT, latencyOf, MISS_SEGMENT } from './segments.ts';

const PERCENTILES = ['p50', 'p99', 'max'] as const;
const NAME_COLUMNS_MIN = 9;
const NAME_COLUMNS_MAX = 20;
const VALUE_COLUMNS_MAX = 16;
const HITS_COLUMNS = 7;
const PERCENT_COLUMNS = 7;
const GAUGE_COLUMNS = 20;

export function verifiedPanel(view: LiveView): Panel {
  return {
    rank: 1,
    rowsWanted: [PERCENTILES.length + 1, PERCENTILES.length + 2],
    draw(columns, rows) {
      const percentiles = PERCENTILES.slice(0, rows - 2);
      return [...comparison(view, columns, percentiles), hitLine(view, columns)];
    },
  };
}

function comparison(
  view: LiveView,
  columns: number,
  percentiles: readonly (typeof PERCENTILES)[number][],
): Line[] {
  const hit = latencyOf(view, HIT_SEGMENT);
  const miss = latencyOf(view, MISS_SEGMENT);
  const nameColumns = Math.min(NAME_COLUMNS_MAX, Math.max(NAME_COLUMNS_MIN, columns - 40));
  const valueColumns = Math.min(VALUE_COLUMNS_MAX, Math.floor((columns - nameColumns) / 3));
  const isShort = valueColumns < 'with branches'.length;
  const heading = [
    ...spanLeft(isShort ? 'verified' : 'tick to verified', nameColumns, 'strong'),
    ...[isShort ? 'branches' : 'with branches', 'without', 'ratio'].flatMap(text =>
      spanRight(text, valueColumns, 'dim'),
    ),
  ];
  const rows = percentiles.map(name => [
    ...spanLeft(name, nameColumns, 'dim'),
    ...spanRight(formatNanoseconds(hit?.[name]), valueColumns, 'goodStrong'),
    ...spanRight(formatNanoseconds(miss?.[name]), valueColumns),
    ...spanRight(formatRatio(miss?.[name], hit?.[name]), valueColumns, 'strong'),
  ]);
  return [heading, ...rows];
}

function hitLine(view: LiveView, columns: number): Line {
  const share = view.hits / view.moves;
  const rate = [
    ...spanLeft('hits', HITS_COLUMNS, 'dim'),
    ...spanRight(formatPercent(share * 100), PERCENT_COLUMNS, 'strong'),
  ];
  const counts = [
    [span(`${formatCount(view.hits)} of ${formatCount(view.moves)} moves`)],
    [span(`${formatCount(view.late)} late`, view.late > 0 ? 'warning' : 'dim')],
    [span(`${formatCount(view.provisional)} provisional`, 'dim')],
    [span(`${formatCount(view.ticks)} ticks`, 'dim')],
  ];
  const items = [rate, gauge(share, GAUGE_COLUMNS, 'good'), ...counts];
  const withGauge = joinFitting(items, Number.POSITIVE_INFINITY);
  return lineWidth(withGauge) <= columns ? withGauge : joinFitting([rate, ...counts], columns);
}
