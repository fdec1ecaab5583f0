/** What a live feed knows of one instrument: its book, its state, the ticks it makes of them. */
import type { Nanoseconds } from '#engine';
import { incrementOf, NO_STEPS, textStepsParser } from '../decimal.ts';
import type { Instrument } from '../instrument.ts';
import type { BookLevel, Tick, Trade } from '../tick.ts';
import { type BookSide, createBookSide } from './level-book.ts';

/** Where the books of a feed put what they make of the message at hand. */
export type FeedOutput = {
  ticks: Tick[];
  /** Why something was lost, each once: ticks say it by a gap. */
  gaps: { instrument: number; reason: string }[];
  /** Of the message at hand. */
  receiveTimeNs: Nanoseconds;
  /** The exchange's time of now, for messages that carry none; receive time where none is known. */
  estimateNs(): Nanoseconds;
};

export type MarketBookOptions = {
  instrument: Instrument;
  /** Index of the instrument in the run. */
  index: number;
  /** Levels of a side that the venue keeps up to date; further ones are dropped. */
  depth: number;
  /** A change at the touch is a quote; false where the venue sends quotes itself. */
  quotesFromBook: boolean;
  output: FeedOutput;
};

export type MarketBook = {
  readonly index: number;
  readonly instrument: Instrument;
  readonly bids: BookSide;
  readonly asks: BookSide;
  /** `waiting`: for a snapshot, and differences say nothing. */
  readonly state: 'waiting' | 'live';
  /** Begins a message; `stage` its levels, then `commit` all of them or none. */
  begin(kind: 'snapshot' | 'update'): void;
  /** A level as text; what is none is told at the commit. */
  stage(side: BookLevel['side'], price: unknown, size: unknown): void;
  /** Every `[price, size, ...]` of a list; undefined is an empty one. */
  stageAll(side: BookLevel['side'], levels: unknown): void;
  /** False where the message was bad: then the book is lost, and the reason is told. */
  commit(exchangeTimeNs: Nanoseconds | undefined): boolean;
  quote(texts: QuoteTexts, exchangeTimeNs: Nanoseconds | undefined): boolean;
  trade(said: TradeTexts, exchangeTimeNs: Nanoseconds | undefined): boolean;
  /** Steps of a price or a size of this instrument, or a code of NO_STEPS. */
  priceSteps(text: string): number;
  sizeSteps(text: string): number;
  /** The book is not what the venue's is, or will not be told: a gap, until the next snapshot. */
  lose(reason: string): void;
};

export type QuoteTexts = { bid: string; bidSize: string; ask: string; askSize: string };
export type TradeTexts = { price: unknown; size: unknown; aggressor: Trade['aggressor'] };

type State = MarketBookOptions & {
  bids: BookSide;
  asks: BookSide;
  state: 'waiting' | 'live';
  /** Ticks came since the last gap. */
  hasSpoken: boolean;
  lastTimeNs: Nanoseconds;
  price(text: string): number;
  size(text: string): number;
  staged: { kind: 'snapshot' | 'update'; isBid: boolean[]; prices: number[]; lots: number[] };
  /** The first bad level of the message. */
  bad: string | undefined;
  touch: { bid: number; bidLots: number; ask: number; askLots: number };
};

export function createMarketBook(options: MarketBookOptions): MarketBook {
  const { instrument } = options;
  const state: State = {
    ...options,
    ...{ bids: createBookSide(1), asks: createBookSide(-1), state: 'waiting', hasSpoken: false },
    lastTimeNs: Number.NEGATIVE_INFINITY,
    price: textStepsParser(incrementOf(instrument.priceIncrement)),
    size: sizeParser(textStepsParser(incrementOf(instrument.lotSize))),
    staged: { kind: 'update', isBid: [], prices: [], lots: [] },
    bad: undefined,
    touch: { bid: -1, bidLots: -1, ask: -1, askLots: -1 },
  };
  return {
    ...{ index: options.index, instrument, bids: state.bids, asks: state.asks },
    get state() {
      return state.state;
    },
    begin(kind) {
      const { staged } = state;
      staged.kind = kind;
      staged.isBid.length = staged.prices.length = staged.lots.length = 0;
      state.bad = undefined;
    },
    stage: (side, price, size) => stage(state, side === 'bid', [price, size]),
    stageAll(side, levels) {
      if (levels === undefined) return;
      if (!Array.isArray(levels)) state.bad ??= `its ${side}s are no list`;
      else for (const level of levels) stage(state, side === 'bid', level);
    },
    commit: timeNs => commit(state, timeNs),
    quote: (texts, timeNs) => takeQuote(state, texts, timeNs),
    trade: (said, timeNs) => takeTrade(state, said, timeNs),
    ...{ priceSteps: state.price, sizeSteps: state.size },
    lose: reason => lose(state, reason),
  };
}

