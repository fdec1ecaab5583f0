/** The instruments with what is held and how it was bought, and what became of the orders. */

import type { LiveView } from '../run/live-view.ts';
import { joinFitting, spanLeft, spanRight } from './fit-line.ts';
import { formatCount, formatSigned } from './format-number.ts';
import { type Line, lineWidth, type Style, span } from './line.ts';
import type { Panel } from './panel.ts';

type Instrument = LiveView['instruments'][number];

const SYMBOL_COLUMNS_MIN = 8;
const SYMBOL_COLUMNS_MAX = 16;
const MEAN_COLUMNS = 6;
const SPREAD_FROM_COLUMNS = 70;

type Value = { heading: string; width: number; read(instrument: Instrument): string };

const SPREAD: Value = { heading: 'spread', width: 11, read: ({ spread }) => spread };
const VALUES: readonly Value[] = [
  { heading: 'mid', width: 11, read: ({ mid }) => mid },
  SPREAD,
  { heading: 'lots', width: 8, read: ({ positionLots }) => formatSigned(positionLots, 0) },
];

export function marketPanel(view: LiveView): Panel {
  const count = view.instruments.length;
  const rowsOf = (instruments: number) => (instruments > 0 ? instruments + 1 : 0) + 1;
  return {
    rank: 3,
    rowsWanted: [rowsOf(Math.min(2, count)), rowsOf(count)],
    draw: (columns, rows) => [
      ...instrumentLines(view, columns, rows - 1),
      ordersLine(view, columns),
    ],
  };
}

function instrumentLines({ instruments, orders }: LiveView, columns: number, rows: number): Line[] {
  if (instruments.length === 0 || rows < 2) return [];
  const values = columns < SPREAD_FROM_COLUMNS ? VALUES.filter(value => value !== SPREAD) : VALUES;
  const symbolColumns = Math.min(
    SYMBOL_COLUMNS_MAX,
    Math.max(SYMBOL_COLUMNS_MIN, ...instruments.map(({ symbol }) => lineWidth([span(symbol)]))),
  );
  const isCut = instruments.length > rows - 1;
  const shown = instruments.slice(0, isCut ? rows - 2 : rows - 1);
  const none = 'sent' in orders ? 'no parent finished yet' : 'fills are known elsewhere';
  const headings = [
    ...spanLeft('market', symbolColumns, 'strong'),
    ...values.flatMap(({ heading, width }) => spanRight(heading, width, 'dim')),
  ];
  const lines = [
    joinFitting([headings, [span('slippage vs TWAP, increments', 'dim')]], columns),
    ...shown.map(instrument => {
      const figures = [
        ...spanLeft(instrument.symbol, symbolColumns),
        ...values.flatMap(({ read, width }) => spanRight(read(instrument), width)),
      ];
      return joinFitting([figures, ...slippageItems(instrument.slippage, none)], columns);
    }),
  ];
  if (isCut) lines.push([span(`${instruments.length - shown.length} more`, 'dim')]);
  return lines;
}

/** The mean never stands without its interval. */
function slippageItems(slippage: Instrument['slippage'], none: string): Line[] {
  if (slippage === undefined) return [[span(none, 'dim')]];
  const { mean, interval, parents } = slippage;
  const half = Number.isFinite(interval) ? interval.toFixed(2) : '-';
  return [
    [...spanRight(formatSigned(mean, 2), MEAN_COLUMNS), span(` ± ${half}`)],
    [span(`${formatCount(parents)} ${parents === 1 ? 'parent' : 'parents'}`, 'dim')],
  ];
}

/** By how much an engineer would miss it: a narrow screen drops the last. */
function ordersLine({ orders }: LiveView, columns: number): Line {
  if ('countedElsewhere' in orders) {
    const where = span(`counted by the gateway at ${orders.countedElsewhere}`, 'dim');
    return joinFitting([[span('orders', 'dim')], [where]], columns);
  }
  const item = (text: string, count: number, style: Style) => [
    span(`${formatCount(count)} ${text}`, count > 0 ? style : 'dim'),
  ];
  return joinFitting(
    [
      [span('orders', 'dim')],
      item('sent', orders.sent, 'plain'),
      item('filled', orders.filled, 'plain'),
      item('rejected', orders.rejected, 'bad'),
      item('refused', orders.refused, 'warning'),
      item('cancelled', orders.cancelled, 'plain'),
      item('replaced', orders.replaced, 'plain'),
    ],
    columns,
  );
}
