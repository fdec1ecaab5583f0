/**
 * The paper venue of recorded runs: fills against recorded quotes, never better than they show.
 *
 * An order that reaches the far touch on arrival trades there, at the touch and up to the size the
 * venue was configured to show. A resting order trades at its own limit, and only once the market
 * has traded *through* it: at its limit the place in the queue is unknown. Every quote renews the
 * size of both sides. Orders do not move the recorded market. `reference/venue.ts` states the same.
 */
import { invariant, OutriderError } from '#engine';
import type { Quote } from '#market';
import { createFinishedOrders, type FinishedOrders } from './finished-orders.ts';
import type { RejectReason, Side, VenueEvent, VenueMarket, VenueOrder } from './market.ts';

export type RecordedInstrument = {
  /** Lots that can trade on each side of one quote, above 0. */
  quoteSizeLots: number;
  /** How far beyond the far touch a limit may lie, in increments, 0 or more. */
  bandIncrements: number;
};

export type RecordedMarket = VenueMarket & {
  /** Renews both sides of the quote's instrument and fills what it trades through. */
  onQuote(quote: Quote, events: VenueEvent[]): void;
};

type Resting = { order: VenueOrder; filledLots: number };

type Book = {
  rules: RecordedInstrument;
  /** Best price an order of that side can trade at: the ask for a buy; undefined before a quote. */
  far: { buy: number; sell: number } | undefined;
  availableLots: { buy: number; sell: number };
  /** In order of acceptance, by order id. */
  resting: Map<number, Resting>;
};

type Venue = { books: Book[]; bookOf: Map<number, Book>; finished: FinishedOrders };

/** One entry an instrument, in the order of the venue's instrument table. */
export function recordedMarket(instruments: RecordedInstrument[]): RecordedMarket {
  const books = instruments.map(newBook);
  const venue: Venue = { books, bookOf: new Map(), finished: createFinishedOrders() };
  return {
    onQuote: (quote, events) => onQuote(venue, quote, events),
    submit: (order, events) => submit(venue, order, events),
    replace: (change, events) => replace(venue, change, events),
    restore: (order, filledLots, events) => {
      takeIn(venue, { order: { ...order }, filledLots }, events);
    },
    look(instrument, side) {
      const { far, rules } = bookAt(venue, instrument);
      if (far === undefined) return undefined;
      const away = side === 'buy' ? rules.bandIncrements : -rules.bandIncrements;
      return { farIncrements: far[side], furthestIncrements: far[side] + away };
    },
    fillableLots({ instrument, side, limitIncrements }) {
      const { far, availableLots } = bookAt(venue, instrument);
      const isReached = far !== undefined && beyondFar(far, side, limitIncrements) >= 0;
      return isReached ? availableLots[side] : 0;
    },
    cancel(orderId, events) {
      const book = venue.bookOf.get(orderId);
      if (book === undefined) {
        const reason = venue.finished.reasonToRefuse(orderId);
        events.push({ kind: 'cancel-rejected', orderId, reason });
      } else {
        finish(venue, book, orderId);
        events.push({ kind: 'cancelled', orderId });
      }
    },
  };
}

function onQuote(venue: Venue, quote: Quote, events: VenueEvent[]): void {
  const book = bookAt(venue, quote.instrument);
  book.far = { buy: quote.askIncrements, sell: quote.bidIncrements };
  book.availableLots = { buy: book.rules.quoteSizeLots, sell: book.rules.quoteSizeLots };
  for (const resting of book.resting.values()) {
    const { side, limitIncrements } = resting.order;
    if (beyondFar(book.far, side, limitIncrements) > 0) {
      fill(venue, book, { resting, priceIncrements: limitIncrements, events });
    }
  }
}

function submit(venue: Venue, order: VenueOrder, events: VenueEvent[]): void {
  const { orderId, quantityLots, limitIncrements } = order;
  const book = bookAt(venue, order.instrument);
  invariant(!venue.bookOf.has(orderId), `order id ${orderId} is new to the venue`);
  invariant(
    Number.isSafeInteger(limitIncrements) && Number.isSafeInteger(quantityLots) && quantityLots > 0,
    `order ${orderId} has a whole limit and a whole quantity above 0`,
  );
  const reason = reasonToReject(book, order);
  if (reason !== undefined) {
    events.push({ kind: 'rejected', orderId, reason });
    return;
  }
  events.push({ kind: 'accepted', orderId });
  takeIn(venue, { order: { ...order }, filledLots: 0 }, events);
}

