/** Without this, edge and harness times would be compared across clocks. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { clockShiftNs } from './clock-shift.ts';

it('finds the shift up to the quickest way, though quotes are lost, repeated and late', () => {
  const ways = fc.array(
    fc.record({ way: fc.integer({ min: 5, max: 900 }), isLost: fc.boolean(), again: fc.boolean() }),
    { minLength: 1 },
  );
  fc.assert(
    fc.property(ways, fc.integer({ min: -1e9, max: 1e9 }), (all, shift) => {
      const quotes = all.map((one, at) => {
        const sides = { bidIncrements: 100, askIncrements: 101 };
        return { ...one, quote: { instrument: 0, exchangeTimeNs: at, ...sides }, at: 1000 * at };
      });
      const delivered = quotes.flatMap(({ quote, at, again }) => {
        const first = { ...quote, arrivedNs: at, deliveredNs: at };
        return again ? [first, { ...first, deliveredNs: at + 500 }] : [first];
      });
      const taken = quotes.filter(({ isLost }) => !isLost);
      const batches = taken.map(({ quote, at, way }) => ({
        ...{ dueNs: 0, ticks: 1, takenNs: at + way + shift },
        quotes: [{ kind: 'quote' as const, ...quote }],
      }));
      const found = clockShiftNs({ batches }, delivered);
      if (taken.length === 0) expect(found).toBeUndefined();
      else expect(found! + shift).toBe(-Math.min(...taken.map(({ way }) => way)));
    }),
  );
});
