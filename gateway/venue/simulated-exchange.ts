/**
 * The built-in exchange: order books that trade by themselves and in which our orders take part.
 *
 * It is the paper venue of simulated runs. Our orders take liquidity, queue in price-time priority
 * and are filled by the background, and what they trade moves the price for good: the law's
 * assumption that the market does not react to us does NOT hold here.
 *
 * Time is whatever the host says: virtual or wall. The host advances the exchange to the present,
 * then submits; what a submission changed in public (trades, best quote) is published by the next
 * `advanceTo`, stamped with the time of the submission.
 */
import { invariant, type Nanoseconds, OutriderError, seededRandom } from '#engine';
import type { Tick } from '#market';
import { createFinishedOrders, type FinishedOrders } from './finished-orders.ts';
import type { MarketLook, Side, VenueEvent, VenueMarket, VenueOrder } from './market.ts';
import { type BookTrade, createOrderBook, type OrderBook } from './order-book.ts';
import { createOrderFlow, type OrderFlow, type OrderFlowConfig } from './order-flow.ts';

/** Trades of our own submissions kept until the next `advanceTo`; further ones are not printed. */
export const UNPUBLISHED_TRADES_MAX = 10_000;

export type SimulatedInstrument = {
  /** Names the instrument's random streams: a symbol, unique in the exchange. */
  symbol: string;
  flow: OrderFlowConfig;
  /** How far from the mid a limit of ours may lie, in percent of the mid. */
  bandPercent: number;
};

export type SimulatedExchangeConfig = {
  seed: string | number;
  startNs: Nanoseconds;
  /** In the order of the venue's instrument table. */
  instruments: SimulatedInstrument[];
};

export type SimulatedExchange = VenueMarket & {
  /**
   * Runs the background up to and including `timeNs`, which never decreases. `onTick` gets every
   * trade and then, where the best prices or their sizes changed, the quote (none while a side is
   * empty); it must not call the exchange. Fills of our resting orders are appended to `events`:
   * advance to `nextEventNs()` to know their times.
   */
  advanceTo(timeNs: Nanoseconds, onTick: (tick: Tick) => void, events: VenueEvent[]): void;
  /** When the background acts next. */
  nextEventNs(): Nanoseconds;
};

type Market = {
  index: number;
  book: OrderBook;
  flow: OrderFlow;
  bandPercent: number;
  unpublished: BookTrade[];
  published: { bid: number; ask: number; bidLots: number; askLots: number };
};

type Exchange = {
  markets: Market[];
  /** Where each order of ours that is not done rests. */
  marketOf: Map<number, Market>;
  finished: FinishedOrders;
  nowNs: Nanoseconds;
};

export function simulatedExchange(config: SimulatedExchangeConfig): SimulatedExchange {
  const symbols = config.instruments.map(({ symbol }) => symbol);
  if (new Set(symbols).size < symbols.length || symbols.length === 0) {
    throw new OutriderError('bad-config', `instruments are [${symbols}]: give some, each once`);
  }
  const exchange: Exchange = {
    markets: config.instruments.map((instrument, index) => newMarket(config, instrument, index)),
    marketOf: new Map(),
    finished: createFinishedOrders(),
    nowNs: config.startNs,
  };
  return {
    submit: (order, events) => submit(exchange, order, events),
    replace: (change, events) => replace(exchange, change, events),
    cancel: (orderId, events) => cancel(exchange, orderId, events),
    restore: (order, filledLots, events) => restore(exchange, { order, filledLots }, events),
    look: (instrument, side) => look(exchange.markets[instrument]!, side),
    fillableLots: ({ instrument, side, limitIncrements }) =>
      exchange.markets[instrument]!.book.fillableLots(side, limitIncrements),
    advanceTo: (timeNs, onTick, events) => advanceTo(exchange, timeNs, { onTick, events }),
    nextEventNs: () => nextMarket(exchange).flow.nextEventNs(),
  };
}

function advanceTo(
  exchange: Exchange,
  timeNs: Nanoseconds,
  { onTick, events }: { onTick: (tick: Tick) => void; events: VenueEvent[] },
): void {
  invariant(timeNs >= exchange.nowNs, 'exchange time never runs backwards');
  for (const market of exchange.markets) publish(market, exchange.nowNs, onTick);
  for (;;) {
    const market = nextMarket(exchange);
    const eventNs = market.flow.nextEventNs();
    if (eventNs > timeNs) break;
    exchange.nowNs = eventNs;
    market.flow.step({ events, trades: market.unpublished });
    for (const trade of market.unpublished) finishMaker(exchange, trade);
    publish(market, eventNs, onTick);
  }
  exchange.nowNs = timeNs;
}

function submit(exchange: Exchange, order: VenueOrder, events: VenueEvent[]): void {
  const { orderId, instrument } = order;
  const market = exchange.markets[instrument];
  invariant(market !== undefined, `instrument ${instrument} is one of the exchange's`);
  invariant(
    orderId >= 0 && !exchange.marketOf.has(orderId),
    `order id ${orderId} is new to the exchange and not negative`,
  );
  if (isOutOfBand(market, order.limitIncrements)) {
    events.push({ kind: 'rejected', orderId, reason: 'price-out-of-band' });
    return;
  }
  const trades: BookTrade[] = [];
  market.book.submit(order, { events, trades });
  if (events.at(-1)!.kind === 'rejected') return;
  exchange.marketOf.set(orderId, market);
  settle(exchange, market, { orderId, trades });
}

