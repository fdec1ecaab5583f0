/** Values to pixels, with the ticks an axis shows. */
import type { Nanoseconds } from '#engine';
import { clockText, durationText, figureText } from './number-text.ts';
import type { Span } from './span.ts';

export type Scale = {
  place(value: number): number;
  readonly ticks: readonly { at: number; text: string }[];
};

/** Where a scale begins and ends in pixels; `to` may be the smaller, as upwards in SVG. */
export type Pixels = Span;

export function linearScale({ from, to }: Span, pixels: Pixels, ticksWanted = 5): Scale {
  const place = placing({ from, to }, pixels);
  const step = roundStep((to - from) / ticksWanted);
  const ticks = steps({ from, to }, step).map(value => ({
    at: place(value),
    text: figureText(Math.abs(value) < step / 1e6 ? 0 : Number(value.toPrecision(12))),
  }));
  return { place, ticks };
}

/** Durations on a logarithmic scale, a tick a power of ten; `span` is widened to whole powers. */
export function durationScale(span: Span, pixels: Pixels): Scale {
  const from = Math.floor(Math.log10(Math.max(span.from, 1)));
  const to = Math.max(from + 1, Math.ceil(Math.log10(Math.max(span.to, 1))));
  const placeLog = placing({ from, to }, pixels);
  const place = (ns: number) => placeLog(Math.log10(Math.max(ns, 1)));
  const ticks = steps({ from, to }, 1).map(power => ({
    at: placeLog(power),
    text: durationText(10 ** power).replace(/\.0+(?= )/, ''),
  }));
  return { place, ticks };
}

/** Shares of values by how rare what lies beyond is: 0, 90 %, 99 %, 99.9 % at equal distances. */
export function ninesScale(ninesMax: number, pixels: Pixels): Scale {
  const nines = Math.max(1, Math.ceil(ninesMax));
  const placeNines = placing({ from: 0, to: nines }, pixels);
  const ticks = steps({ from: 0, to: nines }, 1).map(count => ({
    at: placeNines(count),
    text: count === 0 ? '0 %' : count === 1 ? '90 %' : `99${dot(count)}${'9'.repeat(count - 2)} %`,
  }));
  return { place: share => placeNines(-Math.log10(1 - share)), ticks };
}

const dot = (nines: number) => (nines > 2 ? '.' : '');

const SECOND = 1e9;
const TIME_STEPS_NS = [
  ...[1, 2, 5, 10, 15, 30].map(seconds => seconds * SECOND),
  ...[1, 2, 5, 10, 15, 30].map(minutes => minutes * 60 * SECOND),
  ...[1, 2, 3, 6, 12, 24, 48, 168, 336].map(hours => hours * 3600 * SECOND),
];

/** Clock times (UTC), at whole seconds, minutes or hours. */
export function timeScale(
  originNs: bigint,
  { from, to }: { from: Nanoseconds; to: Nanoseconds },
  pixels: Pixels,
): Scale {
  const span = { from, to: Math.max(to, from + SECOND) };
  const place = placing(span, pixels);
  const wanted = (span.to - span.from) / 7;
  const step = TIME_STEPS_NS.find(ns => ns >= wanted) ?? TIME_STEPS_NS.at(-1)!;
  const hasSeconds = step < 60 * SECOND;
  const ticks = steps(span, step).map(timeNs => ({
    at: place(timeNs),
    text: clockText(originNs, timeNs, hasSeconds),
  }));
  return { place, ticks };
}

function placing(span: Span, pixels: Pixels): (value: number) => number {
  const slope = (pixels.to - pixels.from) / (span.to - span.from);
  return value => pixels.from + (value - span.from) * slope;
}

function steps({ from, to }: Span, step: number): number[] {
  const first = Math.ceil(from / step - 1e-9);
  const count = Math.floor(to / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, at) => (first + at) * step);
}

/** The least of 1, 2, 5 times a power of ten that is not below `step`. */
function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  const factor = [1, 2, 5, 10].find(one => one * power >= step * (1 - 1e-9))!;
  return factor * power;
}
