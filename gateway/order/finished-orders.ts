/** The latest orders that have ended: a late fill, bust or answer still finds its order. */
import { type ClientOrderId, createClientOrderId, setClientOrderId } from './client-order-id.ts';
import type { Desk } from './desk.ts';
import type { Side } from './terms.ts';
import type { WorkingOrder } from './working-order.ts';

export type FinishedOrder = {
  strategy: number;
  instrument: number;
  venue: number;
  side: Side;
  lots: number;
  filledLots: number;
  /** OrderID (37); empty where the venue never said one. */
  orderId: string;
  clientOrderId: ClientOrderId;
  /** Of the change that was asked for last: reports after a cancel name that. */
  changeId: ClientOrderId;
  /** It stands in its desk's doubt: see `Desk.missingLots`. */
  missingLots: number;
};

/** A ring: `orders[next]` is the oldest once it is full. */
export type FinishedOrders = { readonly orders: FinishedOrder[]; next: number };

export const FINISHED_ORDERS_MAX = 4096;

export const createFinishedOrders = (): FinishedOrders => ({ orders: [], next: 0 });

export function rememberFinished(
  finished: FinishedOrders,
  { strategy, instrument }: Pick<Desk, 'strategy' | 'instrument'>,
  order: WorkingOrder,
): void {
  const { venue, side, lots, filledLots, orderId, missingLots } = order;
  const clientOrderId = createClientOrderId();
  const changeId = createClientOrderId();
  setClientOrderId(clientOrderId, order.clientOrderId);
  const change = order.pending ?? order.change;
  if (change.kind !== 'mass-cancel') setClientOrderId(changeId, change.clientOrderId);
  finished.orders[finished.next] = {
    ...{ strategy, instrument, venue, side, lots, filledLots, orderId },
    ...{ clientOrderId, changeId, missingLots },
  };
  finished.next = (finished.next + 1) % FINISHED_ORDERS_MAX;
}
