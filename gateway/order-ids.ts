/** ClOrdIDs of a gateway: its UTC day, and a counter that never begins again. */
import { DAY_NS } from '#engine';
import { formatUtcTimestamp } from './fix/timestamp.ts';
import type { ClientOrderId } from './order/client-order-id.ts';
import type { GatewayState } from './state.ts';

/** Writes the next one over `id`. */
export function nextOrderId(state: GatewayState, id: ClientOrderId): void {
  const { orderIds, config, nowNs } = state;
  // Whole days since the origin, itself a UTC midnight.
  const utcDay = Math.floor(nowNs / DAY_NS);
  if (utcDay !== orderIds.utcDay) {
    orderIds.utcDay = utcDay;
    orderIds.date = Number(formatUtcTimestamp(config.originNs, nowNs).slice(0, 8));
  }
  id.date = orderIds.date;
  id.serial = ++orderIds.count;
}
