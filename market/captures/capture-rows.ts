/** Lines of a capture to ticks, in the order they were received; every line is counted. */
import type { Nanoseconds } from '#engine';
import { NO_STEPS, type StepsParser } from '../decimal.ts';
import type { RowTaker } from '../readers/row-cutter.ts';
import type { ReadStats, RejectReason } from '../reject.ts';
import type { BookLevel, Tick } from '../tick.ts';
import { type BookSync, createBookSync, type Depth } from './book-sync.ts';
import { type CapturedLevels, type CapturedMessage, readLine } from './message.ts';

export type CaptureRowSettings = {
  symbol: string;
  /** Index of the instrument the ticks are of. */
  instrument: number;
  price: StepsParser;
  size: StepsParser;
  originNs: bigint;
  /** What the exchange's clock is ahead of the recorder's. */
  clockOffsetNs: number;
  stats: ReadStats;
  /** Ticks are appended here. */
  out: Tick[];
};

export type CaptureRows = RowTaker & {
  /** The recording has ended: differences that wait for a snapshot wait in vain. */
  finish(): void;
};

type State = CaptureRowSettings & {
  book: BookSync;
  originSeconds: number;
  originRestNs: number;
  receiveTimeNs: Nanoseconds;
  lastQuoteId: number;
  lastTradeId: number | undefined;
};

const SECOND = 1_000_000_000n;
/** Of decimal text: longer is no number that fits. */
const TEXT_MAX = 32;
const scratch = Buffer.alloc(TEXT_MAX);

/**
 * The receive time orders a capture: its messages come from several streams, whose exchange times
 * run backwards by up to 100 ms and are missing from the spot exchange's best quotes. A tick's
 * exchange time is therefore the receive time on the exchange's clock, and marked as estimated.
 */
export function captureRows(settings: CaptureRowSettings): CaptureRows {
  const { originNs, stats } = settings;
  const state: State = {
    ...settings,
    book: createBookSync(),
    originSeconds: Number(originNs / SECOND),
    originRestNs: Number(originNs % SECOND),
    receiveTimeNs: Number.NEGATIVE_INFINITY,
    lastQuoteId: -1,
    lastTradeId: undefined,
  };
  return {
    row(bytes, start, end) {
      stats.read++;
      const outcome = takeLine(state, bytes.subarray(start, end));
      if (outcome === 'used') stats.used++;
      else if (outcome !== 'waits') stats.rejected[outcome]++;
      stats.rejected['no-snapshot'] += state.book.takeDropped();
    },
    unreadable() {
      stats.read++;
      stats.rejected.malformed++;
    },
    finish() {
      state.book.lose();
      stats.rejected['no-snapshot'] += state.book.takeDropped();
    },
  };
}

type Outcome = RejectReason | 'used' | 'waits';

function takeLine(state: State, bytes: Uint8Array): Outcome {
  const line = readLine(bytes, 0, bytes.length);
  if (line === undefined) return 'malformed';
  if (line.symbol !== undefined && line.symbol !== state.symbol) return 'malformed';
  const { originSeconds, originRestNs } = state;
  const timeNs = (line.seconds - originSeconds) * 1e9 + (line.nanoseconds - originRestNs);
  if (timeNs < state.receiveTimeNs) return 'out-of-order';
  state.receiveTimeNs = timeNs;
  const { message } = line;
  switch (message.kind) {
    case 'quote':
      return takeQuote(state, message);
    case 'trade':
      return takeTrade(state, message);
    case 'depth':
      return takeDepth(state, message);
    case 'snapshot':
      return takeSnapshot(state, message);
  }
}

function takeQuote(state: State, quote: CapturedMessage & { kind: 'quote' }): Outcome {
  const bid = steps(state.price, quote.bid);
  const ask = steps(state.price, quote.ask);
  const bidLots = steps(state.size, quote.bidSize);
  const askLots = steps(state.size, quote.askSize);
  const worst = Math.min(bid, ask, bidLots, askLots);
  if (worst < 0) return reasonOf(worst);
  if (bid === 0 || ask === 0) return 'one-sided';
  if (ask < bid) return 'crossed';
  if (quote.updateId === state.lastQuoteId) return 'duplicate';
  if (quote.updateId < state.lastQuoteId) return 'out-of-order';
  state.lastQuoteId = quote.updateId;
  const prices = { bidIncrements: bid, askIncrements: ask };
  state.out.push({ kind: 'quote', ...stampOf(state), ...prices, bidLots, askLots });
  return 'used';
}

