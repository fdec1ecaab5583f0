/** One order at a venue, from its request on until its end: a child of its desk's wish. */
import { type ClientOrderId, createClientOrderId } from './client-order-id.ts';
import type { OrderType, Side, TimeInForce } from './terms.ts';

/** A change the venue has not answered yet; only a replace has terms of its own. */
export type Pending = {
  /** A mass cancel names no order: many wait for the same one. */
  kind: 'new' | 'replace' | 'cancel' | 'mass-cancel';
  clientOrderId: ClientOrderId;
  lots: number;
  limitIncrements: number;
};

export type WorkingOrder = {
  /** Key of the target it works for. */
  key: number;
  venue: number;
  /** The one the venue knows the order by. */
  clientOrderId: ClientOrderId;
  side: Side;
  lots: number;
  filledLots: number;
  type: OrderType;
  timeInForce: TimeInForce;
  postOnly: boolean;
  limitIncrements: number;
  stopIncrements: number;
  pending: Pending | undefined;
  /** Sent before a restart or a lost connection: nothing new until the venue said how it stands. */
  isUnknown: boolean;
  /** The venue refused a change of it as of an order it does not know; it is asked after. */
  isDenied: boolean;
  /** The venue lets it rest: it may be cancelled, not replaced. */
  isSuspended: boolean;
  /** OrderID (37), once the venue said it. */
  orderId: string;
  /** CumQty (14) above what its fills add up to: executions that were never told; see Desk. */
  missingLots: number;
  /** What `pending` is while there is one: used again. */
  readonly change: Pending;
};

export const createWorkingOrder = (): WorkingOrder => ({
  ...{ key: 0, venue: 0, clientOrderId: createClientOrderId(), side: 1, lots: 0, filledLots: 0 },
  ...{ type: 'limit', timeInForce: 'day', postOnly: false, limitIncrements: 0, stopIncrements: 0 },
  ...{
    pending: undefined,
    isUnknown: false,
    isDenied: false,
    isSuspended: false,
    orderId: '',
    missingLots: 0,
  },
  change: {
    ...{ kind: 'new', clientOrderId: createClientOrderId(), lots: 0, limitIncrements: 0 },
  },
});

/** Lots that may still be filled. */
export const openLots = ({ lots, filledLots }: WorkingOrder): number =>
  Math.max(0, lots - filledLots);
