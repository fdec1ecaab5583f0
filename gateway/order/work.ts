/** From a signal to at most one request: what is missing becomes a new, replace or cancel. */
import type { RiskAnswer } from '../risk/check.ts';
import type { Desk, OrderRequest, WorkingOrder } from './desk.ts';
import type { Approved, Intent, Side } from './intent.ts';

export type WorkPorts = {
  check(intent: Intent): RiskAnswer;
  nextClientOrderId(): string;
};

/** The request to send, if any; the desk already counts it as pending. */
export function workDesk(
  desk: Desk,
  instrument: number,
  ports: WorkPorts,
): OrderRequest | undefined {
  const { signal, order } = desk;
  if (signal === undefined || order?.pending !== undefined || order?.isUnknown) return undefined;
  const missing = signal.style === 'wait' ? 0 : signal.desiredLots - desk.holding.positionLots;
  const side: Side = missing > 0 ? 1 : -1;
  const lots = Math.abs(missing);
  const postOnly = signal.style === 'join';
  const { limitIncrements } = signal;
  const intent: Intent = { instrument, side, lots, limitIncrements, postOnly, signal };
  if (order === undefined) return lots === 0 ? undefined : openOrder(desk, intent, ports);
  if (lots === 0 || side !== order.side || postOnly !== order.postOnly) {
    return cancelOrder(order, instrument, ports.nextClientOrderId());
  }
  const isAsWished = limitIncrements === order.limitIncrements;
  if (isAsWished && order.filledLots + lots === order.lots) return undefined;
  return replaceOrder(order, intent, ports);
}

function openOrder(desk: Desk, intent: Intent, ports: WorkPorts): OrderRequest | undefined {
  const answer = ports.check(intent);
  if (answer.kind === 'refused') return undefined;
  return newOrder(desk, answer.intent, ports.nextClientOrderId());
}

function newOrder(desk: Desk, intent: Approved<Intent>, clientOrderId: string): OrderRequest {
  const { instrument, side, lots, limitIncrements, postOnly } = intent;
  const order = { side, lots, limitIncrements, postOnly };
  desk.order = {
    clientOrderId,
    ...order,
    filledLots: 0,
    pending: { kind: 'new' },
    isUnknown: false,
  };
  return { kind: 'new', instrument, clientOrderId, order };
}

function replaceOrder(
  order: WorkingOrder,
  intent: Intent,
  ports: WorkPorts,
): OrderRequest | undefined {
  const answer = ports.check(intent);
  if (answer.kind === 'refused') return undefined;
  const { instrument, limitIncrements } = answer.intent;
  const clientOrderId = ports.nextClientOrderId();
  const lots = order.filledLots + answer.intent.lots;
  order.pending = { kind: 'replace', clientOrderId, lots, limitIncrements };
  const { side, postOnly, clientOrderId: originalClientOrderId } = order;
  const changed = { side, lots, limitIncrements, postOnly };
  return { kind: 'replace', instrument, clientOrderId, originalClientOrderId, order: changed };
}

/** Cancels need no approval: they only shrink what is open. */
export function cancelOrder(
  order: WorkingOrder,
  instrument: number,
  clientOrderId: string,
): OrderRequest {
  order.pending = { kind: 'cancel', clientOrderId };
  const originalClientOrderId = order.clientOrderId;
  return { kind: 'cancel', instrument, clientOrderId, originalClientOrderId, order };
}