/** More lots than numbers are exact for: such a size stands as this many. */
export const LOTS_MAX = 2 ** 52;
const PLAIN = /^\d{1,20}(\.\d{1,12})?$/;

function sizeParser(exact: (text: string) => number): (text: string) => number {
  return text => {
    const lots = exact(text);
    return lots === NO_STEPS.malformed && PLAIN.test(text) ? LOTS_MAX : lots;
  };
}

function stage(state: State, isBid: boolean, level: unknown): void {
  const [priceText, sizeText] = Array.isArray(level) ? (level as unknown[]) : [];
  if (typeof priceText !== 'string' || typeof sizeText !== 'string') {
    state.bad ??= 'a level is no pair of decimal texts';
    return;
  }
  const price = state.price(priceText);
  const lots = state.size(sizeText);
  const worst = Math.min(price, lots);
  if (worst < 0) {
    state.bad ??= `level ${priceText.slice(0, 40)}, ${sizeText.slice(0, 40)}: ${problem(worst)}`;
    return;
  }
  state.staged.isBid.push(isBid);
  state.staged.prices.push(price);
  state.staged.lots.push(lots);
}

function commit(state: State, timeNs: Nanoseconds | undefined): boolean {
  const { staged, output } = state;
  if (state.bad !== undefined) return refuse(state, state.bad);
  const stamp = stampOf(state, timeNs);
  if (staged.kind === 'snapshot') {
    if (!load(state)) {
      return refuse(state, 'a snapshot holds a price twice, or more levels than a book may');
    }
    output.ticks.push({ kind: 'snapshot', ...stamp });
    state.state = 'live';
    state.hasSpoken = true;
  }
  const first = output.ticks.length;
  for (let at = 0; at < staged.prices.length; at++) {
    const [isBid, price, lots] = [staged.isBid[at]!, staged.prices[at]!, staged.lots[at]!];
    if (staged.kind === 'update' && !(isBid ? state.bids : state.asks).set(price, lots)) {
      output.ticks.length = first;
      return refuse(state, 'a side holds more levels than a book may');
    }
    pushLevel(state, stamp, { isBid, price, lots });
  }
  dropDeep(state, stamp);
  const last = output.ticks.at(-1);
  if (last?.kind === 'level' && output.ticks.length > first) last.hasMore = undefined;
  if (state.quotesFromBook) quoteTouch(state, stamp);
  return true;
}

function load({ staged, bids, asks }: State): boolean {
  const { isBid, prices, lots } = staged;
  const loadSide = (side: BookSide, wants: boolean) =>
    side.load(
      prices.filter((_, at) => isBid[at] === wants),
      lots.filter((_, at) => isBid[at] === wants),
    );
  return loadSide(bids, true) && loadSide(asks, false);
}

type Stamp = ReturnType<typeof stampOf>;

function pushLevel(
  { output }: State,
  stamp: Stamp,
  { isBid, price, lots }: { isBid: boolean; price: number; lots: number },
): void {
  output.ticks.push({
    kind: 'level',
    ...stamp,
    side: isBid ? 'bid' : 'ask',
    priceIncrements: price,
    sizeLots: lots,
    hasMore: true,
  });
}

/** Levels out of the venue's scope are not told of any more: whoever keeps a book is told so. */
function dropDeep(state: State, stamp: Stamp): void {
  for (const isBid of [true, false]) {
    const side = isBid ? state.bids : state.asks;
    while (side.size > state.depth) {
      pushLevel(state, stamp, { isBid, price: side.price(side.size - 1), lots: 0 });
      side.dropWorst();
    }
  }
}

