/**
 * The simulator's background of one instrument: who trades, quotes and cancels besides us.
 *
 * A Hawkes process says when and what. Orders are placed around a hidden *fair* price; every trade,
 * ours too, pushes it to the taker's side, and it drifts back to its start slowly. A cancel event
 * cancels more orders the fuller a side is, which keeps depth near its target, and a side that runs
 * low is refilled right after an event. Each event draws the same few numbers whatever the book
 * holds, so that our orders change what the book does but not which randomness it meets.
 */
import {
  exponentialVariate,
  type Nanoseconds,
  OutriderError,
  type Random,
  SECOND_NS,
  type SeededRandom,
} from '#engine';
import { createHawkes, type Hawkes, type HawkesConfig, type HawkesEvent } from './hawkes.ts';
import type { Side } from './market.ts';
import type { BookEffects, BookTrade, OrderBook } from './order-book.ts';

/** The components of `arrivals`, in their order. */
export const FLOW_COMPONENTS = [
  { action: 'market', side: 'buy' },
  { action: 'market', side: 'sell' },
  { action: 'limit', side: 'buy' },
  { action: 'limit', side: 'sell' },
  { action: 'cancel', side: 'buy' },
  { action: 'cancel', side: 'sell' },
] as const satisfies { action: 'market' | 'limit' | 'cancel'; side: Side }[];

export type OrderFlowConfig = {
  /** Where the fair price starts and drifts back to, in increments. */
  startPriceIncrements: number;
  /** Mean life of a deviation from the start price, in seconds; 0 pins the fair price. */
  reversionSeconds: number;
  /** How far one lot traded moves the fair price for good, in increments. */
  impactIncrementsPerLot: number;
  /** Rates and excitation of the six `FLOW_COMPONENTS`. */
  arrivals: HawkesConfig;
  /** Nearest an order is placed to the fair price, in increments. */
  halfSpreadIncrements: number;
  /** Mean of the exponential distance beyond that, in increments. */
  distanceMeanIncrements: number;
  /** How far beyond the touch a market order reaches, in whole increments; its rest is dropped. */
  marketReachIncrements: number;
  /** Mean lots of an order beyond its first, exponential. */
  sizeMeanLots: number;
  /** Most lots of an order. */
  sizeMaxLots: number;
  /** Background orders of a side at which a cancel event cancels one of them, on average. */
  ordersTarget: number;
  /** A side with fewer background orders is refilled to this many, right after an event. */
  ordersMin: number;
};

export type OrderFlow = {
  /** When `step` will act. */
  nextEventNs(): Nanoseconds;
  /** Applies the next background event to the book, with the refill it calls for. */
  step(effects: BookEffects): void;
  /** Takes note of trades that orders of ours caused; `step` sees to its own. */
  observe(trades: BookTrade[]): void;
};

/** However much is sold, prices stay above 0. */
const FAIR_INCREMENTS_MIN = 1;

type State = {
  config: OrderFlowConfig;
  book: OrderBook;
  hawkes: Hawkes;
  marks: Random;
  refills: Random;
  upcoming: HawkesEvent;
  lastNs: Nanoseconds;
  fairIncrements: number;
  lastOrderId: number;
  orders: Record<Side, OrderSet>;
};

/** Fills the empty book to its target and starts the process at `startNs`. */
export function createOrderFlow(
  config: OrderFlowConfig,
  { book, random, startNs }: { book: OrderBook; random: SeededRandom; startNs: Nanoseconds },
): OrderFlow {
  checkConfig(config);
  const hawkes = createHawkes(config.arrivals, { random: random.split('arrivals'), startNs });
  const state: State = {
    config,
    book,
    hawkes,
    marks: random.split('marks'),
    refills: random.split('refills'),
    upcoming: hawkes.next(),
    lastNs: startNs,
    fairIncrements: config.startPriceIncrements,
    lastOrderId: -1,
    orders: { buy: createOrderSet(), sell: createOrderSet() },
  };
  const effects: BookEffects = { events: [], trades: [] };
  refill(state, config.ordersTarget, effects);
  return {
    nextEventNs: () => state.upcoming.timeNs,
    step: effects => step(state, effects),
    observe: trades => observe(state, trades, 0),
  };
}

function step(state: State, effects: BookEffects): void {
  const { config, hawkes, marks, upcoming } = state;
  const { action, side } = FLOW_COMPONENTS[upcoming.component]!;
  state.upcoming = hawkes.next();
  revert(state, upcoming.timeNs);
  const tradesBefore = effects.trades.length;
  const distance = exponentialVariate(marks);
  const sizeLots = sizeOf(config, exponentialVariate(marks));
  const pick = marks.nextFloat();
  const chance = marks.nextFloat();
  switch (action) {
    case 'market':
      take(state, { side, sizeLots }, effects);
      break;
    case 'limit':
      place(state, { side, sizeLots, priceIncrements: priceAt(state, side, distance) }, effects);
      break;
    case 'cancel':
      cancelSome(state, { side, pick, chance }, effects);
      break;
  }
  observe(state, effects.trades, tradesBefore);
  refill(state, config.ordersMin, effects);
}

/** The fair price moves with every lot traded; makers that are done leave the set. */
function observe(state: State, trades: BookTrade[], from: number): void {
  const { config, orders } = state;
  for (let i = from; i < trades.length; i++) {
    const { takerSide, quantityLots, makerOrderId, makerLeavesLots } = trades[i]!;
    const moved = quantityLots * config.impactIncrementsPerLot;
    const fair = state.fairIncrements + (takerSide === 'buy' ? moved : -moved);
    state.fairIncrements = Math.max(FAIR_INCREMENTS_MIN, fair);
    if (makerOrderId < 0 && makerLeavesLots === 0) {
      orders[takerSide === 'buy' ? 'sell' : 'buy'].remove(makerOrderId);
    }
  }
}

