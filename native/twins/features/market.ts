/** One instrument: its quote, its book, its moves, and what decays. */

import { FEATURE_BITS as BIT, type FeatureTokens, VIEW, VIEW_VALUES } from '../../feature-view.ts';
import { TICK_FIELDS as AT, TICK_FLAGS as FLAG, TICK_KINDS as KIND } from '../../tick-layout.ts';
import {
  type Book,
  beginSnapshot,
  createBook,
  lookAtBook,
  loseBook,
  setAsk,
  setBid,
} from './book.ts';
import { LN2, leftAfter, stepsPerNs } from './decay.ts';

const FAST = stepsPerNs(1e9);
const SLOW = stepsPerNs(60e9);
const FLOW = stepsPerNs(10e9);
const HOUR_NS = 3600e9;
const INT32_MAX = 2 ** 31 - 1;

/** Numbers that may be fractions start as one, which keeps them in place for good. */
export type Market = {
  periodHours: number;
  phaseHours: number;
  hasSession: boolean;
  session: number;
  hasQuote: boolean;
  bid: number;
  ask: number;
  hasBidLots: boolean;
  hasAskLots: boolean;
  bidLots: number;
  askLots: number;
  book: Book;
  epoch: number;
  moves: number;
  hasToken: boolean;
  token: number;
  scale: number;
  time: number;
  fast: number;
  slow: number;
  hasFlow: boolean;
  flow: number;
  hasEvents: boolean;
  events: number;
  hasLastPrice: boolean;
  lastPrice: number;
  lastSign: number;
  merged: number;
};

export function createMarket(periodHours: number, phaseHours: number, scale: number): Market {
  const fraction = 0.5;
  const market: Market = {
    ...{ periodHours, phaseHours, hasSession: false, session: fraction },
    ...{ hasQuote: false, bid: fraction, ask: fraction },
    ...{ hasBidLots: false, hasAskLots: false, bidLots: fraction, askLots: fraction },
    ...{ book: createBook(), epoch: 0, moves: 0, hasToken: false, token: 0, scale },
    ...{ time: fraction, fast: fraction, slow: fraction, hasFlow: false, flow: fraction },
    ...{ hasEvents: false, events: fraction },
    ...{ hasLastPrice: false, lastPrice: fraction, lastSign: 0, merged: 0 },
  };
  market.time = 0;
  market.fast = 0;
  market.slow = 0;
  return market;
}

/** Takes the record at byte `at`; false where it is none. */
export function takeRecord(
  market: Market,
  { view, at }: { view: DataView; at: number },
  tokens: FeatureTokens,
): boolean {
  const kind = view.getUint8(at + AT.kind);
  if (kind < KIND.quote || kind > KIND.gap) return false;
  market.merged += view.getUint32(at + AT.merged, true);
  if (kind === KIND.quote) takeQuote(market, { view, at }, tokens);
  else if (kind === KIND.trade) takeTrade(market, view, at);
  else if (kind === KIND.level) takeLevel(market.book, view, at);
  else if (kind === KIND.snapshot) beginSnapshot(market.book);
  else takeGap(market);
  return true;
}

function takeLevel(book: Book, view: DataView, at: number): void {
  const flags = view.getUint8(at + AT.flags);
  const price = view.getFloat64(at + AT.firstPrice, true);
  const lots = flags & FLAG.firstLots ? view.getFloat64(at + AT.firstLots, true) : 0;
  const isAsk = (flags & FLAG.side) !== 0 && (flags & FLAG.isAsk) !== 0;
  if (isAsk) setAsk(book, price, lots);
  else setBid(book, price, lots);
  if ((flags & FLAG.hasMore) === 0) lookAtBook(book);
}

function takeGap(market: Market): void {
  if (market.hasSession) startEpoch(market);
  market.hasSession = false;
  market.hasQuote = false;
  loseBook(market.book);
}

function takeQuote(
  market: Market,
  { view, at }: { view: DataView; at: number },
  tokens: FeatureTokens,
): void {
  const flags = view.getUint8(at + AT.flags);
  const bid = view.getFloat64(at + AT.firstPrice, true);
  const ask = view.getFloat64(at + AT.secondPrice, true);
  const time = view.getFloat64(at + AT.exchangeTime, true);
  const session = sessionAt(market, time);
  let change = 0;
  if (market.hasSession && market.session === session) {
    change = market.hasQuote ? bid + ask - (market.bid + market.ask) : 0;
  } else {
    if (market.hasSession) startEpoch(market);
    market.hasSession = true;
    market.session = session;
  }
  market.hasQuote = true;
  market.bid = bid;
  market.ask = ask;
  market.hasBidLots = (flags & FLAG.firstLots) !== 0;
  market.hasAskLots = (flags & FLAG.secondLots) !== 0;
  market.bidLots = view.getFloat64(at + AT.firstLots, true);
  market.askLots = view.getFloat64(at + AT.secondLots, true);
  elapse(market, time, view.getUint32(at + AT.merged, true));
  if (change === 0) return;
  const code = tokens.scaleCode(market.scale);
  // Beyond the last rung of any ladder the size does not matter.
  market.token = tokens.tokenOf(Math.max(-INT32_MAX, Math.min(change, INT32_MAX)), code);
  market.scale = tokens.scaleStep(market.scale, code, market.token);
  market.hasToken = true;
  market.moves++;
  market.fast += change * change;
  market.slow += change * change;
}

