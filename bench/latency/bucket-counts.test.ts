/** Buckets that count wrongly make an alert on a percentile fire late, or never. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createBucketCounts } from './bucket-counts.ts';

it('counts each value at every bound that it does not exceed', () => {
  const value = fc.oneof(
    fc.integer({ min: 0, max: 60_000_000_000 }),
    fc.integer({ min: 0, max: 35 }).chain(power => {
      return fc.constantFrom(2 ** power - 1, 2 ** power, 2 ** power + 1);
    }),
  );
  fc.assert(
    fc.property(fc.array(value, { maxLength: 50 }), values => {
      const counts = createBucketCounts();
      for (const ns of values) counts.record(ns);
      const { below, count, sumNs } = counts.read();
      expect(count).toBe(values.length);
      expect(sumNs).toBe(values.reduce((sum, ns) => sum + ns, 0));
      for (const { atMostNs, count: atMost } of below) {
        expect(atMost, String(atMostNs)).toBe(values.filter(ns => ns <= atMostNs).length);
      }
    }),
  );
});
