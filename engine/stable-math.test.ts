/** Stable mathematics: without these tests, seeded runs could differ between machines. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stableExp, stableLn } from './stable-math.ts';

/** [x, f(x)] from 40-digit decimal arithmetic on the exact value of the double x. */
const LN_VALUES: [number, number][] = [
  [3, 1.0986122886681098],
  [7, 1.9459101490553132],
  [0.001, -6.907755278982137],
  [1.0000000001, 1.000000082690371e-10],
  [1e300, 690.7755278982137],
  [1e-310, -713.8013788281542],
];
const EXP_VALUES: [number, number][] = [
  [2, 7.38905609893065],
  [-1, 0.36787944117144233],
  [0.5, 1.6487212707001282],
  [-20, 2.0611536224385579e-9],
  [10, 22026.465794806718],
  [-700, 9.859676543759771e-305],
];

const relativeError = (value: number, truth: number) =>
  Math.abs(value - truth) / Math.max(Math.abs(truth), Number.MIN_VALUE);

describe('stable exponential and logarithm', () => {
  it('agree with published digits, or every seeded figure would be wrong', () => {
    for (const [x, truth] of EXP_VALUES)
      expect(relativeError(stableExp(x), truth)).toBeLessThan(1e-15);
    for (const [x, truth] of LN_VALUES)
      expect(relativeError(stableLn(x), truth)).toBeLessThan(1e-15);
  });

  it('stay within 1e-12 of the machine’s own, or a range was reduced wrongly', () => {
    fc.assert(
      fc.property(fc.double({ min: -700, max: 700, noNaN: true }), x => {
        expect(relativeError(stableExp(x), Math.exp(x))).toBeLessThan(1e-12);
      }),
      { numRuns: 5_000 },
    );
    fc.assert(
      fc.property(fc.double({ min: Number.MIN_VALUE, max: Number.MAX_VALUE, noNaN: true }), x => {
        if (x === 1) expect(stableLn(x)).toBe(0);
        else expect(relativeError(stableLn(x), Math.log(x))).toBeLessThan(1e-12);
      }),
      { numRuns: 5_000 },
    );
    fc.assert(
      fc.property(fc.double({ min: 0.7, max: 1.5, noNaN: true }), x => {
        if (x !== 1) expect(relativeError(stableLn(x), Math.log(x))).toBeLessThan(1e-12);
      }),
      { numRuns: 5_000 },
    );
  });

  it('give their limits at the ends of the number range instead of nonsense', () => {
    expect([stableExp(0), stableExp(-1e9), stableExp(1e9)]).toEqual([1, 0, Infinity]);
    expect([stableLn(1), stableLn(0), stableLn(Infinity)]).toEqual([0, -Infinity, Infinity]);
    expect([stableLn(-1), stableLn(NaN), stableExp(NaN)]).toEqual([NaN, NaN, NaN]);
  });

  it('keep their bits, or recorded runs of the simulator no longer replay', () => {
    const hash = createHash('sha256');
    const bytes = new DataView(new ArrayBuffer(8));
    for (let i = 1; i <= 20_000; i++) {
      for (const value of [stableExp(-i / 1_000), stableExp(i / 100), stableLn(i / 7_000)]) {
        bytes.setFloat64(0, value);
        hash.update(bytes);
      }
    }
    expect(hash.digest('hex')).toBe(
      '5c32e768b1c016e3d8bbc01f2d168585f51241b64230b56be9b46eeed082407b',
    );
  });
});