function revert(state: State, timeNs: Nanoseconds): void {
  const { startPriceIncrements, reversionSeconds } = state.config;
  const share = Math.min(1, (timeNs - state.lastNs) / SECOND_NS / reversionSeconds);
  state.fairIncrements += (startPriceIncrements - state.fairIncrements) * share;
  state.lastNs = timeNs;
}

function take(
  { book, config }: State,
  { side, sizeLots: quantityLots }: { side: Side; sizeLots: number },
  effects: BookEffects,
): void {
  const far = book.touch(side === 'buy' ? 'sell' : 'buy');
  if (far === undefined) return;
  const reach = side === 'buy' ? config.marketReachIncrements : -config.marketReachIncrements;
  const limitIncrements = far.priceIncrements + reach;
  book.take({ side, quantityLots, limitIncrements }, effects);
}

function place(
  state: State,
  order: { side: Side; sizeLots: number; priceIncrements: number },
  effects: BookEffects,
): void {
  const { side, sizeLots: quantityLots } = order;
  const orderId = --state.lastOrderId;
  const limitIncrements = Math.max(1, order.priceIncrements);
  const leavesLots = state.book.submit(
    { orderId, instrument: 0, side, quantityLots, limitIncrements, postOnly: false },
    effects,
  );
  if (leavesLots > 0) state.orders[side].add(orderId);
}

/** Cancels orders in proportion to how many there are, so that depth returns to its target. */
function cancelSome(
  { book, config, orders }: State,
  { side, pick, chance }: { side: Side; pick: number; chance: number },
  effects: BookEffects,
): void {
  const set = orders[side];
  const count = Math.floor(set.size() / config.ordersTarget + chance);
  // One uniform number serves all picks: its later digits are as random as its first.
  let digits = pick;
  for (let i = 0; i < count && set.size() > 0; i++) {
    const scaled = digits * set.size();
    const orderId = set.at(Math.floor(scaled));
    digits = scaled - Math.floor(scaled);
    set.remove(orderId);
    book.cancel(orderId, effects);
  }
}

/** Rests orders until each side has `ordersMin` of the background's; never trades. */
function refill(state: State, ordersMin: number, effects: BookEffects): void {
  const { book, config, orders, refills } = state;
  for (const side of ['buy', 'sell'] as const) {
    while (orders[side].size() < ordersMin) {
      const price = priceAt(state, side, exponentialVariate(refills));
      const opposite = side === 'buy' ? 'sell' : 'buy';
      const far = book.touch(opposite)?.priceIncrements ?? (side === 'buy' ? Infinity : 0);
      const behind = side === 'buy' ? Math.min(price, far - 1) : Math.max(price, far + 1);
      if (behind < 1) break;
      const sizeLots = sizeOf(config, exponentialVariate(refills));
      place(state, { side, sizeLots, priceIncrements: behind }, effects);
    }
  }
}

function priceAt({ config, fairIncrements }: State, side: Side, distance: number): number {
  const away = config.halfSpreadIncrements + distance * config.distanceMeanIncrements;
  return side === 'buy' ? Math.floor(fairIncrements - away) : Math.ceil(fairIncrements + away);
}

function sizeOf({ sizeMeanLots, sizeMaxLots }: OrderFlowConfig, exponential: number): number {
  return Math.min(sizeMaxLots, 1 + Math.floor(exponential * sizeMeanLots));
}

type OrderSet = {
  size(): number;
  at(index: number): number;
  add(orderId: number): void;
  remove(orderId: number): void;
};

/** Ids in an array without holes, so that one of them is picked at random in one step. */
function createOrderSet(): OrderSet {
  const ids: number[] = [];
  const indexOf = new Map<number, number>();
  return {
    size: () => ids.length,
    at: index => ids[index]!,
    add(orderId) {
      indexOf.set(orderId, ids.length);
      ids.push(orderId);
    },
    remove(orderId) {
      const index = indexOf.get(orderId);
      if (index === undefined) return;
      indexOf.delete(orderId);
      const last = ids.pop()!;
      if (last === orderId) return;
      ids[index] = last;
      indexOf.set(last, index);
    },
  };
}

function checkConfig(config: OrderFlowConfig): void {
  const wholes = ['startPriceIncrements', 'sizeMaxLots', 'ordersTarget', 'ordersMin'] as const;
  for (const field of wholes) {
    if (!(Number.isSafeInteger(config[field]) && config[field] >= 1)) {
      throw new OutriderError(
        'bad-config',
        `${field} is ${config[field]}: give a whole number from 1`,
      );
    }
  }
  const numbers = [
    'reversionSeconds',
    'impactIncrementsPerLot',
    'halfSpreadIncrements',
    'distanceMeanIncrements',
    'marketReachIncrements',
    'sizeMeanLots',
  ] as const;
  for (const field of numbers) {
    if (!(Number.isFinite(config[field]) && config[field] >= 0)) {
      throw new OutriderError('bad-config', `${field} is ${config[field]}: give a number from 0`);
    }
  }
  const { length } = config.arrivals.baseRatesPerSecond;
  if (length !== FLOW_COMPONENTS.length) {
    const remedy = `give ${FLOW_COMPONENTS.length}, one a component`;
    throw new OutriderError('bad-config', `arrivals has ${length} base rates: ${remedy}`);
  }
}