function sessionAt({ periodHours, phaseHours }: Market, time: number): number {
  if (periodHours === 0) return 0;
  return Math.floor((Math.floor(time / HOUR_NS) + phaseHours) / periodHours);
}

function takeTrade(market: Market, view: DataView, at: number): void {
  const merged = view.getUint32(at + AT.merged, true);
  const sign = signOf(market, view, at);
  elapse(market, view.getFloat64(at + AT.exchangeTime, true), merged);
  market.hasLastPrice = true;
  market.lastPrice = view.getFloat64(at + AT.firstPrice, true);
  if (sign === 0) return;
  market.lastSign = sign;
  market.flow = (market.hasFlow ? market.flow : 0) + sign * (1 + merged);
  market.hasFlow = true;
}

/**
 * By the taker where it is known, else by the side of the mid (of the last price without a quote)
 * the trade was on, else as the trade before.
 */
function signOf(market: Market, view: DataView, at: number): number {
  const flags = view.getUint8(at + AT.flags);
  if ((flags & FLAG.side) !== 0) return (flags & FLAG.isAsk) === 0 ? 1 : -1;
  const price = view.getFloat64(at + AT.firstPrice, true);
  let above = 0;
  if (market.hasQuote) above = 2 * price - (market.bid + market.ask);
  else if (market.hasLastPrice) above = price - market.lastPrice;
  if (above > 0) return 1;
  return above < 0 ? -1 : market.lastSign;
}

/** Decays the sums to the tick's time and counts it. */
function elapse(market: Market, time: number, merged: number): void {
  const passed = time - market.time;
  const ns = Math.max(passed, 0);
  market.time += ns;
  const fast = leftAfter(ns, FAST);
  market.fast *= fast;
  market.slow *= leftAfter(ns, SLOW);
  if (market.hasFlow) market.flow *= leftAfter(ns, FLOW);
  // Intensity shares the window of the fast volatility.
  market.events = (market.hasEvents ? market.events : 0) * fast + (1 + merged);
  market.hasEvents = true;
}

function startEpoch(market: Market): void {
  market.epoch++;
  market.moves = 0;
  market.hasToken = false;
  market.fast = 0;
  market.slow = 0;
  market.hasFlow = false;
  market.hasEvents = false;
  market.hasLastPrice = false;
  market.lastSign = 0;
}

/** Writes the whole view from value `at` on; a masked value is 0 there. */
export function writeView(
  market: Market,
  { views, at }: { views: Float64Array; at: number },
  tokens: FeatureTokens,
): void {
  const { book } = market;
  views.fill(0, at, at + VIEW_VALUES);
  let present = writeQuote(market, views, at);
  views[at + VIEW.timeNs] = market.time;
  views[at + VIEW.epoch] = market.epoch;
  views[at + VIEW.moves] = market.moves;
  views[at + VIEW.code] = tokens.scaleCode(market.scale);
  views[at + VIEW.scale] = market.scale;
  if (market.hasToken) {
    present |= BIT.token;
    views[at + VIEW.token] = market.token;
  }
  if (market.moves > 0) {
    present |= BIT.volatility;
    views[at + VIEW.fastVolatility] = Math.sqrt(market.fast * LN2);
    views[at + VIEW.slowVolatility] = Math.sqrt(market.slow * (LN2 / 60));
  }
  if (market.hasFlow) {
    present |= BIT.tradeFlow;
    views[at + VIEW.tradeFlow] = market.flow;
  }
  if (market.hasEvents) {
    present |= BIT.intensity;
    views[at + VIEW.intensity] = market.events * LN2;
  }
  if (book.hasTop) {
    present |= BIT.depth;
    views[at + VIEW.bookBidIncrements] = book.bid;
    views[at + VIEW.bookAskIncrements] = book.ask;
    views[at + VIEW.depthImbalance] = book.depthImbalance;
  }
  views[at + VIEW.crossedBooks] = book.crossed;
  views[at + VIEW.forgottenLevels] = book.forgotten;
  views[at + VIEW.mergedTicks] = market.merged;
  views[at + VIEW.present] = present;
}

function writeQuote(market: Market, views: Float64Array, at: number): number {
  if (!market.hasQuote) return 0;
  const { bid, ask, hasBidLots, hasAskLots, bidLots, askLots } = market;
  let present: number = BIT.quote;
  views[at + VIEW.bidIncrements] = bid;
  views[at + VIEW.askIncrements] = ask;
  views[at + VIEW.spreadIncrements] = ask - bid;
  if (hasBidLots) {
    present |= BIT.bidLots;
    views[at + VIEW.bidLots] = bidLots;
  }
  if (hasAskLots) {
    present |= BIT.askLots;
    views[at + VIEW.askLots] = askLots;
  }
  const sum = bidLots + askLots;
  if (hasBidLots && hasAskLots && sum > 0) {
    present |= BIT.imbalance;
    views[at + VIEW.imbalance] = (bidLots - askLots) / sum;
    views[at + VIEW.micropriceHalfIncrements] = (2 * (bid * askLots + ask * bidLots)) / sum;
  }
  return present;
}
