/** How verified forecasts came over time: before the move, after it, too late or overtaken. */
import type { Findings, HitBucket } from '../evidence/findings.ts';
import { type Box, chart, figure, HALF_PAGE } from './chart.ts';
import { type Markup, markup, px } from './markup.ts';
import { dateText, figureText } from './number-text.ts';
import { linePath } from './path.ts';
import { linearScale, type Scale, timeScale } from './scale.ts';
import { areaKey, legend } from './series.ts';

/** From the bottom of a bar upwards. */
const KINDS = [
  { name: 'hits', title: 'hit: verified before the move', className: 'area c1' },
  { name: 'verifiedLater', title: 'verified after it', className: 'area c6' },
  { name: 'late', title: 'past the deadline', className: 'area c2' },
  { name: 'overtaken', title: 'overtaken by the next move', className: 'area mute half' },
] as const;

const ACTIVITY_HEIGHT = 42;

export function hitsChart({ hits, originNs }: Findings): Markup {
  const { startNs, widthNs, buckets } = hits;
  const { left, right, top, bottom } = HALF_PAGE.box;
  const box: Box = { left, right, top, bottom: bottom - ACTIVITY_HEIGHT - 14 };
  const span = { from: startNs, to: startNs + widthNs * buckets.length };
  const x = timeScale(originNs, span, { from: left, to: right });
  const y = linearScale({ from: 0, to: 100 }, { from: box.bottom, to: top }, 4);
  const place = (at: number) => x.place(startNs + at * widthNs);
  const bars = KINDS.map(
    ({ className }, kind) =>
      markup`<path class="${className}" d="${buckets
        .map((bucket, at) => barPath(shareUpTo(bucket, kind), { at, place, y }))
        .join('')}"/>`,
  );
  const axes = {
    x: { scale: x, title: `time of the run, UTC, from ${dateText(originNs, startNs)}` },
    y: { scale: y, title: 'moves, %' },
    summary: 'Share of moves whose forecast was verified before the move, over time',
  };
  const activity = activityOf(buckets, { widthNs, place, top: bottom - ACTIVITY_HEIGHT, bottom });
  const keys = KINDS.map(({ title, className }) => ({ key: areaKey(className), name: title }));
  const frame = { ...HALF_PAGE, box: { left, right, top, bottom } };
  return figure(
    'Hits over time',
    `Each bar is ${figureText(widthNs / 1e9)} s of the run; below it, moves a second. What is
missing to 100 % had no full context yet.`,
    markup`${legend(keys)}${chart(frame, axes, markup`${bars}${activity}`)}`,
  );
}

/** Shares below and up to a kind, in percent of the bucket's moves. */
function shareUpTo(bucket: HitBucket, kind: number): { from: number; to: number } {
  const parts = KINDS.map(({ name }) => bucket[name]);
  const whole = Math.max(bucket.moves, sum(parts), 1) / 100;
  return { from: sum(parts.slice(0, kind)) / whole, to: sum(parts.slice(0, kind + 1)) / whole };
}

function barPath(
  { from, to }: { from: number; to: number },
  { at, place, y }: { at: number; place: (at: number) => number; y: Scale },
): string {
  if (to === from) return '';
  const [x0, x1] = [place(at), place(at + 1)];
  return `M${px(x0)} ${px(y.place(from))}V${px(y.place(to))}H${px(x1)}V${px(y.place(from))}Z`;
}

function activityOf(
  buckets: readonly HitBucket[],
  {
    widthNs,
    place,
    ...span
  }: { widthNs: number; place: (at: number) => number; top: number; bottom: number },
): Markup {
  const rates = buckets.map(({ moves }) => moves / (widthNs / 1e9));
  const most = Math.max(...rates, 1e-9);
  const height = (rate: number) => span.bottom - (rate / most) * (span.bottom - span.top);
  const points = rates.flatMap((rate, at) =>
    [place(at), place(at + 1)].map(x => ({ x, y: height(rate) })),
  );
  const ends = [
    { x: place(0), y: span.bottom },
    ...points,
    { x: place(buckets.length), y: span.bottom },
  ];
  const rate = figureText(Number(most.toPrecision(2)));
  return markup`<path class="area c7 half" d="${linePath(ends)}Z"/>
<text x="51" y="${px(span.top + 10)}" text-anchor="end">${rate}/s</text>`;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
