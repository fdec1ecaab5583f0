/** From a signal to at most one request: what is missing becomes a new, replace or cancel. */
import { clearClientOrderId, setClientOrderId } from './client-order-id.ts';
import type { Desk, OrderRequest, WorkingOrder } from './desk.ts';
import { type Approved, type Intent, setIntent } from './intent.ts';

export type Wanted = 'nothing' | OrderRequest['kind'];

/** What the desk's signal asks for now; the terms of a new or replaced order are its intent. */
export function wantedOf({ signal, order, holding, intent }: Desk): Wanted {
  if (signal === undefined || order?.pending !== undefined || order?.isUnknown) return 'nothing';
  setIntent(
    intent,
    signal,
    signal.style === 'wait' ? 0 : signal.desiredLots - holding.positionLots,
  );
  const { lots, side, postOnly, limitIncrements } = intent;
  if (order === undefined) return lots === 0 ? 'nothing' : 'new';
  if (lots === 0 || side !== order.side || postOnly !== order.postOnly) return 'cancel';
  const isAsWished = limitIncrements === order.limitIncrements;
  return isAsWished && order.filledLots + lots === order.lots ? 'nothing' : 'replace';
}

/** The new order is the desk's from then on; the request has its id, and gets its terms. */
export function openOrder(desk: Desk, intent: Approved<Intent>, request: OrderRequest): void {
  const { order } = desk.records;
  setClientOrderId(order.clientOrderId, request.clientOrderId);
  order.side = intent.side;
  order.lots = intent.lots;
  order.filledLots = 0;
  order.limitIncrements = intent.limitIncrements;
  order.postOnly = intent.postOnly;
  order.isUnknown = false;
  desk.order = order;
  writeTerms(desk, 'new', request);
  awaitAnswer(desk, request);
}

/** Another price or total for the desk's order. */
export function replaceOrder(desk: Desk, intent: Approved<Intent>, request: OrderRequest): void {
  const { filledLots } = writeTerms(desk, 'replace', request);
  request.lots = filledLots + intent.lots;
  request.limitIncrements = intent.limitIncrements;
  awaitAnswer(desk, request);
}

/** Cancels need no approval: they only shrink what is open. */
export function cancelOrder(desk: Desk, request: OrderRequest): void {
  writeTerms(desk, 'cancel', request);
  awaitAnswer(desk, request);
}

function writeTerms(desk: Desk, kind: OrderRequest['kind'], request: OrderRequest): WorkingOrder {
  const order = desk.order!;
  request.kind = kind;
  request.instrument = desk.intent.instrument;
  if (kind === 'new') clearClientOrderId(request.originalClientOrderId);
  else setClientOrderId(request.originalClientOrderId, order.clientOrderId);
  request.side = order.side;
  request.lots = order.lots;
  request.limitIncrements = order.limitIncrements;
  request.postOnly = order.postOnly;
  return order;
}

/** Pending from now on, or it would be sent again. */
function awaitAnswer({ order, records }: Desk, request: OrderRequest): void {
  const { pending } = records;
  pending.kind = request.kind;
  setClientOrderId(pending.clientOrderId, request.clientOrderId);
  pending.lots = request.lots;
  pending.limitIncrements = request.limitIncrements;
  order!.pending = pending;
}
