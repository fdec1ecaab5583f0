/** Finished orders: without this test, a late cancel and a wrong one would look the same. */
import { expect, it } from 'vitest';
import { createFinishedOrders, FINISHED_ORDERS_MAX } from './finished-orders.ts';

it('tells late from unknown and forgets the oldest orders, or a long run leaks', () => {
  const finished = createFinishedOrders();
  for (let orderId = 0; orderId <= FINISHED_ORDERS_MAX; orderId++) finished.add(orderId);
  expect(finished.reasonToRefuse(0)).toBe('unknown-order');
  expect(finished.reasonToRefuse(1)).toBe('too-late');
  expect(finished.reasonToRefuse(FINISHED_ORDERS_MAX)).toBe('too-late');
  expect(finished.reasonToRefuse(FINISHED_ORDERS_MAX + 1)).toBe('unknown-order');
});