/** Trades are numbered without holes: a hole is something the recorder missed. */
function takeTrade(state: State, trade: CapturedMessage & { kind: 'trade' }): Outcome {
  const price = steps(state.price, trade.price);
  const lots = steps(state.size, trade.size);
  if (Math.min(price, lots) < 0) return reasonOf(Math.min(price, lots));
  if (price === 0) return 'malformed';
  const { lastTradeId } = state;
  if (lastTradeId !== undefined && trade.tradeId <= lastTradeId) return 'out-of-order';
  if (lastTradeId !== undefined && trade.tradeId !== lastTradeId + 1) {
    state.book.lose();
    openGap(state);
  }
  state.lastTradeId = trade.tradeId;
  const aggressor = trade.isBuyerMaker ? 'sell' : 'buy';
  const sold = { priceIncrements: price, sizeLots: lots, aggressor } as const;
  state.out.push({ kind: 'trade', ...stampOf(state), ...sold });
  return 'used';
}

function takeDepth(state: State, depth: Depth): Outcome {
  const { verdict, isGap } = state.book.onDepth(depth);
  if (isGap) openGap(state);
  if (verdict === 'wait') return 'waits';
  return verdict === 'known' ? 'used' : applyLevels(state, depth);
}

function takeSnapshot(state: State, snapshot: CapturedMessage & { kind: 'snapshot' }): Outcome {
  const taken = state.book.onSnapshot(snapshot.lastId);
  if (taken === undefined) return 'used';
  state.out.push({ kind: 'snapshot', ...stampOf(state) });
  const outcome = applyLevels(state, snapshot);
  state.stats.used += taken.dropped;
  for (const depth of taken.apply) {
    const applied = applyLevels(state, depth);
    if (applied === 'used') state.stats.used++;
    else state.stats.rejected[applied]++;
  }
  if (taken.isGap) openGap(state);
  return outcome;
}

type Levels = { bids: CapturedLevels; asks: CapturedLevels };

/** All of a message's levels, or none: a level that cannot be read loses the book. */
function applyLevels(state: State, { bids, asks }: Levels): RejectReason | 'used' {
  const first = state.out.length;
  const worst = Math.min(pushSide(state, 'bid', bids), pushSide(state, 'ask', asks));
  const last = state.out.at(-1);
  if (worst < 0) {
    state.out.length = first;
    state.book.lose();
    openGap(state);
    return reasonOf(worst);
  }
  if (last?.kind === 'level' && state.out.length > first) delete last.hasMore;
  return 'used';
}

/** The worst code of a price or size; 0 where all could be read. */
function pushSide(state: State, side: BookLevel['side'], levels: CapturedLevels): number {
  let worst = 0;
  for (const [priceText, sizeText] of levels) {
    const priceIncrements = steps(state.price, priceText);
    const sizeLots = steps(state.size, sizeText);
    worst = Math.min(worst, priceIncrements, sizeLots);
    const level = { side, priceIncrements, sizeLots, hasMore: true } as const;
    state.out.push({ kind: 'level', ...stampOf(state), ...level });
  }
  return worst;
}

/** The book is lost with it. */
function openGap(state: State): void {
  state.out.push({ kind: 'gap', ...stampOf(state) });
}

function stampOf({ instrument, receiveTimeNs, clockOffsetNs }: State) {
  const exchangeTimeNs = receiveTimeNs + clockOffsetNs;
  return { instrument, exchangeTimeNs, isTimeEstimated: true as const, receiveTimeNs };
}

function steps(parser: StepsParser, text: string): number {
  if (text.length > TEXT_MAX) return NO_STEPS.malformed;
  return parser(scratch, 0, scratch.write(text, 'latin1'));
}

function reasonOf(code: number): RejectReason {
  if (code === NO_STEPS.malformed) return 'malformed';
  return code === NO_STEPS.belowZero ? 'negative' : 'off-increment';
}
