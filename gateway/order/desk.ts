/** One strategy in one instrument: what is held, what is wished for, and the orders at work. */
import { invariant } from '#engine';
import type { Account } from '../account/account.ts';
import type { Holding } from '../account/holding.ts';
import type { Signal } from '../signal.ts';
import { createIntent, type Intent } from './intent.ts';
import { createTarget, type Target } from './target.ts';
import { createWorkingOrder, type WorkingOrder } from './working-order.ts';

/** Orders of one desk at work at once, over all venues. */
export const CHILDREN_MAX = 16;

export type Desk = {
  readonly strategy: number;
  readonly instrument: number;
  holding: Holding;
  account: Account;
  /** The latest signal, until it is done, refused by the venue or replaced by a newer one. */
  signal: Signal | undefined;
  /** The children at work, the oldest first: CHILDREN_MAX at most. */
  readonly orders: WorkingOrder[];
  /** What the children should be now: the first `targetCount` of `targets`. */
  readonly targets: readonly Target[];
  targetCount: number;
  /** Its orders, ended ones too, that the venue says has filled more than it ever told. */
  missingOrders: number;
  /** Filled beyond an order, or by one that is nobody's: until a person has looked. */
  isInDoubt: boolean;
  /** What it asks the risk check for; written over by the next wish. */
  readonly intent: Intent;
  /** Orders that have ended, to be used again. */
  readonly spare: WorkingOrder[];
};

export function createDesk(
  { strategy, instrument }: { strategy: number; instrument: number },
  holding: Holding,
  account: Account,
): Desk {
  return {
    ...{ strategy, instrument, holding, account, signal: undefined },
    ...{ orders: [], spare: [], targetCount: 0, missingOrders: 0, isInDoubt: false },
    targets: Array.from({ length: CHILDREN_MAX }, createTarget),
    intent: createIntent({ strategy, instrument }),
  };
}

/** One more order of the desk, with whatever an earlier one left in it. */
export function takeOrder({ orders, spare }: Desk): WorkingOrder {
  invariant(orders.length < CHILDREN_MAX, 'a desk has CHILDREN_MAX orders at most');
  const order = spare.pop() ?? createWorkingOrder();
  orders.push(order);
  return order;
}

/** Its position may not be what the venue has: it may shrink, not grow. */
export const needsReconcile = ({ missingOrders, isInDoubt }: Desk): boolean =>
  isInDoubt || missingOrders > 0;

/** The order works no more. */
export function endOrder({ orders, spare }: Desk, order: WorkingOrder): void {
  const at = orders.indexOf(order);
  invariant(at >= 0, 'an order ends once, at its own desk');
  for (let next = at + 1; next < orders.length; next++) orders[next - 1] = orders[next]!;
  orders.pop();
  spare.push(order);
}
