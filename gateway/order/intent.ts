/** A signal turned into an order wish; by type, only an approved one can reach the wire. */
import type { Nanoseconds } from '#engine';
import type { Signal } from '../signal.ts';

export type Side = 1 | -1;

/** New risk: a new order, or another price or quantity of a working one. */
export type Intent = {
  readonly instrument: number;
  side: Side;
  /** Lots not yet filled that the order would leave working. */
  lots: number;
  limitIncrements: number;
  postOnly: boolean;
  /** The quote and the forecast it rests on. */
  midHalfIncrements: number;
  tickTimeNs: Nanoseconds;
  forecastTimeNs: Nanoseconds;
};

declare const approval: unique symbol;

/** Made by the risk check alone; it holds until the desk's next wish. */
export type Approved<T> = T & { readonly [approval]: true };

export const createIntent = (instrument: number): Intent => ({
  ...{ instrument, side: 1, lots: 0, limitIncrements: 0, postOnly: false, midHalfIncrements: 0 },
  ...{ tickTimeNs: 0.5, forecastTimeNs: 0.5 },
});

/** What a signal wants: `missing` lots more than are held, or less where it is below 0. */
export function setIntent(intent: Intent, signal: Signal, missing: number): void {
  intent.side = missing > 0 ? 1 : -1;
  intent.lots = Math.abs(missing);
  intent.limitIncrements = signal.limitIncrements;
  intent.postOnly = signal.style === 'join';
  intent.midHalfIncrements = signal.bidIncrements + signal.askIncrements;
  intent.tickTimeNs = signal.tickTimeNs;
  intent.forecastTimeNs = signal.forecastTimeNs;
}