function restore(
  exchange: Exchange,
  { order, filledLots }: { order: VenueOrder; filledLots: number },
  events: VenueEvent[],
): void {
  const market = exchange.markets[order.instrument];
  invariant(market !== undefined, `instrument ${order.instrument} is one of the exchange's`);
  const trades: BookTrade[] = [];
  market.book.restore(order, filledLots, { events, trades });
  exchange.marketOf.set(order.orderId, market);
  settle(exchange, market, { orderId: order.orderId, trades });
}

function replace(
  exchange: Exchange,
  change: Parameters<VenueMarket['replace']>[0],
  events: VenueEvent[],
): void {
  const { orderId, quantityLots, limitIncrements } = change;
  const market = exchange.marketOf.get(orderId);
  if (market === undefined) {
    refuse(exchange, orderId, events);
    return;
  }
  const { filledLots } = market.book.resting(orderId)!;
  if (quantityLots > filledLots && isOutOfBand(market, limitIncrements)) {
    events.push({ kind: 'cancel-rejected', orderId, reason: 'price-out-of-band' });
    return;
  }
  const trades: BookTrade[] = [];
  market.book.replace(change, { events, trades });
  settle(exchange, market, { orderId, trades });
}

function cancel(exchange: Exchange, orderId: number, events: VenueEvent[]): void {
  const market = exchange.marketOf.get(orderId);
  if (market === undefined) {
    refuse(exchange, orderId, events);
    return;
  }
  market.book.cancel(orderId, { events, trades: [] });
  settle(exchange, market, { orderId, trades: [] });
}

function refuse({ finished }: Exchange, orderId: number, events: VenueEvent[]): void {
  const reason = finished.reasonToRefuse(orderId);
  events.push({ kind: 'cancel-rejected', orderId, reason });
}

/** Follows up an operation of ours: the background learns of it, done orders are remembered. */
function settle(
  exchange: Exchange,
  market: Market,
  { orderId, trades }: { orderId: number; trades: BookTrade[] },
): void {
  market.flow.observe(trades);
  for (const trade of trades) {
    finishMaker(exchange, trade);
    if (market.unpublished.length < UNPUBLISHED_TRADES_MAX) market.unpublished.push(trade);
  }
  if (market.book.resting(orderId) === undefined) finish(exchange, orderId);
}

function finishMaker(exchange: Exchange, { makerOrderId, makerLeavesLots }: BookTrade): void {
  if (makerOrderId >= 0 && makerLeavesLots === 0) finish(exchange, makerOrderId);
}

function finish({ marketOf, finished }: Exchange, orderId: number): void {
  marketOf.delete(orderId);
  finished.add(orderId);
}

function publish(
  { book, index: instrument, published, unpublished }: Market,
  exchangeTimeNs: Nanoseconds,
  onTick: (tick: Tick) => void,
): void {
  for (const { priceIncrements, quantityLots: sizeLots } of unpublished) {
    onTick({ kind: 'trade', instrument, exchangeTimeNs, priceIncrements, sizeLots });
  }
  unpublished.length = 0;
  const bid = book.touch('buy');
  const ask = book.touch('sell');
  if (bid === undefined || ask === undefined) return;
  const same =
    bid.priceIncrements === published.bid &&
    ask.priceIncrements === published.ask &&
    bid.lots === published.bidLots &&
    ask.lots === published.askLots;
  if (same) return;
  published.bid = bid.priceIncrements;
  published.ask = ask.priceIncrements;
  published.bidLots = bid.lots;
  published.askLots = ask.lots;
  onTick({
    kind: 'quote',
    instrument,
    exchangeTimeNs,
    bidIncrements: bid.priceIncrements,
    askIncrements: ask.priceIncrements,
    bidLots: bid.lots,
    askLots: ask.lots,
  });
}

/** Compared with the last published mid while a side is empty. */
/** Within the band, which counts from the mid. */
function look({ book, published, bandPercent }: Market, side: Side): MarketLook | undefined {
  const far = book.touch(side === 'buy' ? 'sell' : 'buy')?.priceIncrements;
  if (far === undefined) return undefined;
  const bid = book.touch('buy')?.priceIncrements ?? published.bid;
  const ask = book.touch('sell')?.priceIncrements ?? published.ask;
  const most = ((bid + ask) * (100 + (side === 'buy' ? bandPercent : -bandPercent))) / 200;
  const furthestIncrements = side === 'buy' ? Math.floor(most) : Math.ceil(most);
  return { farIncrements: far, furthestIncrements };
}

function isOutOfBand({ book, published, bandPercent }: Market, limitIncrements: number): boolean {
  const bid = book.touch('buy')?.priceIncrements ?? published.bid;
  const ask = book.touch('sell')?.priceIncrements ?? published.ask;
  const midHalf = bid + ask;
  return Math.abs(2 * limitIncrements - midHalf) * 100 > bandPercent * midHalf;
}

/** The earliest event; the first instrument's where several fall on one instant. */
function nextMarket({ markets }: Exchange): Market {
  let next = markets[0]!;
  for (const market of markets) {
    if (market.flow.nextEventNs() < next.flow.nextEventNs()) next = market;
  }
  return next;
}

function newMarket(
  { seed, startNs }: SimulatedExchangeConfig,
  { symbol, flow: config, bandPercent }: SimulatedInstrument,
  index: number,
): Market {
  if (!(bandPercent > 0)) {
    const remedy = 'give a number above 0';
    throw new OutriderError('bad-config', `bandPercent of ${symbol} is ${bandPercent}: ${remedy}`);
  }
  const book = createOrderBook();
  const random = seededRandom(seed).split(symbol);
  const flow = createOrderFlow(config, { book, random, startNs });
  const published = { bid: 0, ask: 0, bidLots: 0, askLots: 0 };
  return { index, book, flow, bandPercent, unpublished: [], published };
}
