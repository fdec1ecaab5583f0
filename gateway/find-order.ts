/** Whose order a venue speaks of: one at work, one that has ended, or none of ours. */
import type { AtVenue } from './at-venue.ts';
import { type ClientOrderId, isSameId, readClientOrderId } from './order/client-order-id.ts';
import type { Desk } from './order/desk.ts';
import type { FinishedOrder } from './order/finished-orders.ts';
import type { WorkingOrder } from './order/working-order.ts';
import { deskOf } from './state.ts';

/** What names an order in a message: ClOrdID (11), OrigClOrdID (41) and OrderID (37). */
export type OrderNames = {
  clOrdId?: string | undefined;
  origClOrdId?: string | undefined;
  orderId?: string | undefined;
};

export type Found = { desk: Desk; order: WorkingOrder };
export type FoundFinished = { desk: Desk; order: FinishedOrder };

export function findOrder({ state, venue }: AtVenue, names: OrderNames): Found | undefined {
  const ids = idsOf(names);
  for (const desk of state.desks) {
    for (const order of desk.orders) {
      if (order.venue === venue.index && isNamed(order, ids, names)) return { desk, order };
    }
  }
  return undefined;
}

/** The latest of that name. */
export function findFinished(
  { state, venue }: AtVenue,
  names: OrderNames,
): FoundFinished | undefined {
  const ids = idsOf(names);
  const { orders, next } = state.finished;
  for (let back = 1; back <= orders.length; back++) {
    const order = orders[(next - back + orders.length) % orders.length]!;
    if (order.venue !== venue.index) continue;
    const isIt = ids.some(id => isSameId(id, order.clientOrderId) || isSameId(id, order.changeId));
    if (isIt || hasOrderId(order, names)) return { desk: deskOf(state, order), order };
  }
  return undefined;
}

/** Whether this names the change that the order waits for, and not one before it. */
export function isPending({ pending }: WorkingOrder, name: string | undefined): boolean {
  const id = readClientOrderId(name);
  return pending !== undefined && id !== undefined && isSameId(id, pending.clientOrderId);
}

function idsOf({ clOrdId, origClOrdId }: OrderNames): ClientOrderId[] {
  const ids = [readClientOrderId(clOrdId), readClientOrderId(origClOrdId)];
  return ids.filter(id => id !== undefined);
}

function isNamed(order: WorkingOrder, ids: readonly ClientOrderId[], names: OrderNames): boolean {
  const { clientOrderId, pending } = order;
  // A mass cancel is the change of many: it names none of them.
  const change = pending?.kind === 'mass-cancel' ? undefined : pending?.clientOrderId;
  const isIt = (id: ClientOrderId) =>
    isSameId(id, clientOrderId) || (change !== undefined && isSameId(id, change));
  return ids.some(isIt) || hasOrderId(order, names);
}

/** Only where the message has no other name: a venue that lost its orders counts them anew. */
function hasOrderId({ orderId }: { orderId: string }, names: OrderNames): boolean {
  return names.clOrdId === undefined && orderId !== '' && orderId === names.orderId;
}
