/** Where the time goes: percentiles of every other segment. */

import type { LiveView } from '../run/live-view.ts';
import { spanLeft, spanRight } from './fit-line.ts';
import { formatCount } from './format-number.ts';
import { formatNanoseconds } from './format-time.ts';
import type { Line } from './line.ts';
import type { Panel } from './panel.ts';
import { HIT_SEGMENT, MISS_SEGMENT } from './segments.ts';

type Latency = LiveView['latency'][number];

const NAME_COLUMNS_MIN = 20;
const NAME_COLUMNS_MAX = 24;
const VALUE_COLUMNS = 9;

/** The most useful first, since a narrow screen shows only some. */
const VALUES: readonly { heading: string; read(latency: Latency): string }[] = [
  { heading: 'p50', read: ({ p50 }) => formatNanoseconds(p50) },
  { heading: 'p99', read: ({ p99 }) => formatNanoseconds(p99) },
  { heading: 'max', read: ({ max }) => formatNanoseconds(max) },
  { heading: 'count', read: ({ count }) => formatCount(count) },
];

export function latencyPanel(view: LiveView): Panel {
  const latencies = view.latency.filter(
    ({ segment }) => segment !== HIT_SEGMENT && segment !== MISS_SEGMENT,
  );
  return {
    rank: 5,
    rowsWanted: [Math.min(4, latencies.length + 1), latencies.length + 1],
    draw: (columns, rows) => tableOf(latencies, columns, rows),
  };
}

/** How wide the table would like to be with no more than `columns`. */
export function latencyColumns(columns: number): number {
  const values = Math.floor((columns - NAME_COLUMNS_MIN) / VALUE_COLUMNS);
  return NAME_COLUMNS_MIN + VALUE_COLUMNS * Math.min(VALUES.length, Math.max(1, values));
}

function tableOf(latencies: readonly Latency[], columns: number, rows: number): Line[] {
  const valueCount = Math.floor((columns - NAME_COLUMNS_MIN) / VALUE_COLUMNS);
  const values = VALUES.slice(0, Math.max(0, valueCount));
  const nameColumns = Math.min(NAME_COLUMNS_MAX, columns - VALUE_COLUMNS * values.length);
  const isCut = latencies.length > rows - 1;
  const shown = latencies.slice(0, isCut ? rows - 2 : rows - 1);
  const lines: Line[] = [
    [
      ...spanLeft('latency', nameColumns, 'strong'),
      ...values.flatMap(({ heading }) => spanRight(heading, VALUE_COLUMNS, 'dim')),
    ],
    ...shown.map(latency => [
      ...spanLeft(latency.segment, nameColumns),
      ...values.flatMap(({ read }) => spanRight(read(latency), VALUE_COLUMNS)),
    ]),
  ];
  if (isCut) lines.push(spanLeft(`${latencies.length - shown.length} more`, nameColumns, 'dim'));
  return lines.slice(0, rows);
}
