/** Latency by percentile: the ends to ends, then the parts of the way, each with its figures. */
import { PERCENTILES } from '../latency/percentiles.ts';
import type { LatencyReading, SegmentReading } from '../latency/read-log.ts';
import { SEGMENTS, type Segment } from '../latency/segment.ts';
import { chart, figure, HALF_PAGE } from './chart.ts';
import { latencyOverTime } from './latency-over-time.ts';
import { type Markup, markup } from './markup.ts';
import { countText, durationText } from './number-text.ts';
import { linePath } from './path.ts';
import { durationScale, ninesScale } from './scale.ts';
import { lineKey, seriesClass } from './series.ts';
import { spanOf } from './span.ts';

type Named = SegmentReading & { segment: Segment };

/** What a desk waits for. */
const TIMED = ['tick-to-verified-hit', 'tick-to-order'] as const;

const isEnd = (segment: Segment) => segment.includes('-to-');

export function latencySection(reading: LatencyReading): Markup {
  const all = SEGMENTS.flatMap(segment => {
    const one = reading[segment];
    return one === undefined ? [] : [{ segment, ...one }];
  });
  if (all.length === 0) {
    return markup`<p class="quiet">None: a run on the virtual clock models its waits and claims no
latency.</p>`;
  }
  const ends = all.filter(({ segment }) => isEnd(segment));
  const parts = all.filter(({ segment }) => !isEnd(segment));
  const timed = TIMED.flatMap(segment => {
    const { intervals = [] } = reading[segment] ?? {};
    return intervals.length > 1 ? [{ segment, intervals }] : [];
  });
  return markup`<p class="quiet">Recorded where it happens, from the time a tick was due.
Percentiles of parts do not add up to those of ends. A percentile is drawn as far as the number of
values carries it.</p>
<div class="pair">${percentiles('From end to end', ends)}${percentiles('Parts of the way', parts)}
${timed.map(({ segment, intervals }) => latencyOverTime(segment, intervals))}</div>`;
}

function percentiles(heading: string, segments: readonly Named[]): Markup | undefined {
  if (segments.length === 0) return undefined;
  const { box } = HALF_PAGE;
  const points = segments.flatMap(({ curve }) => curve.map(({ ns }) => ns));
  const nines = Math.max(...segments.map(({ summary }) => Math.log10(summary.count)));
  const x = ninesScale(nines, { from: box.left, to: box.right });
  const y = durationScale(spanOf(points), { from: box.bottom, to: box.top });
  const lines = segments.map(
    ({ curve }, at) =>
      markup`<path class="line dashed ${seriesClass(at)}" d="${linePath(
        curve.map(({ share, ns }) => ({ x: x.place(share), y: y.place(ns) })),
      )}"/>`,
  );
  const summary = segments.map(one => `${one.segment} p99 ${durationText(one.summary.p99)}`);
  const headings = PERCENTILES.map(([name]) => markup`<th>${name}</th>`);
  const axes = {
    x: { scale: x, title: 'percentile' },
    y: { scale: y, title: 'latency, logarithmic' },
    summary: `Latency by percentile: ${summary.join(', ')}`,
  };
  return markup`<div>${figure(heading, '', chart(HALF_PAGE, axes, markup`${lines}`))}
<div class="scroll"><table>
<thead><tr><th>segment</th><th>count</th>${headings}</tr></thead>
<tbody>${segments.map(row)}</tbody>
</table></div></div>`;
}

function row({ segment, summary }: Named, at: number): Markup {
  const cells = PERCENTILES.map(([, field]) => markup`<td>${durationText(summary[field])}</td>`);
  const name = markup`<td>${lineKey(at)}${segment}</td>`;
  return markup`<tr>${name}<td>${countText(summary.count)}</td>${cells}</tr>`;
}