/** An order that is filled at once never rests. */
function takeIn(venue: Venue, resting: Resting, events: VenueEvent[]): void {
  const { orderId, instrument, quantityLots } = resting.order;
  const book = bookAt(venue, instrument);
  fillOnArrival(venue, book, { resting, events });
  if (resting.filledLots >= quantityLots) return;
  venue.bookOf.set(orderId, book);
  book.resting.set(orderId, resting);
}

function replace(
  venue: Venue,
  { orderId, quantityLots, limitIncrements }: Parameters<VenueMarket['replace']>[0],
  events: VenueEvent[],
): void {
  const book = venue.bookOf.get(orderId);
  if (book === undefined) {
    const reason = venue.finished.reasonToRefuse(orderId);
    events.push({ kind: 'cancel-rejected', orderId, reason });
    return;
  }
  const resting = book.resting.get(orderId)!;
  const { order } = resting;
  if (quantityLots <= resting.filledLots) {
    finish(venue, book, orderId);
    events.push({ kind: 'cancelled', orderId });
    return;
  }
  const changed = { ...order, quantityLots, limitIncrements };
  const reason = reasonToReject(book, changed);
  if (reason !== undefined) {
    events.push({ kind: 'cancel-rejected', orderId, reason });
    return;
  }
  const leavesLots = quantityLots - resting.filledLots;
  events.push({ kind: 'replaced', orderId, quantityLots, limitIncrements, leavesLots });
  if (limitIncrements !== order.limitIncrements || quantityLots > order.quantityLots) {
    // A map keeps the order of insertion: this is the end of the queue.
    book.resting.delete(orderId);
    book.resting.set(orderId, resting);
  }
  resting.order = changed;
  fillOnArrival(venue, book, { resting, events });
}

function reasonToReject(
  { far, rules }: Book,
  { side, limitIncrements, postOnly }: VenueOrder,
): RejectReason | undefined {
  if (far === undefined) return 'no-quote';
  const beyond = beyondFar(far, side, limitIncrements);
  if (beyond > rules.bandIncrements) return 'price-out-of-band';
  if (postOnly && beyond >= 0) return 'post-only-would-trade';
  return undefined;
}

/** How far a limit lies beyond the far touch: 0 at the touch, below 0 where it would rest. */
function beyondFar(
  far: { buy: number; sell: number },
  side: Side,
  limitIncrements: number,
): number {
  return side === 'buy' ? limitIncrements - far.buy : far.sell - limitIncrements;
}

function fillOnArrival(
  venue: Venue,
  book: Book,
  { resting, events }: { resting: Resting; events: VenueEvent[] },
): void {
  const { side, limitIncrements } = resting.order;
  const { far } = book;
  if (far !== undefined && beyondFar(far, side, limitIncrements) >= 0) {
    fill(venue, book, { resting, priceIncrements: far[side], events });
  }
}

function fill(
  venue: Venue,
  book: Book,
  {
    resting,
    priceIncrements,
    events,
  }: { resting: Resting; priceIncrements: number; events: VenueEvent[] },
): void {
  const { orderId, side } = resting.order;
  const openLots = resting.order.quantityLots - resting.filledLots;
  const quantityLots = Math.min(openLots, book.availableLots[side]);
  if (quantityLots === 0) return;
  book.availableLots[side] -= quantityLots;
  resting.filledLots += quantityLots;
  const leavesLots = openLots - quantityLots;
  events.push({ kind: 'filled', orderId, priceIncrements, quantityLots, leavesLots });
  if (leavesLots === 0) finish(venue, book, orderId);
}

function finish(venue: Venue, book: Book, orderId: number): void {
  book.resting.delete(orderId);
  venue.bookOf.delete(orderId);
  venue.finished.add(orderId);
}

function newBook(rules: RecordedInstrument, instrument: number): Book {
  requireInteger(rules.quoteSizeLots, 1, `quoteSizeLots of instrument ${instrument}`);
  requireInteger(rules.bandIncrements, 0, `bandIncrements of instrument ${instrument}`);
  return { rules, far: undefined, availableLots: { buy: 0, sell: 0 }, resting: new Map() };
}

function bookAt({ books }: Venue, instrument: number): Book {
  const book = books[instrument];
  invariant(book !== undefined, `instrument ${instrument} is one of the venue's ${books.length}`);
  return book;
}

function requireInteger(value: number, min: number, field: string): void {
  if (Number.isSafeInteger(value) && value >= min) return;
  throw new OutriderError('bad-config', `${field} is ${value}: give a whole number from ${min}`);
}
