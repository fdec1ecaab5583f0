/** Where a child's limit lies: at the near touch, off it by an offset, or at the far touch. */
import type { Side } from '../order/terms.ts';
import type { Touch } from './market.ts';

export function nearTouch({ bidIncrements, askIncrements }: Touch, side: Side): number {
  return side === 1 ? bidIncrements : askIncrements;
}

export function farTouch({ bidIncrements, askIncrements }: Touch, side: Side): number {
  return side === 1 ? askIncrements : bidIncrements;
}

/** Lots shown where an order of that side would trade at once; 0 where the feed does not say. */
export const farLots = ({ bidLots, askLots }: Touch, side: Side): number =>
  side === 1 ? askLots : bidLots;

/** How far a price lies beyond a limit, against its owner: above 0 it may not be traded at. */
export const beyond = (priceIncrements: number, limitIncrements: number, side: Side): number =>
  side * (priceIncrements - limitIncrements);

/** The better of the two for the owner: the price itself unless it lies beyond the limit. */
export const within = (priceIncrements: number, limitIncrements: number, side: Side): number =>
  beyond(priceIncrements, limitIncrements, side) > 0 ? limitIncrements : priceIncrements;

/**
 * near touch + side * offset, short of the far touch: a peg never takes, however narrow the spread.
 */
export function pegPrice(touch: Touch, side: Side, offsetIncrements: number): number {
  const price = nearTouch(touch, side) + side * offsetIncrements;
  return within(price, farTouch(touch, side) - side, side);
}
