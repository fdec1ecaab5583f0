/** The window of the order rate: a forgotten order would let one more through than allowed. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SECOND_NS } from '#engine';
import { addOrder, createRecentOrders, forgetOrders } from './recent-orders.ts';

it('counts the orders of the last second, however many come and go', () => {
  const gap = fc.oneof(fc.nat({ max: 5_000_000 }), fc.nat({ max: 2 * SECOND_NS }));
  fc.assert(
    fc.property(fc.array(gap, { maxLength: 600 }), gaps => {
      const recent = createRecentOrders();
      let timesNs: number[] = [];
      let nowNs = 36_000_000_000_000;
      for (const each of gaps) {
        nowNs += each;
        timesNs = timesNs.filter(timeNs => timeNs > nowNs - SECOND_NS);
        forgetOrders(recent, nowNs);
        expect(recent.count).toBe(timesNs.length);
        timesNs.push(nowNs);
        addOrder(recent, nowNs);
      }
    }),
    { numRuns: 200 },
  );
});
