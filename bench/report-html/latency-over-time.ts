/** How one segment's latency went over the run, where intervals were kept. */
import type { LatencyInterval } from '../latency/read-log.ts';
import { chart, figure, HALF_PAGE } from './chart.ts';
import { type Markup, markup } from './markup.ts';
import { stepPath } from './path.ts';
import { durationScale, timeScale } from './scale.ts';
import { legend, solidKey } from './series.ts';
import { spanOf } from './span.ts';

/** From the back to the front. */
const FIGURES = [
  { name: 'max', className: 'thin mute' },
  { name: 'p99', className: 'thin c2' },
  { name: 'p50', className: 'thin c1' },
] as const;

export function latencyOverTime(segment: string, intervals: readonly LatencyInterval[]): Markup {
  const { box } = HALF_PAGE;
  const ns = (seconds: number) => seconds * 1e9;
  const x = timeScale(
    0n,
    { from: ns(intervals[0]!.startSeconds), to: ns(intervals.at(-1)!.endSeconds) },
    { from: box.left, to: box.right },
  );
  const values = intervals.flatMap(interval => FIGURES.map(({ name }) => interval[name]));
  const y = durationScale(spanOf(values), { from: box.bottom, to: box.top });
  const lines = FIGURES.map(({ name, className }) => {
    const points = intervals.map(interval => ({
      x: x.place(ns(interval.startSeconds)),
      y: y.place(interval[name]),
    }));
    return markup`<path class="line ${className}" d="${stepPath(points)}"/>`;
  });
  const axes = {
    x: { scale: x, title: 'time of the run, UTC' },
    y: { scale: y, title: 'latency, logarithmic' },
    summary: `${segment} over time`,
  };
  const keys = FIGURES.map(({ name, className }) => ({ key: solidKey(className), name }));
  const body = markup`${legend(keys)}${chart(HALF_PAGE, axes, markup`${lines}`)}`;
  return figure(
    `${segment} over time`,
    'Each step is an interval of about a second, longer later in a long run.',
    body,
  );
}
