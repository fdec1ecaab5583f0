/** A signal turned into an order wish; by type, only an approved one can reach the wire. */
import type { Nanoseconds } from '#engine';
import type { Confidence, Signal } from '../signal.ts';
import type { Target } from './target.ts';
import type { OrderType, Side, TimeInForce } from './terms.ts';
import type { WorkingOrder } from './working-order.ts';

/** New risk: a new order, or another price or quantity of a working one. */
export type Intent = {
  readonly strategy: number;
  readonly instrument: number;
  /** Of the target it is for. */
  key: number;
  venue: number;
  side: Side;
  /** Lots not yet filled that the order would leave working. */
  lots: number;
  type: OrderType;
  timeInForce: TimeInForce;
  postOnly: boolean;
  limitIncrements: number;
  stopIncrements: number;
  /** The quote and the forecast it rests on. */
  midHalfIncrements: number;
  tickTimeNs: Nanoseconds;
  forecastTimeNs: Nanoseconds;
  isProvisional: boolean;
  confidence: Confidence | undefined;
  /** The order that it changes; none where it is a new one. */
  replaced: WorkingOrder | undefined;
};

declare const approval: unique symbol;

/** Made by the risk check alone; it holds until the desk's next wish. */
export type Approved<T> = T & { readonly [approval]: true };

export const createIntent = (of: { strategy: number; instrument: number }): Intent => ({
  ...{ strategy: of.strategy, instrument: of.instrument, key: 0, venue: 0 },
  ...{ side: 1, lots: 0, type: 'limit', timeInForce: 'day', postOnly: false },
  ...{ limitIncrements: 0, stopIncrements: 0, midHalfIncrements: 0 },
  ...{ tickTimeNs: 0.5, forecastTimeNs: 0.5, replaced: undefined },
  ...{ isProvisional: false, confidence: undefined },
});

/** What a target of the signal's plan wants. */
export function setIntent(intent: Intent, signal: Signal, target: Target): void {
  intent.key = target.key;
  intent.venue = target.venue;
  intent.side = target.side;
  intent.lots = target.lots;
  intent.type = target.type;
  intent.timeInForce = target.timeInForce;
  intent.postOnly = target.postOnly;
  intent.limitIncrements = target.limitIncrements;
  intent.stopIncrements = target.stopIncrements;
  intent.midHalfIncrements = signal.bidIncrements + signal.askIncrements;
  intent.tickTimeNs = signal.tickTimeNs;
  intent.forecastTimeNs = signal.forecastTimeNs;
  intent.isProvisional = signal.basis === 'provisional';
  intent.confidence = signal.confidence;
}
