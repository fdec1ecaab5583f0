/** Turns what is approved into a request, and the request into the state of its order. */
import { clearClientOrderId, setClientOrderId } from './client-order-id.ts';
import { type Desk, takeOrder } from './desk.ts';
import type { Approved, Intent } from './intent.ts';
import type { OrderRequest } from './request.ts';
import type { WorkingOrder } from './working-order.ts';

/** The new order is the desk's from then on; the request has its id, and gets its terms. */
export function openOrder(desk: Desk, approved: Approved<Intent>, request: OrderRequest): void {
  const order = takeOrder(desk);
  setClientOrderId(order.clientOrderId, request.clientOrderId);
  order.key = approved.key;
  order.venue = approved.venue;
  order.side = approved.side;
  order.lots = approved.lots;
  order.filledLots = 0;
  order.type = approved.type;
  order.timeInForce = approved.timeInForce;
  order.postOnly = approved.postOnly;
  order.limitIncrements = approved.limitIncrements;
  order.stopIncrements = approved.stopIncrements;
  order.isUnknown = false;
  order.isDenied = false;
  order.isSuspended = false;
  order.orderId = '';
  order.missingLots = 0;
  writeTerms(approved, order, request);
  request.kind = 'new';
  clearClientOrderId(request.originalClientOrderId);
  awaitAnswer(order, request);
}

/** Another price or total for an order. */
export function replaceOrder(
  order: WorkingOrder,
  approved: Approved<Intent>,
  request: OrderRequest,
): void {
  writeTerms(approved, order, request);
  request.kind = 'replace';
  request.lots = order.filledLots + approved.lots;
  request.limitIncrements = approved.limitIncrements;
  awaitAnswer(order, request);
}

/** Cancels need no approval: they only shrink what is open. */
export function cancelOrder(desk: Desk, order: WorkingOrder, request: OrderRequest): void {
  writeTerms(desk, order, request);
  request.kind = 'cancel';
  awaitAnswer(order, request);
}

function writeTerms(
  { strategy, instrument }: Pick<Intent, 'strategy' | 'instrument'>,
  order: WorkingOrder,
  request: OrderRequest,
): void {
  request.venue = order.venue;
  request.strategy = strategy;
  request.instrument = instrument;
  setClientOrderId(request.originalClientOrderId, order.clientOrderId);
  request.side = order.side;
  request.lots = order.lots;
  request.type = order.type;
  request.timeInForce = order.timeInForce;
  request.postOnly = order.postOnly;
  request.limitIncrements = order.limitIncrements;
  request.stopIncrements = order.stopIncrements;
}

/** Pending from now on, or it would be sent again. */
function awaitAnswer(order: WorkingOrder, request: OrderRequest): void {
  const { change } = order;
  change.kind = request.kind;
  setClientOrderId(change.clientOrderId, request.clientOrderId);
  change.lots = request.lots;
  change.limitIncrements = request.limitIncrements;
  order.pending = change;
}
