/** How many orders a venue has, for whoever watches it. */
import type { VenueOrders } from './venue-orders.ts';

export type OrderCounts = {
  /** That came in, refused ones too. */
  readonly orders: number;
  /** Neither filled nor cancelled, rejected or expired; stop orders that wait too. */
  readonly working: number;
  readonly fills: number;
  /** Executions that the other side does not take for its own. */
  readonly disputed: number;
};

export function countOrders({ byOrderId, done, orders, fills, disputed }: VenueOrders) {
  const working = byOrderId.size - done.length;
  return { orders, working, fills, disputed } satisfies OrderCounts;
}
