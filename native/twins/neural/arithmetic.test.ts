/** The kernels' own functions: how far from the true ones they are, and their exact cases. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { exp, ln, nearest, sigmoid, sumOf, tanh } from './arithmetic.ts';

/** Distance of two neighbouring singles in [1, 2). */
const UNIT = 2 ** -23;
const singles = (min: number, max: number) => fc.float({ min, max, noNaN: true });
const { fround: single } = Math;

it('has an exponential within two units of the last place, or learnt weights would not fit', () => {
  fc.assert(
    fc.property(singles(-87, 87), x => {
      expect(Math.abs(exp(x) / Math.exp(x) - 1)).toBeLessThan(2 * UNIT);
    }),
    { numRuns: 20_000 },
  );
  expect(exp(0)).toBe(1);
  expect(exp(-1e30)).toBe(exp(-87));
  expect(exp(1e30)).toBe(exp(87));
});

it('has a logarithm within two units of the last place', () => {
  fc.assert(
    fc.property(singles(2 ** -126, 2 ** 127), x => {
      const error = Math.abs(ln(x) - Math.log(x));
      expect(error).toBeLessThan(2 * UNIT * Math.max(2 ** -24, Math.abs(Math.log(x))));
    }),
    { numRuns: 20_000 },
  );
  expect(ln(1)).toBe(0);
});

it('has a sigmoid and a hyperbolic tangent that stay within their bounds', () => {
  fc.assert(
    fc.property(singles(-200, 200), x => {
      expect(Math.abs(sigmoid(x) - 1 / (1 + Math.exp(-x)))).toBeLessThan(2 * UNIT);
      expect(Math.abs(tanh(x) - Math.tanh(x))).toBeLessThan(4 * UNIT);
      expect(Math.abs(tanh(x))).toBeLessThanOrEqual(1);
    }),
  );
});

it.each([
  [0.5, 0],
  [1.5, 2],
  [2.5, 2],
  [-0.5, 0],
  [-1.5, -2],
  [2.4999, 2],
  [-2.5001, -3],
  [8_388_607.5, 8_388_608],
])('rounds %d to %d: ties go to even', (x, expected) => {
  expect(nearest(x) + 0).toBe(expected);
});

it('adds by lanes, or a kernel with wide registers would have other bits', () => {
  const x = Float32Array.from({ length: 40 }, (_, i) => single(10 ** ((i * 7) % 9) / 3));
  const at = (i: number) => x[i] ?? 0;
  const add = (a: number, b: number) => single(a + b);
  const lane = (j: number) => add(add(at(j), at(j + 16)), at(j + 32));
  const fold = (j: number, m: number): number =>
    m === 16 ? lane(j) : add(fold(j, 2 * m), fold(j + m, 2 * m));
  expect(sumOf(x, 40)).toBe(fold(0, 1));
  expect(sumOf(x, 40)).not.toBe(x.reduce((sum, value) => add(sum, value), 0));
});
