/** Points in pixels as the `d` of an SVG path. */
import { px } from './markup.ts';

export type Point = { x: number; y: number };

/** Straight from point to point. */
export function linePath(points: readonly Point[]): string {
  return points.map(({ x, y }, at) => `${at === 0 ? 'M' : 'L'}${px(x)} ${px(y)}`).join('');
}

/** As `linePath`, each value held until the next. */
export function stepPath(points: readonly Point[]): string {
  return points
    .map(({ x, y }, at) => (at === 0 ? `M${px(x)} ${px(y)}` : `H${px(x)}V${px(y)}`))
    .join('');
}

/** The area between an upper and a lower line. */
export function bandPath(upper: readonly Point[], lower: readonly Point[]): string {
  return `${linePath([...upper, ...lower.toReversed()])}Z`;
}
