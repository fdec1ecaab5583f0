/** Recorded quotes: without these tests, fills could be better than the market ever was. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Quote } from '#market';
import type { Side, VenueEvent, VenueOrder } from './market.ts';
import { recordedMarket } from './recorded-market.ts';

const RULES = { quoteSizeLots: 10, bandIncrements: 5 };

function quote(bidIncrements: number, askIncrements: number, instrument = 0): Quote {
  return { kind: 'quote', instrument, exchangeTimeNs: 0, bidIncrements, askIncrements };
}

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

/** A venue of two instruments and what each call made it say. */
function newVenue() {
  const venue = recordedMarket([RULES, RULES]);
  const said = (act: (events: VenueEvent[]) => void) => {
    const events: VenueEvent[] = [];
    act(events);
    return events;
  };
  return {
    onQuote: (q: Quote) => said(events => venue.onQuote(q, events)),
    submit: (o: VenueOrder) => said(events => venue.submit(o, events)),
    cancel: (orderId: number) => said(events => venue.cancel(orderId, events)),
    restore: (o: VenueOrder, filledLots: number) =>
      said(events => venue.restore(o, filledLots, events)),
    replace: (orderId: number, ...[quantityLots, limitIncrements]: [number, number]) =>
      said(events => venue.replace({ orderId, quantityLots, limitIncrements }, events)),
  };
}

const filled = (
  orderId: number,
  ...[price, quantityLots, leavesLots]: [number, number, number]
) => ({
  kind: 'filled',
  orderId,
  priceIncrements: price,
  quantityLots,
  leavesLots,
});

describe('the recorded market', () => {
  it('takes in an order of an earlier one, and fills what that left of it', () => {
    const venue = newVenue();
    expect(venue.restore(order(7, 'buy', 9, 101), 4)).toEqual([]);
    expect(venue.onQuote(quote(100, 102))).toEqual([]);
    expect(venue.onQuote(quote(98, 100))).toEqual([filled(7, 101, 5, 0)]);
    expect(venue.cancel(7)).toEqual([{ kind: 'cancel-rejected', orderId: 7, reason: 'too-late' }]);
    venue.restore(order(8, 'sell', 2, 110), 1);
    expect(venue.cancel(8)).toEqual([{ kind: 'cancelled', orderId: 8 }]);
  });

  it('fills at the touch up to the size shown, and only a new quote renews it', () => {
    const venue = newVenue();
    venue.onQuote(quote(100, 102));
    const accepted = { kind: 'accepted', orderId: 1 };
    expect(venue.submit(order(1, 'buy', 14, 104))).toEqual([accepted, filled(1, 102, 10, 4)]);
    expect(venue.submit(order(2, 'buy', 1, 102))).toEqual([{ kind: 'accepted', orderId: 2 }]);
    expect(venue.submit(order(3, 'sell', 3, 99)).at(-1)).toEqual(filled(3, 100, 3, 0));
    // At 103 the first is traded through and trades at its own 104; the second waits at 102.
    expect(venue.onQuote(quote(101, 103))).toEqual([filled(1, 104, 4, 0)]);
    expect(venue.onQuote(quote(101, 102))).toEqual([]);
    expect(venue.onQuote(quote(100, 101, 1))).toEqual([]);
    expect(venue.onQuote(quote(100, 101))).toEqual([filled(2, 102, 1, 0)]);
  });

  it('shares a quote among resting orders in order of acceptance, or late orders overtake', () => {
    const venue = newVenue();
    venue.onQuote(quote(100, 102));
    venue.submit(order(1, 'buy', 6, 100));
    venue.submit(order(2, 'buy', 6, 101));
    venue.submit(order(3, 'buy', 6, 101));
    venue.replace(1, 5, 100);
    venue.replace(2, 7, 101);
    expect(venue.onQuote(quote(98, 99))).toEqual([filled(1, 100, 5, 0), filled(3, 101, 5, 1)]);
    expect(venue.onQuote(quote(98, 99))).toEqual(
      [filled(2, 101, 7, 0), filled(3, 101, 1, 0)].reverse(),
    );
  });

  it('refuses for the stated reasons, or the gateway learns wrong causes', () => {
    const venue = newVenue();
    const rejected = (orderId: number, reason: string) => [{ kind: 'rejected', orderId, reason }];
    expect(venue.submit(order(1, 'buy', 1, 100))).toEqual(rejected(1, 'no-quote'));
    venue.onQuote(quote(100, 102));
    expect(venue.submit(order(2, 'buy', 1, 108))).toEqual(rejected(2, 'price-out-of-band'));
    expect(venue.submit(order(3, 'sell', 1, 94))).toEqual(rejected(3, 'price-out-of-band'));
    expect(venue.submit(order(4, 'buy', 1, 107))).toHaveLength(2);
    expect(venue.submit(order(5, 'buy', 1, 1))).toEqual([{ kind: 'accepted', orderId: 5 }]);
    const join = { ...order(6, 'sell', 1, 100), postOnly: true };
    expect(venue.submit(join)).toEqual(rejected(6, 'post-only-would-trade'));
    const refused = (orderId: number, reason: string) => [
      { kind: 'cancel-rejected', orderId, reason },
    ];
    expect(venue.cancel(4)).toEqual(refused(4, 'too-late'));
    expect(venue.replace(4, 9, 100)).toEqual(refused(4, 'too-late'));
    expect(venue.cancel(6)).toEqual(refused(6, 'unknown-order'));
    expect(venue.replace(5, 1, 108)).toEqual(refused(5, 'price-out-of-band'));
    expect(venue.cancel(5)).toEqual([{ kind: 'cancelled', orderId: 5 }]);
  });

  it('replaces as it submits, or a moved order would trade by other rules', () => {
    const venue = newVenue();
    venue.onQuote(quote(100, 102));
    venue.submit(order(1, 'buy', 12, 102));
    expect(venue.replace(1, 10, 102)).toEqual([{ kind: 'cancelled', orderId: 1 }]);
    venue.submit({ ...order(2, 'buy', 4, 101), postOnly: true });
    const reason = 'post-only-would-trade';
    expect(venue.replace(2, 4, 102)).toEqual([{ kind: 'cancel-rejected', orderId: 2, reason }]);
    venue.onQuote(quote(100, 103));
    const replaced = { kind: 'replaced', orderId: 2, quantityLots: 5, limitIncrements: 102 };
    expect(venue.replace(2, 5, 102)).toEqual([{ ...replaced, leavesLots: 5 }]);
    expect(venue.onQuote(quote(100, 101))).toEqual([filled(2, 102, 5, 0)]);
    venue.submit(order(3, 'sell', 4, 101));
    expect(venue.replace(3, 6, 100).at(-1)).toEqual(filled(3, 100, 6, 0));
  });

  it('refuses a venue that shows no size, instead of accepting orders it can never fill', () => {
    expect(() => recordedMarket([{ quoteSizeLots: 0, bandIncrements: 1 }])).toThrow(
      /quoteSizeLots/,
    );
    expect(() => recordedMarket([{ quoteSizeLots: 1, bandIncrements: 0.5 }])).toThrow(
      /whole number/,
    );
  });

  it('never trades better than the quote nor more than it shows, whatever the orders', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 150 }), actions => {
        const venue = newVenue();
        const orders = new Map<number, Known>();
        let shown: Shown | undefined;
        actions.forEach(({ kind, bid, spread, target, ...fields }, orderId) => {
          let events: VenueEvent[];
          if (kind === 'quote') {
            shown = { bid, ask: bid + spread, ...{ buy: 10, sell: 10 } };
            events = venue.onQuote(quote(bid, bid + spread));
          } else if (kind === 'submit') {
            events = venue.submit({ ...fields, orderId, instrument: 0 });
            orders.set(orderId, { ...fields, orderId, instrument: 0, filledLots: 0 });
          } else if (kind === 'replace') {
            events = venue.replace(target, fields.quantityLots, fields.limitIncrements);
          } else events = venue.cancel(target);
          for (const event of events) {
            const known = orders.get(event.orderId);
            if (event.kind === 'replaced') {
              const { quantityLots, limitIncrements } = event;
              Object.assign(known!, { quantityLots, limitIncrements });
            }
            if (event.kind === 'cancelled' || event.kind === 'rejected')
              orders.delete(event.orderId);
            if (event.kind !== 'filled') continue;
            checkFill(event, { order: known!, shown: shown!, onQuote: kind === 'quote' });
            if (event.leavesLots === 0) orders.delete(event.orderId);
          }
          if (kind === 'quote') expectNoneTradedThrough(orders, shown!);
        });
      }),
      { numRuns: 400 },
    );
  });
});

