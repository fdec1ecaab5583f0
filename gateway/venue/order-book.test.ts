/** The order book: without these tests, price and time priority could be broken unseen. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Side, VenueEvent, VenueOrder } from './market.ts';
import { type BookEffects, type BookTrade, createOrderBook } from './order-book.ts';

const newEffects = (): BookEffects => ({ events: [], trades: [] });

function order(
  orderId: number,
  side: Side,
  ...[quantityLots, limitIncrements]: number[]
): VenueOrder {
  const postOnly = false;
  return {
    ...{ orderId, instrument: 0, side, postOnly },
    ...{ quantityLots: quantityLots!, limitIncrements: limitIncrements! },
  };
}

describe('the order book', () => {
  it('serves the better price first and the older order first, or queueing means nothing', () => {
    const book = createOrderBook();
    const effects = newEffects();
    book.submit(order(1, 'sell', 5, 101), effects);
    book.submit(order(2, 'sell', 5, 100), effects);
    book.submit(order(3, 'sell', 5, 100), effects);
    effects.events.length = 0;
    book.submit(order(4, 'buy', 12, 101), effects);
    const fill = { kind: 'filled', priceIncrements: 100, quantityLots: 5 };
    expect(effects.events).toEqual([
      { kind: 'accepted', orderId: 4 },
      { ...fill, orderId: 2, leavesLots: 0 },
      { ...fill, orderId: 4, leavesLots: 7 },
      { ...fill, orderId: 3, leavesLots: 0 },
      { ...fill, orderId: 4, leavesLots: 2 },
      { ...fill, orderId: 1, priceIncrements: 101, quantityLots: 2, leavesLots: 3 },
      { ...fill, orderId: 4, priceIncrements: 101, quantityLots: 2, leavesLots: 0 },
    ]);
    expect(book.resting(1)).toEqual({ filledLots: 2, leavesLots: 3 });
    expect(book.touch('buy')).toBeUndefined();
  });

  it('keeps the place of an order that only shrinks, or queues could be jumped', () => {
    for (const [change, first] of [
      [{ quantityLots: 3, limitIncrements: 100 }, 1],
      [{ quantityLots: 6, limitIncrements: 100 }, 2],
      [{ quantityLots: 5, limitIncrements: 101 }, 2],
    ] as const) {
      const book = createOrderBook();
      const effects = newEffects();
      book.submit(order(1, 'sell', 5, 100), effects);
      book.submit(order(2, 'sell', 5, 100), effects);
      expect(book.replace({ orderId: 1, ...change }, effects)).toBe(true);
      book.take({ side: 'buy', quantityLots: 1, limitIncrements: 105 }, effects);
      expect(effects.trades.map(trade => trade.makerOrderId)).toEqual([first]);
    }
  });

  it('drops what a market order cannot trade, or it would rest as a quote nobody gave', () => {
    const book = createOrderBook();
    const effects = newEffects();
    book.submit(order(-5, 'sell', 2, 100), effects);
    book.take({ side: 'buy', quantityLots: 9, limitIncrements: 120 }, effects);
    expect(effects.trades).toHaveLength(1);
    expect([book.touch('buy'), book.touch('sell')]).toEqual([undefined, undefined]);
    expect(effects.events).toEqual([]);
  });

  it('does what a naive book of one sorted array does, whatever the operations', () => {
    fc.assert(
      fc.property(fc.array(operation, { minLength: 1, maxLength: 120 }), operations => {
        const book = createOrderBook();
        const naive: NaiveOrder[] = [];
        operations.forEach((op, i) => {
          const actual = newEffects();
          const expected = newEffects();
          applyToBook(book, op, { i, effects: actual });
          applyToNaive(naive, op, { i, effects: expected });
          expect(actual).toEqual({ ...expected, events: expected.events.filter(isOurs) });
          book.assertSound();
          for (const side of ['buy', 'sell'] as const) {
            const best = sorted(naive, side)[0]?.order.limitIncrements;
            const at = naive.filter(o => o.order.side === side && o.order.limitIncrements === best);
            expect(book.touch(side)?.priceIncrements).toBe(best);
            expect(book.touch(side)?.lots ?? 0).toBe(at.reduce((sum, o) => sum + o.leavesLots, 0));
          }
        });
      }),
      { numRuns: 400 },
    );
  });
});

type Operation = {
  kind: 'submit' | 'replace' | 'cancel' | 'take';
  ours: boolean;
  side: Side;
  quantityLots: number;
  limitIncrements: number;
  postOnly: boolean;
  /** Which of the orders submitted so far a change names. */
  target: number;
};

const operation: fc.Arbitrary<Operation> = fc.record({
  kind: fc.constantFrom('submit', 'submit', 'submit', 'replace', 'cancel', 'take'),
  ours: fc.boolean(),
  side: fc.constantFrom('buy', 'sell'),
  quantityLots: fc.integer({ min: 1, max: 12 }),
  limitIncrements: fc.integer({ min: 95, max: 105 }),
  postOnly: fc.boolean(),
  target: fc.nat({ max: 119 }),
});

type Applied = { i: number; effects: BookEffects };

const isOurs = (event: VenueEvent) => event.orderId >= 0;

/** Both signs of an index may name an order: only the one submitted exists. */
const idsAt = (index: number) => [index + 2, -index - 2];

