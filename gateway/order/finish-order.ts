/** The end of an order: its desk is free of it, and it is remembered for what may still come. */
import { type Desk, endOrder } from './desk.ts';
import { type FinishedOrders, rememberFinished } from './finished-orders.ts';
import type { WorkingOrder } from './working-order.ts';

export function finishOrder(finished: FinishedOrders, desk: Desk, order: WorkingOrder): void {
  rememberFinished(finished, desk, order);
  endOrder(desk, order);
}
