/** Settled forecasts as fans, with what the mid then did, on one scale an instrument. */
import type { InstrumentFindings } from '../evidence/findings.ts';
import type { Fan } from '../evidence/forecast-outcomes.ts';
import { type ChartSize, chart } from './chart.ts';
import { type Markup, markup, px } from './markup.ts';
import { clockText } from './number-text.ts';
import { bandPath, linePath } from './path.ts';
import { linearScale, type Scale } from './scale.ts';
import { padded, spanOf } from './span.ts';

const CELL: ChartSize = {
  width: 200,
  height: 158,
  box: { left: 34, top: 22, right: 196, bottom: 124 },
};

export function fanCharts(
  { instrument, fans }: InstrumentFindings,
  originNs: bigint,
  cells: number,
): Markup | undefined {
  if (fans.length === 0) return undefined;
  const shown = evenly(fans, cells);
  const moves = shown[0]!.happened.length;
  const values = shown.flatMap(({ quantiles, happened }) => [...quantiles.flat(), ...happened, 0]);
  const { box } = CELL;
  const x = linearScale({ from: 0, to: moves }, { from: box.left, to: box.right }, 4);
  const y = linearScale(padded(spanOf(values)), { from: box.bottom, to: box.top }, 4);
  return markup`<h3>${instrument.symbol}</h3>
<div class="fans">${shown.map(fan => fanChart(fan, { x, y, originNs }))}</div>`;
}

function fanChart(
  { timeNs, quantiles, happened }: Fan,
  { x, y, originNs }: { x: Scale; y: Scale; originNs: bigint },
): Markup {
  const points = (values: readonly number[]) =>
    [0, ...values].map((value, move) => ({ x: x.place(move), y: y.place(value) }));
  const quantile = (at: number) => points(quantiles.map(one => one[at]!));
  const truth = points(happened);
  const time = clockText(originNs, timeNs, true);
  const axes = {
    x: { scale: x, title: 'moves' },
    y: { scale: y, title: time },
    summary: `Forecast at ${time} and the mid's next ${happened.length} moves`,
  };
  return chart(
    CELL,
    axes,
    markup`<path class="area c1 faint" d="${bandPath(quantile(4), quantile(0))}"/>
<path class="area c1 faint" d="${bandPath(quantile(3), quantile(1))}"/>
<path class="line thin c1" d="${linePath(quantile(2))}"/>
<path class="line c2" d="${linePath(truth)}"/>
${truth.map(at => markup`<circle class="dot c2" cx="${px(at.x)}" cy="${px(at.y)}" r="1.9"/>`)}`,
  );
}

/** So many of the items, from the first to the last. */
function evenly<Item>(items: readonly Item[], count: number): Item[] {
  if (items.length <= count) return [...items];
  const step = (items.length - 1) / (count - 1);
  return Array.from({ length: count }, (_, at) => items[Math.round(at * step)]!);
}
