/**
 * A limit order book of one instrument: price-time priority, partial fills, whole lots.
 *
 * Orders with a negative id are the simulator's own background: they trade and print like any other
 * but raise no `VenueEvent`. Nothing prevents a trade between two orders of one owner.
 *
 *     levels of a side, sorted, best last (insert and remove near the end are cheap):
 *       buy   [ 9997, 9998, 9999 ]        sell  [ 10004, 10002, 10001 ]
 *                       first ⇄ next ⇄ last     orders of a level, oldest first
 */
import { invariant } from '#engine';
import type { Side, VenueEvent, VenueOrder } from './market.ts';

export type BookTrade = {
  priceIncrements: number;
  quantityLots: number;
  /** Side of the order that arrived and took the other's quantity. */
  takerSide: Side;
  makerOrderId: number;
  /** What is left of the order that rested; 0 when it is done. */
  makerLeavesLots: number;
};

/** What an operation appends to: events of orders with an id of 0 or more, and every trade. */
export type BookEffects = { events: VenueEvent[]; trades: BookTrade[] };

/** Best price of each side and its total size; undefined where a side is empty. */
export type Touch = { priceIncrements: number; lots: number };

export type OrderBook = {
  touch(side: Side): Touch | undefined;
  /** Lots that rest against an order of this side up to its limit. */
  fillableLots(side: Side, limitIncrements: number): number;
  /** How much of a resting order is filled and left; undefined when it does not rest here. */
  resting(orderId: number): { filledLots: number; leavesLots: number } | undefined;
  /** Trades what the limit reaches and rests the remainder, which is returned. */
  submit(order: VenueOrder, effects: BookEffects): number;
  /** The same for an order of which so much was filled in an earlier book; it is not accepted. */
  restore(order: VenueOrder, filledLots: number, effects: BookEffects): void;
  /** Trades what the limit reaches and drops the remainder; raises no event of the taker's own. */
  take(
    order: { side: Side; quantityLots: number; limitIncrements: number },
    effects: BookEffects,
  ): void;
  /**
   * New total quantity (filled part included) and limit. Keeps its place in the queue only when the
   * price stays and the quantity does not grow. False when the order does not rest here.
   */
  replace(
    change: { orderId: number; quantityLots: number; limitIncrements: number },
    effects: BookEffects,
  ): boolean;
  /** False when the order does not rest here. */
  cancel(orderId: number, effects: BookEffects): boolean;
  /** Throws unless the book is uncrossed, its levels sorted and each the sum of its orders. */
  assertSound(): void;
};

type Resting = {
  order: VenueOrder;
  leavesLots: number;
  level: Level;
  previous: Resting | undefined;
  next: Resting | undefined;
};

type Level = {
  priceIncrements: number;
  lots: number;
  first: Resting | undefined;
  last: Resting | undefined;
};

type Book = { buy: Level[]; sell: Level[]; resting: Map<number, Resting> };

export function createOrderBook(): OrderBook {
  const book: Book = { buy: [], sell: [], resting: new Map() };
  return {
    touch: side => book[side].at(-1),
    fillableLots(side, limitIncrements) {
      const sign = side === 'buy' ? 1 : -1;
      const reached = book[oppositeOf(side)].filter(
        ({ priceIncrements }) => sign * (limitIncrements - priceIncrements) >= 0,
      );
      return reached.reduce((sum, { lots }) => sum + lots, 0);
    },
    resting(orderId) {
      const resting = book.resting.get(orderId);
      if (resting === undefined) return undefined;
      const { leavesLots, order } = resting;
      return { filledLots: order.quantityLots - leavesLots, leavesLots };
    },
    submit: (order, effects) => submit(book, order, effects),
    restore(order, filledLots, effects) {
      arrive(book, order, { filledLots, effects });
    },
    take(order, effects) {
      match(book, { ...order, orderId: TAKER_WITHOUT_EVENTS }, effects);
    },
    replace: (change, effects) => replace(book, change, effects),
    cancel: (orderId, effects) => cancel(book, orderId, effects),
    assertSound: () => assertSound(book),
  };
}

