/** The paper venue on recorded quotes after the law: never a better fill than the quote shows. */
import type { Quote } from '#market';

export type Order = {
  id: string;
  side: 1 | -1;
  lots: number;
  filled: number;
  limit: number;
  postOnly: boolean;
};

/** One instrument at the venue, and the lots still to be had on each of its sides. */
export type Book = { quote: Quote; lots: Record<1 | -1, number> };
export type VenueRules = { quoteLots: number; bandIncrements: number };
export type Fill = { price: number; lots: number };

export const newBook = (quote: Quote, { quoteLots }: VenueRules): Book => {
  return { quote, lots: { 1: quoteLots, [-1]: quoteLots } };
};

const farTouch = ({ quote }: Book, side: 1 | -1) =>
  side === 1 ? quote.askIncrements : quote.bidIncrements;

const beyondTouch = (book: Book, { side, limit }: Order) => side * (limit - farTouch(book, side));

/** Whether the venue takes a new order, or an order at a new limit. */
export const accepts = (book: Book, order: Order, { bandIncrements }: VenueRules) =>
  beyondTouch(book, order) <= bandIncrements && !(order.postOnly && beyondTouch(book, order) >= 0);

/** An order that arrives or changes trades at the far touch, if its limit reaches it. */
export const fillOnArrival = (book: Book, order: Order) =>
  beyondTouch(book, order) >= 0 ? fill(book, order, farTouch(book, order.side)) : undefined;

/** A resting order trades at its own limit once the market has traded through it. */
export const fillOnQuote = (book: Book, order: Order) =>
  beyondTouch(book, order) > 0 ? fill(book, order, order.limit) : undefined;

function fill(book: Book, order: Order, price: number): Fill | undefined {
  const lots = Math.min(order.lots - order.filled, book.lots[order.side]);
  book.lots[order.side] -= lots;
  order.filled += lots;
  return lots === 0 ? undefined : { price, lots };
}
