/** What each finished parent order cost against TWAP, with the mean and its interval. */
import type { InstrumentFindings } from '../evidence/findings.ts';
import type { MeanInterval } from '../evidence/interval.ts';
import { type Box, chart, figure, HALF_PAGE } from './chart.ts';
import { type Markup, markup, px } from './markup.ts';
import { dateText, figureText } from './number-text.ts';
import { linearScale, type Scale, timeScale } from './scale.ts';
import { bandKey, dotKey, legend } from './series.ts';
import { padded, spanOf } from './span.ts';

const KEYS = [
  { key: dotKey('c1'), name: 'buy' },
  { key: dotKey('c2'), name: 'sell' },
  { key: bandKey(), name: 'mean and its 95 % interval' },
];

export function slippageChart(
  { instrument, slippage, parents, unfilled }: InstrumentFindings,
  originNs: bigint,
): Markup | undefined {
  if (slippage === undefined) return undefined;
  const { box } = HALF_PAGE;
  const starts = spanOf(parents.map(({ startNs }) => startNs));
  const times = padded(starts, 0.02);
  const x = timeScale(originNs, times, { from: box.left, to: box.right });
  const { mean, margin = 0 } = slippage;
  const interval = [mean - margin, mean + margin];
  const values = padded(spanOf([0, ...interval, ...parents.map(one => one.slippage)]));
  const y = linearScale(values, { from: box.bottom, to: box.top });
  const zero = px(y.place(0));
  const axes = {
    x: { scale: x, title: `start of the parent, UTC, from ${dateText(originNs, starts.from)}` },
    y: { scale: y, title: 'half price increments worse than TWAP' },
    summary: `Slippage of parent orders: mean ${figureText(mean)}`,
  };
  const dots = parents.map(({ startNs, side, slippage: value }) => {
    const [cx, cy] = [px(x.place(startNs)), px(y.place(value))];
    return markup`<circle class="dot ${side === 1 ? 'c1' : 'c2'}" cx="${cx}" cy="${cy}" r="2.6"/>`;
  });
  const body = markup`<path class="zero" d="M${box.left} ${zero}H${box.right}"/>
${meanBand(slippage, y, box)}${dots}`;
  return figure(
    `Slippage of parent orders: ${instrument.symbol}`,
    `${meanText(slippage)}${unfilled > 0 ? ` ${unfilled} got no fill.` : ''}
${parents.length < slippage.count ? ` ${parents.length} of ${slippage.count} are drawn.` : ''}`,
    markup`${legend(KEYS)}${chart(HALF_PAGE, axes, body)}`,
  );
}

function meanText({ count, mean, margin }: MeanInterval): string {
  const interval =
    margin === undefined
      ? ''
      : `, 95 % interval ${figureText(mean - margin)} to ${figureText(mean + margin)}`;
  return `Average fill against the time-weighted mid of each parent's life: mean over ${count}
parents ${figureText(mean)}${interval}.`;
}

function meanBand({ mean, margin = 0 }: MeanInterval, y: Scale, { left, right }: Box): Markup {
  const [top, bottom] = [y.place(mean + margin), y.place(mean - margin)];
  return markup`<rect class="area ink fainter" x="${left}" y="${px(top)}" width="${
    right - left
  }" height="${px(Math.max(bottom - top, 0))}"/>
<path class="line thin ink" d="M${left} ${px(y.place(mean))}H${right}"/>`;
}
