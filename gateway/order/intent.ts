/** A signal turned into an order wish; by type, only an approved one can reach the wire. */
import type { Signal } from '../signal.ts';

export type Side = 1 | -1;

/** New risk: a new order, or another price or quantity of a working one. */
export type Intent = {
  instrument: number;
  side: Side;
  /** Lots not yet filled that the order would leave working. */
  lots: number;
  limitIncrements: number;
  postOnly: boolean;
  signal: Signal;
};

declare const approval: unique symbol;

/** Made by the risk check alone. */
export type Approved<T> = T & { readonly [approval]: true };
