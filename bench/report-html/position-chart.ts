/** Positions over time, as fills left them. */
import type { Findings, InstrumentFindings } from '../evidence/findings.ts';
import { chart, figure, HALF_PAGE } from './chart.ts';
import { type Markup, markup, px } from './markup.ts';
import { dateText } from './number-text.ts';
import { stepPath } from './path.ts';
import { linearScale, timeScale } from './scale.ts';
import { legend, seriesClass, solidKey } from './series.ts';
import { padded, spanOf } from './span.ts';

export function positionChart(
  { originNs, firstNs = 0, lastNs, hits }: Findings,
  instruments: readonly InstrumentFindings[],
): Markup {
  const { box } = HALF_PAGE;
  const traded = instruments.filter(({ positions }) => positions.length > 0);
  const times = traded.flatMap(({ positions }) => positions.map(({ timeNs }) => timeNs));
  const span = spanOf([hits.startNs || firstNs, ...times, ...(times.length === 0 ? [lastNs] : [])]);
  const x = timeScale(originNs, span, { from: box.left, to: box.right });
  const lots = traded.flatMap(({ positions }) => positions.map(point => point.lots));
  const y = linearScale(padded(spanOf([0, ...lots])), { from: box.bottom, to: box.top });
  const lines = traded.map(({ positions }, at) => {
    const from = { x: x.place(span.from), y: y.place(0) };
    const points = positions.map(point => ({ x: x.place(point.timeNs), y: y.place(point.lots) }));
    return markup`<path class="line thin ${seriesClass(at)}" d="${stepPath([from, ...points])}"/>`;
  });
  const zero = px(y.place(0));
  const axes = {
    x: { scale: x, title: `time of the run, UTC, from ${dateText(originNs, span.from)}` },
    y: { scale: y, title: 'lots' },
    summary: 'Position over time',
  };
  const keys = traded.map(({ instrument }, at) => ({
    key: solidKey(`thin ${seriesClass(at)}`),
    name: instrument.symbol,
  }));
  const body = markup`<path class="zero" d="M${box.left} ${zero}H${box.right}"/>${lines}`;
  return figure(
    'Position',
    traded.length === 0 ? 'Nothing was filled.' : 'After each fill; a long run is thinned in time.',
    markup`${keys.length > 1 ? legend(keys) : undefined}${chart(HALF_PAGE, axes, body)}`,
  );
}
