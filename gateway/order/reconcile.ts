/** The difference between the orders that stand and those that should: new, replace or cancel. */
import type { Desk } from './desk.ts';
import type { OrderRequest } from './request.ts';
import type { Target } from './target.ts';
import type { WorkingOrder } from './working-order.ts';

export type Difference = 'nothing' | OrderRequest['kind'];

/** What the order lacks; of one that has an answer to come, or is unknown, nothing is asked. */
export function differenceOf(order: WorkingOrder, target: Target | undefined): Difference {
  if (order.pending !== undefined || order.isUnknown) return 'nothing';
  if (target === undefined || !isChangeable(order, target)) return 'cancel';
  if (order.isSuspended) return 'nothing';
  const isAsWished =
    target.limitIncrements === order.limitIncrements &&
    order.filledLots + target.lots === order.lots;
  return isAsWished ? 'nothing' : 'replace';
}

/** The same order but for price and total: those alone a replace can change. */
function isChangeable(order: WorkingOrder, target: Target): boolean {
  return (
    order.venue === target.venue &&
    order.side === target.side &&
    order.type === target.type &&
    order.timeInForce === target.timeInForce &&
    order.postOnly === target.postOnly &&
    order.stopIncrements === target.stopIncrements
  );
}

/** The target of an order; undefined where the plan has it no more. */
export function targetOf({ targets, targetCount }: Desk, order: WorkingOrder): Target | undefined {
  for (let at = 0; at < targetCount; at++) {
    if (targets[at]!.key === order.key) return targets[at];
  }
  return undefined;
}

/** Whether an order works for the target already. */
export function hasOrder({ orders }: Desk, { key }: Target): boolean {
  for (let at = 0; at < orders.length; at++) if (orders[at]!.key === key) return true;
  return false;
}
