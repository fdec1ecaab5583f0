/** Tables as the documents have them, so that what a benchmark prints is what they say. */

import { countText } from '../../report-html/number-text.ts';

/** The first row is the heading. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const [heading, ...rest] = rows.map(cells => `| ${cells.join(' | ')} |`);
  const rule = `|${rows[0]!.map(() => '---').join('|')}|`;
  return [heading, rule, ...rest].join('\n');
}

/** Two digits below 100, whole above it: what is multiplied from such figures has no more. */
export const roundText = (value: number): string =>
  value < 99.5 ? String(Number(value.toPrecision(2))) : countText(Math.round(value));
