/** One instrument at the gateway: what is held, what is wished for, and the order at work. */

import type { Account, Holding } from '../account/account.ts';
import type { Signal } from '../signal.ts';
import { type ClientOrderId, createClientOrderId } from './client-order-id.ts';
import { createIntent, type Intent, type Side } from './intent.ts';

/** A change the venue has not answered yet; only a replace has terms of its own. */
export type Pending = {
  kind: 'new' | 'replace' | 'cancel';
  clientOrderId: ClientOrderId;
  lots: number;
  limitIncrements: number;
};

export type WorkingOrder = {
  /** The one the venue knows the order by. */
  clientOrderId: ClientOrderId;
  side: Side;
  lots: number;
  filledLots: number;
  limitIncrements: number;
  postOnly: boolean;
  pending: Pending | undefined;
  /** Sent before a restart or a lost connection: nothing new until the venue said how it stands. */
  isUnknown: boolean;
};

export type Desk = {
  holding: Holding;
  account: Account;
  /** The latest signal, until it is done, refused by the venue or replaced by a newer one. */
  signal: Signal | undefined;
  order: WorkingOrder | undefined;
  /** What it asks the risk check for; written over by the next wish. */
  readonly intent: Intent;
  /** The records that `order` and its `pending` are while there is one: used again. */
  readonly records: { order: WorkingOrder; pending: Pending };
};

export const createDesk = (instrument: number, holding: Holding, account: Account): Desk => ({
  ...{ holding, account, signal: undefined, order: undefined, intent: createIntent(instrument) },
  records: {
    order: {
      ...{ clientOrderId: createClientOrderId(), side: 1, lots: 0, filledLots: 0 },
      ...{ limitIncrements: 0, postOnly: false, pending: undefined, isUnknown: false },
    },
    pending: {
      ...{ kind: 'new', clientOrderId: createClientOrderId(), lots: 0, limitIncrements: 0 },
    },
  },
});

/** What leaves for the venue: the request's own terms, not a state. */
export type OrderRequest = {
  kind: 'new' | 'replace' | 'cancel';
  instrument: number;
  clientOrderId: ClientOrderId;
  /** The order to change; of a new one all 0. */
  originalClientOrderId: ClientOrderId;
  side: Side;
  /** The total of the order. */
  lots: number;
  limitIncrements: number;
  postOnly: boolean;
};

export const createOrderRequest = (): OrderRequest => ({
  ...{ kind: 'new', instrument: 0, side: 1, lots: 0, limitIncrements: 0, postOnly: false },
  ...{ clientOrderId: createClientOrderId(), originalClientOrderId: createClientOrderId() },
});
