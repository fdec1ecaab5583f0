/** Orders of every type and time in force, by what a market can do with limit orders. */
import { Side as FixSide } from '../fix/order-terms.ts';
import { OrdType, TimeInForce } from '../fix/order-type.ts';
import type { Side, VenueEvent, VenueMarket, VenueOrder } from './market.ts';
import type { VenueOrderRecord } from './venue-orders.ts';

export const sideOf = ({ side }: Pick<VenueOrderRecord, 'side'>): Side =>
  side === FixSide.buy ? 'buy' : 'sell';

/** It trades what it can at once, or all of it, and never rests. */
export const isImmediate = ({ ordType, timeInForce, isWaiting }: VenueOrderRecord): boolean =>
  !isWaiting &&
  (ordType !== undefined ||
    timeInForce === TimeInForce.immediateOrCancel ||
    timeInForce === TimeInForce.fillOrKill);

/**
 * Brings an order to its market: a market order, or a stop that was reached, goes as a limit order
 * as far off as the market takes one. What may not rest is cancelled.
 */
export function placeOrder(
  market: VenueMarket,
  record: VenueOrderRecord,
  events: VenueEvent[],
): void {
  const { orderId, instrument, orderLots: quantityLots, ordType, postOnly } = record;
  const side = sideOf(record);
  const furthest = ordType === undefined ? undefined : market.look(instrument, side);
  if (ordType !== undefined && furthest === undefined) {
    events.push({ kind: 'rejected', orderId, reason: 'no-quote' });
    return;
  }
  const limitIncrements = furthest?.furthestIncrements ?? record.limitIncrements;
  const order: VenueOrder = { orderId, instrument, side, quantityLots, limitIncrements, postOnly };
  const isAllOrNothing = record.timeInForce === TimeInForce.fillOrKill;
  if (isAllOrNothing && market.fillableLots(order) < quantityLots) {
    events.push({ kind: 'accepted', orderId }, { kind: 'cancelled', orderId });
    return;
  }
  const first = events.length;
  market.submit(order, events);
  if (isImmediate(record) && leavesLots(events.slice(first), order) > 0) {
    market.cancel(orderId, events);
  }
}

/** What the events of its arrival leave of an order. */
function leavesLots(events: readonly VenueEvent[], { orderId, quantityLots }: VenueOrder): number {
  let leaves = quantityLots;
  for (const event of events) {
    if (event.orderId !== orderId) continue;
    if (event.kind === 'filled') leaves = event.leavesLots;
    if (event.kind === 'rejected') leaves = 0;
  }
  return leaves;
}

/** Whether a stop order is reached: the far touch is at its price or beyond. */
export function isReached(market: VenueMarket, record: VenueOrderRecord): boolean {
  const side = sideOf(record);
  const look = market.look(record.instrument, side);
  if (look === undefined) return false;
  const beyond = look.farIncrements - record.stopIncrements;
  return side === 'buy' ? beyond >= 0 : beyond <= 0;
}

/** A stop that is reached was accepted long ago: the market's own acceptance is no news. */
export function placeReached(
  market: VenueMarket,
  record: VenueOrderRecord,
  events: VenueEvent[],
): void {
  record.isWaiting = false;
  const placed: VenueEvent[] = [];
  placeOrder(market, record, placed);
  for (const event of placed) {
    if (event.kind !== 'accepted' || event.orderId !== record.orderId) events.push(event);
  }
}

export const isStop = ({ ordType }: Pick<VenueOrderRecord, 'ordType'>): boolean =>
  ordType === OrdType.stop;
