/** How many columns of a terminal a text takes, and texts made safe to show. */

import { stripVTControlCharacters } from 'node:util';

/**
 * Double width by Unicode's East Asian Width, in blocks: some narrow signs inside a block count
 * as two, never the reverse, so that no line grows past its columns.
 */
const WIDE = new RegExp(
  '[\\u1100-\\u115f\\u2329\\u232a\\u2630-\\u2637\\u268a-\\u268f\\u2e80-\\ua4cf\\ua960-\\ua97f' +
    '\\uac00-\\ud7a3\\uf900-\\ufaff\\ufe10-\\ufe19\\ufe30-\\ufe6f\\uff01-\\uff60\\uffe0-\\uffe6' +
    '\\u{16fe0}-\\u{1b2ff}\\u{1d300}-\\u{1d37f}\\u{1f000}-\\u{3ffff}]|\\p{Emoji_Presentation}',
  'u',
);
const ZERO_WIDTH = /[\p{Mn}\p{Me}]/u;
const PLAIN = /^[ -~]*$/;

/** Nothing in the outcome moves the cursor, colours, reorders or changes a neighbour's width. */
export function cleanText(text: string): string {
  if (PLAIN.test(text)) return text;
  return stripVTControlCharacters(text)
    .replace(/\s/gu, ' ')
    .replace(/[\p{C}\p{Variation_Selector}]/gu, '');
}

/** Of cleaned text, in columns. */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let columns = 0;
  for (const character of text) columns += characterWidth(character);
  return columns;
}

/** Of cleaned text, the longest beginning that takes no more than the columns. */
export function takeColumns(text: string, columns: number): string {
  let taken = '';
  let left = columns;
  for (const character of text) {
    left -= characterWidth(character);
    if (left < 0) break;
    taken += character;
  }
  return taken;
}

function characterWidth(character: string): number {
  if (ZERO_WIDTH.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
