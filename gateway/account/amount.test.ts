/** Exact money in doubles, against BigInts: without these tests, a limit could pass by a hair. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { add, createAmount, isBelow, nanosOf, setDifference, setWorth } from './amount.ts';

/** So that a sum of two can be held. */
const most = 2n ** 103n;
const nanos = fc.oneof(
  fc.bigInt({ min: -most, max: most }),
  fc.bigInt({ min: -4n, max: 4n }),
  // Around the edges of the limbs.
  fc
    .tuple(fc.bigInt({ min: -3n, max: 3n }), fc.bigInt({ min: -2n, max: 2n }))
    .map(([limbs, rest]) => (limbs << 52n) + rest),
);

it('adds, subtracts and compares as integers do', () => {
  fc.assert(
    fc.property(nanos, nanos, (first, second) => {
      const of = (act: (amount: Float64Array, by: Float64Array) => void) => {
        const amount = createAmount(first);
        act(amount, createAmount(second));
        return nanosOf(amount);
      };
      expect(of(() => {})).toBe(first);
      expect(of(add)).toBe(first + second);
      expect(of((amount, by) => setDifference(amount, amount, by))).toBe(first - second);
      expect(isBelow(createAmount(first), createAmount(second))).toBe(first < second);
    }),
    { numRuns: 2000 },
  );
});

it('multiplies exactly and floors towards zero, small or beyond what a double holds', () => {
  const increments = fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -500_000, max: 500_000 }));
  const lots = fc.oneof(fc.integer({ min: -3e6, max: 3e6 }), fc.integer({ min: -50, max: 50 }));
  const incrementNanos = fc.oneof(
    fc.integer({ min: 1, max: 1e12 }),
    fc.constantFrom(1, 3, 1e4, 1e7, 1e9, 1e10),
  );
  fc.assert(
    fc.property(increments, lots, incrementNanos, (price, count, unit) => {
      const product = (BigInt(price) * BigInt(count) * BigInt(unit)) / 2n;
      const amount = createAmount(-1n);
      if (product >> 105n > 0n || product >> 105n < -1n) return;
      setWorth(amount, count, { halfIncrements: price, incrementNanos: unit });
      expect(nanosOf(amount)).toBe(product);
    }),
    { numRuns: 5000 },
  );
});

it('refuses what it cannot hold, or money would be lost in silence', () => {
  expect(() => createAmount(2n ** 105n)).toThrow('passes');
  const amount = createAmount(2n ** 105n - 1n);
  expect(() => add(amount, createAmount(1n))).toThrow('passes');
  const lowest = createAmount(-(2n ** 105n) + 2n ** 53n);
  expect(() => setDifference(lowest, lowest, createAmount(2n ** 54n))).toThrow('passes');
});