function applyToBook(
  book: ReturnType<typeof createOrderBook>,
  op: Operation,
  { i, effects }: Applied,
): void {
  const { kind, ours, target, quantityLots, limitIncrements } = op;
  if (kind === 'submit')
    book.submit({ ...op, instrument: 0, orderId: idsAt(i)[ours ? 0 : 1]! }, effects);
  else if (kind === 'take') book.take(op, effects);
  else {
    for (const orderId of idsAt(target)) {
      if (kind === 'cancel') book.cancel(orderId, effects);
      else book.replace({ orderId, quantityLots, limitIncrements }, effects);
    }
  }
}

/** Orders in priority of time: the oldest first. */
type NaiveOrder = { order: VenueOrder; leavesLots: number };

const sorted = (orders: NaiveOrder[], side: Side) =>
  orders
    .filter(({ order }) => order.side === side)
    .sort((a, b) =>
      side === 'buy'
        ? b.order.limitIncrements - a.order.limitIncrements
        : a.order.limitIncrements - b.order.limitIncrements,
    );

function applyToNaive(orders: NaiveOrder[], op: Operation, { i, effects }: Applied): void {
  const { kind, ours, side, target, quantityLots, limitIncrements } = op;
  if (kind === 'submit') {
    const order = { ...op, instrument: 0, orderId: idsAt(i)[ours ? 0 : 1]! };
    naiveArrival(orders, order, { effects, leavesLots: quantityLots, accepted: 'accepted' });
  } else if (kind === 'take') {
    const taker = { ...order(-1, side, quantityLots, limitIncrements) };
    naiveMatch(orders, taker, { effects, leavesLots: quantityLots });
  } else {
    const index = orders.findIndex(({ order }) => idsAt(target).includes(order.orderId));
    const found = orders[index];
    if (found === undefined) return;
    const { order, leavesLots } = found;
    const { orderId } = order;
    const filledLots = order.quantityLots - leavesLots;
    if (kind === 'cancel' || quantityLots <= filledLots) {
      orders.splice(index, 1);
      effects.events.push({ kind: 'cancelled', orderId });
      return;
    }
    const changed = { ...order, quantityLots, limitIncrements };
    if (limitIncrements === order.limitIncrements && quantityLots <= order.quantityLots) {
      const left = quantityLots - filledLots;
      orders[index] = { order: changed, leavesLots: left };
      const { kind, ...rest } = {
        kind: 'replaced' as const,
        orderId,
        quantityLots,
        limitIncrements,
      };
      effects.events.push({ kind, ...rest, leavesLots: left });
      return;
    }
    orders.splice(index, 1);
    const left = quantityLots - filledLots;
    const ok = naiveArrival(orders, changed, { effects, leavesLots: left, accepted: 'replaced' });
    if (!ok) orders.splice(index, 0, found);
  }
}

function naiveArrival(
  orders: NaiveOrder[],
  order: VenueOrder,
  options: { effects: BookEffects; leavesLots: number; accepted: 'accepted' | 'replaced' },
): boolean {
  const { effects, leavesLots, accepted } = options;
  const { orderId, side, quantityLots, limitIncrements } = order;
  const far = sorted(orders, side === 'buy' ? 'sell' : 'buy')[0]?.order.limitIncrements;
  const sign = side === 'buy' ? 1 : -1;
  if (order.postOnly && far !== undefined && sign * (limitIncrements - far) >= 0) {
    const kind = accepted === 'accepted' ? 'rejected' : 'cancel-rejected';
    effects.events.push({ kind, orderId, reason: 'post-only-would-trade' });
    return false;
  }
  if (accepted === 'accepted') effects.events.push({ kind: 'accepted', orderId });
  else
    effects.events.push({ kind: 'replaced', orderId, quantityLots, limitIncrements, leavesLots });
  const left = naiveMatch(orders, order, { effects, leavesLots });
  if (left > 0) orders.push({ order, leavesLots: left });
  return true;
}

function naiveMatch(
  orders: NaiveOrder[],
  taker: VenueOrder,
  options: { effects: BookEffects; leavesLots: number },
): number {
  const { events, trades } = options.effects;
  const { orderId, side: takerSide } = taker;
  let { leavesLots } = options;
  for (const maker of sorted(orders, takerSide === 'buy' ? 'sell' : 'buy')) {
    const { limitIncrements: priceIncrements, orderId: makerOrderId } = maker.order;
    const sign = takerSide === 'buy' ? 1 : -1;
    if (leavesLots === 0 || sign * (taker.limitIncrements - priceIncrements) < 0) break;
    const quantityLots = Math.min(leavesLots, maker.leavesLots);
    leavesLots -= quantityLots;
    maker.leavesLots -= quantityLots;
    const makerLeavesLots = maker.leavesLots;
    const trade: BookTrade = {
      priceIncrements,
      quantityLots,
      takerSide,
      makerOrderId,
      makerLeavesLots,
    };
    trades.push(trade);
    const fill = { kind: 'filled' as const, priceIncrements, quantityLots };
    events.push({ ...fill, orderId: makerOrderId, leavesLots: makerLeavesLots });
    events.push({ ...fill, orderId, leavesLots });
    if (makerLeavesLots === 0) orders.splice(orders.indexOf(maker), 1);
  }
  return leavesLots;
}
