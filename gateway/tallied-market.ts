/** A market of the paper venue that counts what it does, apart from all FIX, for tests. */
import type { GatewayConfig } from './state.ts';
import type { VenueEvent, VenueOrder } from './venue/market.ts';
import { type RecordedMarket, recordedMarket } from './venue/recorded-market.ts';

/** Lots on each side of one quote. */
export const QUOTE_SIZE_LOTS = 5;

/** What the market itself did, counted apart from all FIX. */
export type MarketTally = {
  positionLots: number[];
  /** Open orders by id. */
  open: Map<number, VenueOrder>;
  /** What is left of each of them, by id. */
  leavesLots: Map<number, number>;
  mostOpen: number;
};

/** The recorded market, with a count of what it did that owes nothing to reports. */
export function talliedMarket({ instruments }: Pick<GatewayConfig, 'instruments'>) {
  const positionLots = instruments.map(() => 0);
  const leavesLots = new Map<number, number>();
  const tally: MarketTally = { positionLots, open: new Map(), leavesLots, mostOpen: 0 };
  const rules = instruments.map(() => ({ quoteSizeLots: QUOTE_SIZE_LOTS, bandIncrements: 50 }));
  const market = recordedMarket(rules);
  const orders = new Map<number, VenueOrder>();
  const count = (events: readonly VenueEvent[]) => {
    for (const event of events) {
      const order = orders.get(event.orderId);
      if (order === undefined) continue;
      if (event.kind === 'accepted') {
        tally.open.set(event.orderId, order);
        leavesLots.set(event.orderId, order.quantityLots);
      }
      if (event.kind === 'filled' || event.kind === 'replaced') {
        leavesLots.set(event.orderId, event.leavesLots);
      }
      if (event.kind === 'cancelled') tally.open.delete(event.orderId);
      if (event.kind !== 'filled') continue;
      const side = order.side === 'buy' ? 1 : -1;
      tally.positionLots[order.instrument]! += side * event.quantityLots;
      if (event.leavesLots === 0) tally.open.delete(event.orderId);
    }
    for (const instrument of instruments.keys()) {
      const open = [...tally.open.values()].filter(order => order.instrument === instrument);
      tally.mostOpen = Math.max(tally.mostOpen, open.length);
    }
  };
  const watched = (act: (events: VenueEvent[]) => void, events: VenueEvent[]) => {
    const mine: VenueEvent[] = [];
    act(mine);
    count(mine);
    events.push(...mine);
  };
  const watchedMarket: RecordedMarket = {
    onQuote: (quote, events) => watched(mine => market.onQuote(quote, mine), events),
    submit(order, events) {
      orders.set(order.orderId, order);
      watched(mine => market.submit(order, mine), events);
    },
    look: (instrument, side) => market.look(instrument, side),
    fillableLots: order => market.fillableLots(order),
    replace: (change, events) => watched(mine => market.replace(change, mine), events),
    cancel: (orderId, events) => watched(mine => market.cancel(orderId, mine), events),
    restore(order, filledLots, events) {
      orders.set(order.orderId, order);
      watched(mine => market.restore(order, filledLots, mine), events);
    },
  };
  return { market: watchedMarket, tally };
}
