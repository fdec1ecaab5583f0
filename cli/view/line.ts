/** A line of the screen as styled spans, so that no escape code is ever cut or counted. */

import { cleanText, displayWidth } from './text-width.ts';

export type Span = { readonly text: string; readonly style: Style };
export type Line = readonly Span[];
export type Style = keyof typeof STYLE_CODES;

/** The terminal's own sixteen colours, since its owner has chosen them to be legible. */
const STYLE_CODES = {
  plain: '',
  dim: '2',
  strong: '1',
  accent: '36',
  good: '32',
  warning: '33',
  bad: '31',
  goodStrong: '1;32',
  warningStrong: '1;33',
  badStrong: '1;31',
} as const;

/** The only way text reaches the screen, so all of it is made safe here. */
export function span(text: string, style: Style = 'plain'): Span {
  return { text: cleanText(text), style };
}

/** In display columns. */
export function lineWidth(line: Line): number {
  return line.reduce((columns, { text }) => columns + displayWidth(text), 0);
}

/** As written to a terminal; without colour it holds no escape code at all. */
export function paintLine(line: Line, color: boolean): string {
  const texts = line.map(span => (color ? paintSpan(span) : span.text));
  return texts.join('').trimEnd();
}

function paintSpan({ text, style }: Span): string {
  const code = STYLE_CODES[style];
  return code === '' || text.trim() === '' ? text : `\x1b[${code}m${text}\x1b[0m`;
}
