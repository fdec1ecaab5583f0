/** What leaves for a venue: a new order, another price or total of one, or its cancel. */
import { type ClientOrderId, createClientOrderId } from './client-order-id.ts';
import type { OrderType, Side, TimeInForce } from './terms.ts';

/** Its own terms, not a state. */
export type OrderRequest = {
  kind: 'new' | 'replace' | 'cancel';
  venue: number;
  strategy: number;
  instrument: number;
  clientOrderId: ClientOrderId;
  /** The order to change; of a new one all 0. */
  originalClientOrderId: ClientOrderId;
  side: Side;
  /** The total of the order. */
  lots: number;
  type: OrderType;
  timeInForce: TimeInForce;
  postOnly: boolean;
  /** Of a limit order. */
  limitIncrements: number;
  /** Of a stop order. */
  stopIncrements: number;
};

export const createOrderRequest = (): OrderRequest => ({
  ...{ kind: 'new', venue: 0, strategy: 0, instrument: 0, side: 1, lots: 0 },
  ...{ type: 'limit', timeInForce: 'day', postOnly: false, limitIncrements: 0, stopIncrements: 0 },
  ...{ clientOrderId: createClientOrderId(), originalClientOrderId: createClientOrderId() },
});
