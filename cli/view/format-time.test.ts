/** Durations read with the right digits and the right unit. */

import { describe, expect, it } from 'vitest';
import { formatElapsed, formatNanoseconds } from './format-time.ts';

describe('latencies', () => {
  it.each([
    [0, '0 ns'],
    [28.4, '28 ns'],
    [999, '999 ns'],
    [999.6, '1.00 us'],
    [1_430, '1.43 us'],
    [9_996, '10.0 us'],
    [143_200, '143 us'],
    [999_499, '999 us'],
    [999_600, '1.00 ms'],
    [21_400_000, '21.4 ms'],
    [1_500_000_000, '1.50 s'],
    [90_000_000_000, '90.0 s'],
    [-2_300, '-2.30 us'],
    [Number.NaN, '-'],
    [undefined, '-'],
  ])('of %s ns read as %s, or a figure is off by its unit', (ns, text) => {
    expect(formatNanoseconds(ns)).toBe(text);
  });
});

describe('elapsed time', () => {
  it.each([
    [0, '0:00'],
    [12_999, '0:12'],
    [754_000, '12:34'],
    [3_723_000, '1:02:03'],
    [-5, '0:00'],
    [Number.NaN, '-:--'],
  ])('of %s ms reads as %s', (ms, text) => {
    expect(formatElapsed(ms)).toBe(text);
  });
});
