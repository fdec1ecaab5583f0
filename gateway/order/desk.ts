/** One instrument at the gateway: what is held, what is wished for, and the order at work. */
import type { Instrument } from '#market';
import type { Signal } from '../signal.ts';
import { createHolding, type Holding } from './account.ts';
import type { Side } from './intent.ts';

/** A change the venue has not answered yet. */
export type Pending =
  | { kind: 'new' }
  | { kind: 'replace'; clientOrderId: string; lots: number; limitIncrements: number }
  | { kind: 'cancel'; clientOrderId: string };

export type WorkingOrder = {
  /** ClOrdID the venue knows the order by. */
  clientOrderId: string;
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
  /** The latest signal, until it is done, refused by the venue or replaced by a newer one. */
  signal: Signal | undefined;
  order: WorkingOrder | undefined;
};

export const createDesk = (instrument: Instrument): Desk => ({
  holding: createHolding(instrument),
  signal: undefined,
  order: undefined,
});

/** What leaves for the venue; `order` is the request's own instruction, not a state. */
export type OrderRequest = {
  instrument: number;
  clientOrderId: string;
  order: Pick<WorkingOrder, 'side' | 'lots' | 'limitIncrements' | 'postOnly'>;
} & ({ kind: 'new' } | { kind: 'replace' | 'cancel'; originalClientOrderId: string });
