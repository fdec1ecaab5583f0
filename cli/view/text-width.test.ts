/** Texts count as many columns as they take, and are harmless. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanText, displayWidth, takeColumns } from './text-width.ts';

describe('width of a text in columns', () => {
  it.each([
    ['EURUSD', 6],
    ['±─█▏▸…', 6],
    ['日本円', 6],
    ['한국', 4],
    ['ＦＸ', 4],
    ['ｶﾅ', 2],
    ['e\u0301', 1],
    ['🚀', 2],
    ['', 0],
  ])('counts %s as the terminal does, or columns would not line up', (text, columns) => {
    expect(displayWidth(text)).toBe(columns);
  });

  it('of a beginning never exceeds what was asked for, and nothing more would have fit', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(40), (raw, columns) => {
        const text = cleanText(raw);
        const taken = takeColumns(text, columns);
        const [next = ''] = text.slice(taken.length);
        expect(text.startsWith(taken)).toBe(true);
        expect(displayWidth(taken)).toBeLessThanOrEqual(columns);
        if (next !== '') expect(displayWidth(taken + next)).toBeGreaterThan(columns);
      }),
    );
  });
});

describe('text from outside', () => {
  it.each([
    ['a colour', '\x1b[31mEURUSD\x1b[0m', 'EURUSD'],
    ['a cursor jump in one byte', '\x9b2JEURUSD', 'EURUSD'],
    ['a title change', '\x1b]0;owned\x07EURUSD', 'EURUSD'],
    ['a bell and a backspace', 'EUR\x07\x08USD', 'EURUSD'],
    ['a reversed reading order', 'EUR\u202eUSD', 'EURUSD'],
    ['a joined or widened emoji', '\u2764\ufe0f\u200d', '\u2764'],
    ['half of a pair', 'EUR\ud800USD', 'EURUSD'],
    ['lines and tabs', 'EUR\r\nUSD\t\u2028x', 'EUR  USD  x'],
  ])('%s does not reach the terminal', (_, text, clean) => {
    expect(cleanText(text)).toBe(clean);
  });
});