type Shown = { bid: number; ask: number; buy: number; sell: number };
type Known = VenueOrder & { filledLots: number };

/** Price by the rule of arrival or of resting, size within what the quote has left. */
function checkFill(
  event: VenueEvent & { kind: 'filled' },
  { order, shown, onQuote }: { order: Known; shown: Shown; onQuote: boolean },
): void {
  const { side, limitIncrements } = order;
  const far = side === 'buy' ? shown.ask : shown.bid;
  const beyond = side === 'buy' ? limitIncrements - far : far - limitIncrements;
  expect(event.priceIncrements).toBe(onQuote ? limitIncrements : far);
  expect(beyond).toBeGreaterThanOrEqual(onQuote ? 1 : 0);
  expect(event.quantityLots).toBeGreaterThan(0);
  shown[side] -= event.quantityLots;
  expect(shown[side]).toBeGreaterThanOrEqual(0);
  order.filledLots += event.quantityLots;
  expect(event.leavesLots).toBe(order.quantityLots - order.filledLots);
}

/** What stays behind a quote that traded through it stays only because the size ran out. */
function expectNoneTradedThrough(orders: Map<number, Known>, shown: Shown): void {
  for (const { side, limitIncrements } of orders.values()) {
    const through = side === 'buy' ? limitIncrements > shown.ask : limitIncrements < shown.bid;
    if (through) expect(shown[side]).toBe(0);
  }
}

const action = fc.record({
  kind: fc.constantFrom('quote', 'submit', 'submit', 'replace', 'cancel'),
  bid: fc.integer({ min: 95, max: 105 }),
  /** Recorded quotes may be locked or crossed. */
  spread: fc.integer({ min: -2, max: 4 }),
  side: fc.constantFrom<Side>('buy', 'sell'),
  quantityLots: fc.integer({ min: 1, max: 14 }),
  limitIncrements: fc.integer({ min: 90, max: 110 }),
  postOnly: fc.boolean(),
  target: fc.nat({ max: 149 }),
});
