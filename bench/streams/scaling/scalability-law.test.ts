/** The law fitted to data of known coefficients: a wrong fit would plan the wrong cluster. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '#engine';
import { fitLaw, type Law, type Level, throughputAt } from './scalability-law.ts';

const COUNTS = [1, 2, 4, 8, 16, 32, 64];

function levelsOf(law: Law, noise: number, counts: readonly number[] = COUNTS): Level[] {
  const random = seededRandom('noise');
  return counts.map(n => ({
    n,
    throughputs: Array.from(
      { length: 5 },
      () => throughputAt(law, n) * (1 + noise * (2 * random.nextFloat() - 1)),
    ),
  }));
}

describe('the fit', () => {
  it('gives back any law that the data were made from', () => {
    const laws = fc.record({
      rate: fc.double({ min: 1, max: 1e6, noNaN: true }),
      contention: fc.double({ min: 0, max: 0.5, noNaN: true }),
      crosstalk: fc.double({ min: 0, max: 0.01, noNaN: true }),
    });
    fc.assert(
      fc.property(laws, law => {
        const fit = fitLaw(levelsOf(law, 0))!;
        expect(fit.rate / law.rate).toBeCloseTo(1, 6);
        expect(fit.contention).toBeCloseTo(law.contention, 6);
        expect(fit.crosstalk).toBeCloseTo(law.crosstalk, 8);
        expect(fit.doubts).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  it('finds it under noise, with intervals that hold it', () => {
    const law = { rate: 50_000, contention: 0.05, crosstalk: 0.0008 };
    const fit = fitLaw(levelsOf(law, 0.03))!;
    for (const name of ['rate', 'contention', 'crosstalk'] as const) {
      const [low, high] = fit.intervals[name];
      expect(low).toBeLessThanOrEqual(law[name]);
      expect(high).toBeGreaterThanOrEqual(law[name]);
    }
    expect(fit.peakAt).toBeGreaterThan(30);
    expect(fit.peakAt).toBeLessThan(40);
    expect(fit.doubts).toEqual([]);
  });

  it('holds at zero what would be below it, as where workers do more than their number', () => {
    const levels = COUNTS.map(n => ({ n, throughputs: [n ** 1.05, n ** 1.05, n ** 1.05] }));
    const fit = fitLaw(levels)!;
    expect([fit.contention, fit.crosstalk]).toEqual([0, 0]);
    expect(fit.peakAt).toBe(Number.POSITIVE_INFINITY);
  });

  it('has its peak at one where each further worker costs more than it does', () => {
    for (const crosstalk of [0, 0.5]) {
      expect(fitLaw(levelsOf({ rate: 1_000, contention: 2, crosstalk }, 0))!.peakAt).toBe(1);
    }
    expect(fitLaw(levelsOf({ rate: 1_000, contention: 0.1, crosstalk: 3 }, 0))!.peakAt).toBe(1);
  });
});

describe('data that leave the law open are told so, or a guess would pass for a finding', () => {
  const law = { rate: 1_000, contention: 0.1, crosstalk: 0.001 };

  it('three levels, which any law fits', () => {
    expect(fitLaw(levelsOf(law, 0, [1, 2, 4]))!.doubts.join()).toContain('measure 4');
    expect(fitLaw(levelsOf(law, 0, [1, 2]))).toBeUndefined();
  });

  it('one round a level', () => {
    const once = levelsOf(law, 0).map(({ n, throughputs }) => ({
      ...{ n, throughputs: throughputs.slice(0, 1) },
    }));
    expect(fitLaw(once)!.doubts.join()).toContain('say nothing of noise');
  });

  it('noise that leaves open what twice as many would do', () => {
    expect(fitLaw(levelsOf(law, 0.5, [1, 2, 3, 4]))!.doubts.join()).toContain('not determined');
  });

  it('a step that no law of this form has', () => {
    const levels = COUNTS.map(n => {
      const throughput = n < 8 ? 1_000 * n : 100 * n;
      return { n, throughputs: [throughput, throughput, throughput] };
    });
    expect(fitLaw(levels)!.doubts.join()).toContain('does not describe these data');
  });
});
