/** Series that charts tell apart by colour and dash, with the keys that name them. */
import { type Markup, markup } from './markup.ts';

/** As many as are told apart without looking twice. */
export const SERIES_MAX = 7;

export const seriesClass = (at: number) => `c${(at % SERIES_MAX) + 1}`;

/** A line with the dash of its series. */
export const lineKey = (at: number) => solidKey(`dashed ${seriesClass(at)}`);

export function solidKey(className: string): Markup {
  return key(markup`<path class="line ${className}" d="M0 4H30"/>`);
}

export function areaKey(className: string): Markup {
  return key(markup`<rect class="${className}" width="30" height="8"/>`);
}

export function dotKey(className: string): Markup {
  return key(markup`<circle class="dot ${className}" cx="24" cy="4" r="3"/>`);
}

/** A value within its interval. */
export function bandKey(): Markup {
  return key(markup`<rect class="area ink fainter" width="30" height="8"/>
<path class="line thin ink" d="M0 4H30"/>`);
}

export function legend(entries: readonly { key: Markup; name: string }[]): Markup {
  const items = entries.map(entry => markup`<li>${entry.key}${entry.name}</li>`);
  return markup`<ul class="legend">${items}</ul>`;
}

const key = (drawing: Markup) => markup`<svg class="key" viewBox="0 0 30 8">${drawing}</svg>`;