const TAKER_WITHOUT_EVENTS = -1;

function submit(book: Book, order: VenueOrder, effects: BookEffects): number {
  const { orderId, quantityLots, limitIncrements } = order;
  invariant(!book.resting.has(orderId), `order id ${orderId} is new to the book`);
  invariant(
    Number.isSafeInteger(limitIncrements) && Number.isSafeInteger(quantityLots) && quantityLots > 0,
    `order ${orderId} has a whole limit and a whole quantity above 0`,
  );
  const ours = orderId >= 0;
  if (order.postOnly && isMarketable(book, order)) {
    if (ours) effects.events.push({ kind: 'rejected', orderId, reason: 'post-only-would-trade' });
    return 0;
  }
  if (ours) effects.events.push({ kind: 'accepted', orderId });
  return arrive(book, order, { filledLots: 0, effects });
}

/** Trades what the limit reaches and rests the remainder, which is returned. */
function arrive(
  book: Book,
  order: VenueOrder,
  { filledLots, effects }: { filledLots: number; effects: BookEffects },
): number {
  const taker = { ...order, quantityLots: order.quantityLots - filledLots };
  const leavesLots = match(book, taker, effects);
  if (leavesLots > 0) rest(book, order, leavesLots);
  return leavesLots;
}

function replace(
  book: Book,
  { orderId, quantityLots, limitIncrements }: Parameters<OrderBook['replace']>[0],
  effects: BookEffects,
): boolean {
  const resting = book.resting.get(orderId);
  if (resting === undefined) return false;
  const { order } = resting;
  const filledLots = order.quantityLots - resting.leavesLots;
  if (quantityLots <= filledLots) return cancel(book, orderId, effects);
  const changed = { ...order, quantityLots, limitIncrements };
  const ours = orderId >= 0;
  if (order.postOnly && isMarketable(book, changed)) {
    const reason = 'post-only-would-trade';
    if (ours) effects.events.push({ kind: 'cancel-rejected', orderId, reason });
    return true;
  }
  const leavesLots = quantityLots - filledLots;
  if (ours) {
    effects.events.push({ kind: 'replaced', orderId, quantityLots, limitIncrements, leavesLots });
  }
  if (limitIncrements === order.limitIncrements && quantityLots <= order.quantityLots) {
    resting.level.lots -= resting.leavesLots - leavesLots;
    resting.leavesLots = leavesLots;
    resting.order = changed;
    return true;
  }
  remove(book, resting);
  arrive(book, changed, { filledLots, effects });
  return true;
}

function cancel(book: Book, orderId: number, { events }: BookEffects): boolean {
  const resting = book.resting.get(orderId);
  if (resting === undefined) return false;
  remove(book, resting);
  if (orderId >= 0) events.push({ kind: 'cancelled', orderId });
  return true;
}

type Taker = { orderId: number; side: Side; quantityLots: number; limitIncrements: number };

function isMarketable(book: Book, { side, limitIncrements }: Omit<Taker, 'orderId'>): boolean {
  const far = book[oppositeOf(side)].at(-1);
  if (far === undefined) return false;
  return side === 'buy'
    ? far.priceIncrements <= limitIncrements
    : far.priceIncrements >= limitIncrements;
}

