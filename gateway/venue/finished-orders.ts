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
  /** The same in order of their end, the oldest at `next`: asking a set for it is a long walk. */
  const latest: number[] = [];
  let next = 0;
  return {
    add(orderId) {
      if (finished.has(orderId)) return;
      finished.add(orderId);
      const oldest = latest[next];
      if (oldest !== undefined) finished.delete(oldest);
      latest[next] = orderId;
      next = (next + 1) % FINISHED_ORDERS_MAX;
    },
    reasonToRefuse: orderId => (finished.has(orderId) ? 'too-late' : 'unknown-order'),
  };
}
