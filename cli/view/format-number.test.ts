/** Figures and their absence read as people expect. */

import { describe, expect, it } from 'vitest';
import { formatCount, formatPercent, formatRatio, formatSigned } from './format-number.ts';

describe('a figure that does not exist is a dash, or a run without hits would claim some', () => {
  it.each([
    ['count', formatCount(Number.NaN)],
    ['percent', formatPercent((100 * 0) / 0)],
    ['ratio without a first', formatRatio(undefined, 1)],
    ['ratio without a second', formatRatio(1, undefined)],
    ['ratio to nothing', formatRatio(1, 0)],
    ['signed', formatSigned(Number.POSITIVE_INFINITY, 2)],
  ])('%s', (_, text) => {
    expect(text).toBe('-');
  });
});

describe('figures', () => {
  it.each([
    [formatCount(1043), '1,043'],
    [formatPercent(80.764), '80.8 %'],
    [formatRatio(21_400_000, 143_200), '149 x'],
    [formatRatio(9.94, 1), '9.9 x'],
    [formatRatio(9.96, 1), '10 x'],
    [formatRatio(1, 2), '0.5 x'],
    [formatRatio(5_000_000, 1), '5,000,000 x'],
    [formatSigned(0.118, 2), '+0.12'],
    [formatSigned(-0.118, 2), '-0.12'],
    [formatSigned(-0.001, 2), '0.00'],
    [formatSigned(40, 0), '+40'],
  ])('%s', (text, expected) => {
    expect(text).toBe(expected);
  });
});
