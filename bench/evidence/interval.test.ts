/** Means and their confidence intervals. */
import { expect, it } from 'vitest';
import { seededRandom } from '#engine';
import { createRunningMean } from './interval.ts';

function meanOf(values: readonly number[]) {
  const mean = createRunningMean();
  for (const value of values) mean.add(value);
  return mean.read();
}

it('claims no interval from nothing or from one number', () => {
  expect(meanOf([])).toBeUndefined();
  expect(meanOf([4])).toEqual({ count: 1, mean: 4, margin: undefined });
});

it('gives the textbook interval: 1 to 5 is 3 plus or minus 1.963', () => {
  const { mean, margin } = meanOf([1, 2, 3, 4, 5])!;
  expect(mean).toBe(3);
  expect(margin).toBeCloseTo(1.963, 3);
});

it('keeps its digits far from zero, where sums of squares cancel', () => {
  const { mean, margin } = meanOf([1, 2, 3, 4, 5].map(value => value + 1e9))!;
  expect(mean).toBe(1e9 + 3);
  expect(margin).toBeCloseTo(1.963, 3);
});

it('covers the truth about 95 times in 100, or slippage would be claimed too surely', () => {
  const random = seededRandom(5);
  let covered = 0;
  for (let trial = 0; trial < 4000; trial++) {
    const values = Array.from({ length: 12 }, () => {
      let sum = 0;
      for (let n = 0; n < 12; n++) sum += random.nextFloat() - 0.5;
      return sum;
    });
    const { mean, margin } = meanOf(values)!;
    if (Math.abs(mean) <= margin!) covered++;
  }
  expect(covered / 4000).toBeGreaterThan(0.94);
  expect(covered / 4000).toBeLessThan(0.96);
});