/** Best price first, oldest order first, at the resting order's price; returns what is left. */
function match(book: Book, taker: Taker, { events, trades }: BookEffects): number {
  const { side: takerSide, orderId } = taker;
  const levels = book[oppositeOf(takerSide)];
  let leavesLots = taker.quantityLots;
  while (leavesLots > 0 && isMarketable(book, taker)) {
    const { priceIncrements, first } = levels.at(-1)!;
    const maker = first!;
    const { orderId: makerOrderId } = maker.order;
    const quantityLots = Math.min(leavesLots, maker.leavesLots);
    leavesLots -= quantityLots;
    maker.leavesLots -= quantityLots;
    maker.level.lots -= quantityLots;
    const makerLeavesLots = maker.leavesLots;
    if (makerLeavesLots === 0) remove(book, maker);
    trades.push({ priceIncrements, quantityLots, takerSide, makerOrderId, makerLeavesLots });
    const fill = { kind: 'filled', priceIncrements, quantityLots } as const;
    if (makerOrderId >= 0) {
      events.push({ ...fill, orderId: makerOrderId, leavesLots: makerLeavesLots });
    }
    if (orderId >= 0) events.push({ ...fill, orderId, leavesLots });
  }
  return leavesLots;
}

function rest(book: Book, order: VenueOrder, leavesLots: number): void {
  const level = levelAt(book[order.side], order);
  const resting: Resting = { order, leavesLots, level, previous: level.last, next: undefined };
  if (level.last === undefined) level.first = resting;
  else level.last.next = resting;
  level.last = resting;
  level.lots += leavesLots;
  book.resting.set(order.orderId, resting);
  assertUncrossed(book);
}

function remove(book: Book, resting: Resting): void {
  const { level, order, previous, next } = resting;
  if (previous === undefined) level.first = next;
  else previous.next = next;
  if (next === undefined) level.last = previous;
  else next.previous = previous;
  level.lots -= resting.leavesLots;
  book.resting.delete(order.orderId);
  if (level.first === undefined) {
    const levels = book[order.side];
    levels.splice(positionOf(levels, order), 1);
  }
}

/** The level at the order's limit, made when it is missing. */
function levelAt(levels: Level[], order: VenueOrder): Level {
  const position = positionOf(levels, order);
  const { limitIncrements: priceIncrements } = order;
  const found = levels[position];
  if (found?.priceIncrements === priceIncrements) return found;
  const level: Level = { priceIncrements, lots: 0, first: undefined, last: undefined };
  levels.splice(position, 0, level);
  return level;
}

/** Index of the first level that is at least as good as the order's limit. */
function positionOf(levels: Level[], { side, limitIncrements }: VenueOrder): number {
  const sign = side === 'buy' ? 1 : -1;
  let low = 0;
  let high = levels.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sign * levels[middle]!.priceIncrements < sign * limitIncrements) low = middle + 1;
    else high = middle;
  }
  return low;
}

function oppositeOf(side: Side): Side {
  return side === 'buy' ? 'sell' : 'buy';
}

function assertUncrossed({ buy, sell }: Book): void {
  const bid = buy.at(-1)?.priceIncrements;
  const ask = sell.at(-1)?.priceIncrements;
  invariant(bid === undefined || ask === undefined || bid < ask, `bid ${bid} is below ask ${ask}`);
}

function assertSound(book: Book): void {
  assertUncrossed(book);
  let counted = 0;
  for (const side of ['buy', 'sell'] as const) {
    book[side].forEach((level, i) => {
      let lots = 0;
      let previous: Resting | undefined;
      for (let resting = level.first; resting !== undefined; resting = resting.next) {
        invariant(
          resting.previous === previous && resting.level === level,
          'a queue is linked both ways',
        );
        invariant(
          book.resting.get(resting.order.orderId) === resting,
          'a queued order is known by id',
        );
        invariant(resting.leavesLots > 0, 'a queued order has lots left');
        lots += resting.leavesLots;
        counted++;
        previous = resting;
      }
      invariant(level.last === previous && lots > 0, 'a level has orders and ends at its last');
      invariant(lots === level.lots, `level ${level.priceIncrements} holds the sum of its orders`);
      const worse = book[side][i - 1]?.priceIncrements;
      const sorted =
        worse === undefined ||
        (side === 'buy' ? worse < level.priceIncrements : worse > level.priceIncrements);
      invariant(sorted, 'levels are sorted, best last');
    });
  }
  invariant(counted === book.resting.size, 'every known order is queued');
}
