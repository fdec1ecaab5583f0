/** The paper venue against the law's: without this test, fills could be kinder than the law. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { recordedMarket, type VenueEvent } from '#gateway';
import { paperVenue } from '#reference';

const RULES = { quoteLots: 6, bandIncrements: 8 };

type Action =
  | { kind: 'quote'; bid: number; spread: number }
  | { kind: 'order'; side: 1 | -1; lots: number; limit: number; postOnly: boolean }
  | { kind: 'cancel' };

const price = fc.integer({ min: 95, max: 110 });
const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({
    kind: fc.constant('quote' as const),
    bid: price,
    spread: fc.integer({ min: 0, max: 6 }),
  }),
  fc.record({
    kind: fc.constant('order' as const),
    side: fc.constantFrom<1 | -1>(1, -1),
    lots: fc.integer({ min: 1, max: 15 }),
    limit: price,
    postOnly: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('cancel' as const) }),
);

/** What became of an action, in words of neither side. */
type Outcome = { taken?: boolean; fills: paperVenue.Fill[]; isOpen: boolean };

/** One instrument after the law: the order that works, and what each action did to it. */
function lawful(): (act: Action) => Outcome {
  let book = paperVenue.newBook(quoteOf(100, 2), RULES);
  let order: paperVenue.Order | undefined;
  const settled = (fill: paperVenue.Fill | undefined): Outcome => {
    if (order?.filled === order?.lots) order = undefined;
    return { fills: fill === undefined ? [] : [fill], isOpen: order !== undefined };
  };
  return act => {
    if (act.kind === 'quote') {
      book = paperVenue.newBook(quoteOf(act.bid, act.spread), RULES);
      return settled(order && paperVenue.fillOnQuote(book, order));
    }
    if (act.kind === 'cancel') {
      order = undefined;
      return settled(undefined);
    }
    const { lots, limit, side, postOnly } = act;
    const wanted =
      order === undefined
        ? { id: '', filled: 0, side, postOnly, lots, limit }
        : { ...order, lots: order.filled + lots, limit };
    const taken = paperVenue.accepts(book, wanted, RULES);
    if (!taken) return { taken, ...settled(undefined) };
    order = wanted;
    return { taken, ...settled(paperVenue.fillOnArrival(book, order)) };
  };
}

/** The same of the venue that runs. */
function running(): (act: Action) => Outcome {
  const { quoteLots: quoteSizeLots, bandIncrements } = RULES;
  const market = recordedMarket([{ quoteSizeLots, bandIncrements }]);
  let orderId = 0;
  let isOpen = false;
  let filled = 0;
  const outcome = (events: VenueEvent[]): Outcome => {
    const fills: paperVenue.Fill[] = [];
    let taken: boolean | undefined;
    for (const event of events) {
      if (event.kind === 'accepted' || event.kind === 'replaced') taken = isOpen = true;
      if (event.kind === 'rejected' || event.kind === 'cancel-rejected') taken = false;
      if (event.kind === 'cancelled') isOpen = false;
      if (event.kind !== 'filled') continue;
      fills.push({ price: event.priceIncrements, lots: event.quantityLots });
      filled += event.quantityLots;
      isOpen = event.leavesLots > 0;
    }
    return { ...(taken === undefined ? {} : { taken }), fills, isOpen };
  };
  market.onQuote(quoteOf(100, 2), []);
  return act => {
    const events: VenueEvent[] = [];
    if (act.kind === 'quote') market.onQuote(quoteOf(act.bid, act.spread), events);
    else if (act.kind === 'cancel') {
      if (isOpen) market.cancel(orderId, events);
    } else if (isOpen) {
      const quantityLots = filled + act.lots;
      market.replace({ orderId, quantityLots, limitIncrements: act.limit }, events);
    } else {
      filled = 0;
      const { postOnly, lots: quantityLots, limit: limitIncrements } = act;
      const side = act.side === 1 ? 'buy' : 'sell';
      const order = { orderId: ++orderId, instrument: 0, side, postOnly } as const;
      market.submit({ ...order, quantityLots, limitIncrements }, events);
    }
    return outcome(events);
  };
}

function quoteOf(bidIncrements: number, spread: number) {
  const prices = { bidIncrements, askIncrements: bidIncrements + spread };
  return { kind: 'quote', instrument: 0, exchangeTimeNs: 0, ...prices } as const;
}

it('takes, refuses and fills as the law does, whatever quotes and orders come', () => {
  const seen = { fills: 0, refused: 0, restingFills: 0 };
  fc.assert(
    fc.property(fc.array(action, { minLength: 5, maxLength: 60 }), actions => {
      const [law, venue] = [lawful(), running()];
      for (const act of actions) {
        const expected = law(act);
        expect(venue(act)).toEqual(expected);
        if (act.kind === 'quote') seen.restingFills += expected.fills.length;
        else seen.fills += expected.fills.length;
        if (expected.taken === false) seen.refused++;
      }
    }),
    { numRuns: 500 },
  );
  // The comparison is worth little where nothing happens.
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(100);
});
