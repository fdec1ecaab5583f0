/** Scales and number texts that readers of charts rely on. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { durationText, figureText } from './number-text.ts';
import { durationScale, linearScale, ninesScale, timeScale } from './scale.ts';
import { spanOf } from './span.ts';

const PIXELS = { from: 50, to: 550 };

describe('a linear scale', () => {
  it('places its ends at its ends and labels every tick with the value there', () => {
    const value = fc.double({ min: -1e9, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(value, fc.double({ min: 1e-3, max: 1e9, noNaN: true }), (from, width) => {
        const to = from + width;
        fc.pre(to - from > width / 2);
        const scale = linearScale({ from, to }, PIXELS);
        expect(scale.place(from)).toBeCloseTo(50);
        expect(scale.place(to)).toBeCloseTo(550);
        expect(scale.ticks.length).toBeGreaterThanOrEqual(2);
        expect(scale.ticks.length).toBeLessThanOrEqual(7);
        for (const { at } of scale.ticks) {
          expect(at).toBeGreaterThanOrEqual(49.9);
          expect(at).toBeLessThanOrEqual(550.1);
        }
      }),
    );
  });

  it('ticks in ones, twos and fives', () => {
    const texts = linearScale({ from: -12, to: 31 }, PIXELS).ticks.map(({ text }) => text);
    expect(texts).toEqual(['−10', '0', '10', '20', '30']);
  });
});

it('places rarer values at equal distances a nine', () => {
  const { place, ticks } = ninesScale(3, PIXELS);
  const distance = place(0.99) - place(0.9);
  expect(place(0.999) - place(0.99)).toBeCloseTo(distance);
  expect(ticks.map(({ text }) => text)).toEqual(['0 %', '90 %', '99 %', '99.9 %']);
});

it('names whole powers of ten of a duration, from the one below to the one above', () => {
  const { ticks } = durationScale({ from: 850, to: 2.4e6 }, PIXELS);
  const texts = ticks.map(({ text }) => text);
  expect(texts).toEqual(['100 ns', '1 µs', '10 µs', '100 µs', '1 ms', '10 ms']);
});

it('ticks clock times at whole minutes or hours, in UTC', () => {
  const originNs = BigInt(Date.UTC(2014, 4, 2)) * 1_000_000n;
  const hour = 3600e9;
  const texts = timeScale(originNs, { from: hour / 3, to: 12 * hour }, PIXELS).ticks;
  expect(texts.map(({ text }) => text)).toEqual([
    '02:00',
    '04:00',
    '06:00',
    '08:00',
    '10:00',
    '12:00',
  ]);
  const short = timeScale(originNs, { from: hour, to: hour + 61e9 }, PIXELS).ticks;
  expect(short[1]!.text).toBe('01:00:10');
});

it('never gives a span of no width, whatever the values', () => {
  expect(spanOf([])).toEqual({ from: 0, to: 1 });
  expect(spanOf([4])).toEqual({ from: 3, to: 5 });
  expect(spanOf([4, -2, 9])).toEqual({ from: -2, to: 9 });
});

it.each([
  [842, '842 ns'],
  [12_345, '12.3 µs'],
  [4_560_000, '4.56 ms'],
  [999_600_000, '1000 ms'],
  [1_234_000_000, '1.23 s'],
])('writes %d ns as %s', (ns, text) => {
  expect(durationText(ns)).toBe(text);
});

it.each([
  [1_234_567, '1,234,567'],
  [-3, '−3'],
  [0.123456, '0.1235'],
  [-353.2515, '−353.3'],
])('writes %d as %s', (value, text) => {
  expect(figureText(value)).toBe(text);
});