/** A quote where the touch changed; none while a side is empty or the book is crossed. */
function quoteTouch({ bids, asks, touch, output }: State, stamp: Stamp): void {
  if (bids.size === 0 || asks.size === 0) return;
  const [bid, bidLots, ask, askLots] = [bids.price(0), bids.lots(0), asks.price(0), asks.lots(0)];
  const isSame =
    bid === touch.bid &&
    ask === touch.ask &&
    bidLots === touch.bidLots &&
    askLots === touch.askLots;
  if (isSame || bid > ask) return;
  touch.bid = bid;
  touch.bidLots = bidLots;
  touch.ask = ask;
  touch.askLots = askLots;
  const prices = { bidIncrements: bid, askIncrements: ask };
  output.ticks.push({ kind: 'quote', ...stamp, ...prices, bidLots, askLots });
}

function takeQuote(state: State, texts: QuoteTexts, timeNs: Nanoseconds | undefined): boolean {
  const bid = state.price(texts.bid);
  const ask = state.price(texts.ask);
  const bidLots = state.size(texts.bidSize);
  const askLots = state.size(texts.askSize);
  const worst = Math.min(bid, ask, bidLots, askLots);
  if (worst < 0) return refuse(state, `quote ${texts.bid} ${texts.ask}: ${problem(worst)}`);
  if (bid === 0 || ask === 0 || bid > ask) return true;
  const prices = { bidIncrements: bid, askIncrements: ask };
  state.output.ticks.push({
    kind: 'quote',
    ...stampOf(state, timeNs),
    ...prices,
    ...{ bidLots, askLots },
  });
  state.hasSpoken = true;
  return true;
}

function takeTrade(state: State, said: TradeTexts, timeNs: Nanoseconds | undefined): boolean {
  const price = typeof said.price === 'string' ? state.price(said.price) : NO_STEPS.malformed;
  const lots = typeof said.size === 'string' ? state.size(said.size) : NO_STEPS.malformed;
  const worst = Math.min(price, lots);
  if (worst < 0) return refuse(state, `trade ${said.price}, ${said.size}: ${problem(worst)}`);
  const { aggressor } = said;
  const sold = { priceIncrements: price, sizeLots: lots, aggressor };
  state.output.ticks.push({ kind: 'trade', ...stampOf(state, timeNs), ...sold });
  state.hasSpoken = true;
  return true;
}

/** A message that cannot be used: told even where there was no book yet. */
function refuse(state: State, reason: string): false {
  const { output, index } = state;
  const isTold = state.hasSpoken;
  lose(state, reason.slice(0, REASON_CHARACTERS));
  if (!isTold) output.gaps.push({ instrument: index, reason: reason.slice(0, REASON_CHARACTERS) });
  return false;
}

const REASON_CHARACTERS = 200;

function lose(state: State, reason: string): void {
  const { output, touch, index } = state;
  state.state = 'waiting';
  state.bids.clear();
  state.asks.clear();
  touch.bid = -1;
  if (!state.hasSpoken) return;
  state.hasSpoken = false;
  output.ticks.push({ kind: 'gap', ...stampOf(state, undefined) });
  output.gaps.push({ instrument: index, reason });
}

/**
 * What the venue says of an instrument's times never runs backwards: what would is held at the last
 * and marked. An estimate is no earlier either, but holds nothing up: it may be far off before any
 * message told how the clocks stand.
 */
function stampOf(state: State, timeNs: Nanoseconds | undefined) {
  const { index: instrument, output, lastTimeNs } = state;
  const { receiveTimeNs } = output;
  const exchangeTimeNs = Math.max(timeNs ?? output.estimateNs(), lastTimeNs);
  if (timeNs !== undefined) state.lastTimeNs = exchangeTimeNs;
  if (timeNs === exchangeTimeNs) return { instrument, exchangeTimeNs, receiveTimeNs };
  return { instrument, exchangeTimeNs, isTimeEstimated: true as const, receiveTimeNs };
}

function problem(code: number): string {
  if (code === NO_STEPS.malformed) return 'no plain decimal of at most 15 digits';
  if (code === NO_STEPS.belowZero) return 'below zero';
  return 'no whole number of price increments or lots: is the reference data that of today?';
}
