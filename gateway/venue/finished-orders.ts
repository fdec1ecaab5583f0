/** Remembers the latest orders that are done, to tell `too-late` from `unknown-order`. */
import type { RejectReason } from './market.ts';

export const FINISHED_ORDERS_MAX = 10_000;

export type FinishedOrders = {
  /** Beyond `FINISHED_ORDERS_MAX` the oldest is forgotten. */
  add(orderId: number): void;
  /** Why a request for an order that does not rest is refused. */
  reasonToRefuse(orderId: number): RejectReason;
};

export function createFinishedOrders(): FinishedOrders {
  const finished = new Set<number>();
  return {
    add(orderId) {
      finished.add(orderId);
      if (finished.size > FINISHED_ORDERS_MAX) finished.delete(finished.values().next().value!);
    },
    reasonToRefuse: orderId => (finished.has(orderId) ? 'too-late' : 'unknown-order'),
  };
}
