/** The frame of a chart: axes with units, a light grid, and what is drawn inside. */
import { type Markup, markup, px } from './markup.ts';
import type { Scale } from './scale.ts';

export type Box = { left: number; top: number; right: number; bottom: number };

export type ChartSize = { width: number; height: number; box: Box };

export type Axis = { scale: Scale; title: string };

/** A chart of a half page; text keeps its size where the page puts one chart a row. */
export const HALF_PAGE: ChartSize = {
  width: 600,
  height: 300,
  box: { left: 58, top: 26, right: 576, bottom: 258 },
};

/** `summary` is what someone who cannot see the drawing is told. */
export function chart(
  { width, height, box }: ChartSize,
  { x, y, summary }: { x: Axis; y: Axis; summary: string },
  body: Markup,
): Markup {
  return markup`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${summary}">
<g class="grid">${y.scale.ticks.map(({ at }) => horizontal(box, at))}</g>
<g class="ticks">${y.scale.ticks.map(
    ({ at, text }) =>
      markup`<text x="${px(box.left - 7)}" y="${px(at + 4)}" text-anchor="end">${text}</text>`,
  )}${x.scale.ticks.map(({ at, text }) => bottomTick(box, at, text))}</g>
${body}
<path class="axis" d="M${px(box.left)} ${px(box.bottom)}H${px(box.right)}"/>
<text class="title" x="${px(box.left)}" y="${px(box.top - 12)}">${y.title}</text>
<text class="title" x="${px(box.right)}" y="${px(height - 6)}" text-anchor="end">${x.title}</text>
</svg>`;
}

/** A drawing with its heading and the sentence that says how to read it. */
export function figure(heading: string, caption: string, body: Markup): Markup {
  return markup`<figure><h3>${heading}</h3>${body}<figcaption>${caption}</figcaption></figure>`;
}

function horizontal({ left, right }: Box, at: number): Markup {
  return markup`<path d="M${px(left)} ${px(at)}H${px(right)}"/>`;
}

function bottomTick({ bottom }: Box, at: number, text: string): Markup {
  return markup`<path d="M${px(at)} ${px(bottom)}v4"/><text x="${px(at)}" y="${px(
    bottom + 17,
  )}" text-anchor="middle">${text}</text>`;
}
