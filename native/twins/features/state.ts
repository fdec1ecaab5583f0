/** State of one instrument as values and back: the twin of `save` and `restore` in Rust. */

import {
  STATE as AT,
  STATE_BITS as BIT,
  BOOK_LEVELS_MAX,
  LEVELS_STAY,
  STATE_VALUES,
} from '../../feature-state.ts';
import { type Book, beginSnapshot, type Ladder } from './book.ts';
import type { Market } from './market.ts';

const TOKENS = 64;
const SCALE_MAX = 2 ** 27;
const UINT32_MAX = 2 ** 32 - 1;

/** Returns how many values were written; 0 where they have no room. */
export function saveMarket(market: Market, state: Float64Array): number {
  const { book } = market;
  const stay = state[AT.bids]! < 0 && state[AT.asks]! < 0;
  const bids = book.isWhole && !stay ? book.bids.length : 0;
  const asks = book.isWhole && !stay ? book.asks.length : 0;
  const values = STATE_VALUES + 2 * (bids + asks);
  if (values > state.length) return 0;
  state.fill(0, 0, STATE_VALUES);
  state[AT.known] = saveKnown(market, state) | saveBook(book, state);
  state[AT.timeNs] = market.time;
  state[AT.epoch] = market.epoch;
  state[AT.moves] = market.moves;
  state[AT.scale] = market.scale;
  state[AT.fastSquares] = market.fast;
  state[AT.slowSquares] = market.slow;
  state[AT.lastSign] = market.lastSign;
  state[AT.mergedTicks] = market.merged;
  state[AT.bids] = stay ? LEVELS_STAY : bids;
  state[AT.asks] = stay ? LEVELS_STAY : asks;
  saveLadder(book.bids, bids, state.subarray(STATE_VALUES));
  saveLadder(book.asks, asks, state.subarray(STATE_VALUES + 2 * bids));
  return values;
}

/** What may be unknown; returns the bits of what is not. */
function saveKnown(market: Market, state: Float64Array): number {
  const put = (isKnown: boolean, bit: number, values: readonly [at: number, value: number][]) => {
    if (!isKnown) return 0;
    for (const [at, value] of values) state[at] = value;
    return bit;
  };
  const { hasQuote, hasBidLots, hasAskLots, bid, ask, bidLots, askLots } = market;
  return (
    put(market.hasSession, BIT.session, [[AT.session, market.session]]) |
    put(hasQuote, BIT.quote, [
      [AT.bidIncrements, bid],
      [AT.askIncrements, ask],
    ]) |
    put(hasQuote && hasBidLots, BIT.bidLots, [[AT.bidLots, bidLots]]) |
    put(hasQuote && hasAskLots, BIT.askLots, [[AT.askLots, askLots]]) |
    put(market.hasToken, BIT.token, [[AT.token, market.token]]) |
    put(market.hasFlow, BIT.tradeFlow, [[AT.tradeFlow, market.flow]]) |
    put(market.hasEvents, BIT.events, [[AT.events, market.events]]) |
    put(market.hasLastPrice, BIT.lastPrice, [[AT.lastPrice, market.lastPrice]])
  );
}

function saveBook(book: Book, state: Float64Array): number {
  state[AT.crossedBooks] = book.crossed;
  state[AT.forgottenLevels] = book.forgotten;
  const known = book.isWhole ? BIT.book : 0;
  if (!book.hasTop) return known;
  state[AT.bookBidIncrements] = book.bid;
  state[AT.bookAskIncrements] = book.ask;
  state[AT.depthImbalance] = book.depthImbalance;
  return known | BIT.bookTop;
}

function saveLadder({ ranks, lots }: Ladder, count: number, levels: Float64Array): void {
  for (let level = 0; level < count; level++) {
    levels[2 * level] = ranks[level]!;
    levels[2 * level + 1] = lots[level]!;
  }
}

/** False, and nothing taken, for values that no market can have. */
export function restoreMarket(market: Market, state: Float64Array): boolean {
  if (!isSound(state)) return false;
  const { book } = market;
  const known = state[AT.known]!;
  const isWhole = (known & BIT.book) !== 0;
  const [bids, asks] = [state[AT.bids]!, state[AT.asks]!];
  if (!(bids < 0 && asks < 0)) {
    if (!isWhole && (bids !== 0 || asks !== 0)) return false;
    if (isWhole && !restoreLevels(book, state)) return false;
  }
  market.time = state[AT.timeNs]!;
  market.epoch = state[AT.epoch]!;
  market.moves = state[AT.moves]!;
  market.scale = state[AT.scale]!;
  market.fast = state[AT.fastSquares]!;
  market.slow = state[AT.slowSquares]!;
  market.lastSign = state[AT.lastSign]!;
  market.merged = state[AT.mergedTicks]!;
  restoreKnown(market, state, known);
  book.isWhole = isWhole;
  book.crossed = state[AT.crossedBooks]!;
  book.forgotten = state[AT.forgottenLevels]!;
  book.hasTop = (known & BIT.bookTop) !== 0;
  book.bid = state[AT.bookBidIncrements]!;
  book.ask = state[AT.bookAskIncrements]!;
  book.depthImbalance = state[AT.depthImbalance]!;
  return true;
}

function restoreKnown(market: Market, state: Float64Array, known: number): void {
  market.hasSession = (known & BIT.session) !== 0;
  market.session = state[AT.session]!;
  market.hasQuote = (known & BIT.quote) !== 0;
  market.bid = state[AT.bidIncrements]!;
  market.ask = state[AT.askIncrements]!;
  market.hasBidLots = (known & BIT.bidLots) !== 0;
  market.bidLots = state[AT.bidLots]!;
  market.hasAskLots = (known & BIT.askLots) !== 0;
  market.askLots = state[AT.askLots]!;
  market.hasToken = (known & BIT.token) !== 0;
  market.token = state[AT.token]!;
  market.hasFlow = (known & BIT.tradeFlow) !== 0;
  market.flow = state[AT.tradeFlow]!;
  market.hasEvents = (known & BIT.events) !== 0;
  market.events = state[AT.events]!;
  market.hasLastPrice = (known & BIT.lastPrice) !== 0;
  market.lastPrice = state[AT.lastPrice]!;
}

function isSound(state: Float64Array): boolean {
  for (let at = 0; at < STATE_VALUES; at++) if (!Number.isFinite(state[at])) return false;
  const isCount = (at: number) =>
    Number.isInteger(state[at]) && state[at]! >= 0 && state[at]! <= UINT32_MAX;
  const counts = [AT.known, AT.epoch, AT.moves, AT.token, AT.scale];
  if (![...counts, AT.crossedBooks, AT.forgottenLevels].every(isCount)) return false;
  return state[AT.token]! < TOKENS && state[AT.scale]! <= SCALE_MAX;
}

function restoreLevels(book: Book, state: Float64Array): boolean {
  const [bids, asks] = [state[AT.bids]!, state[AT.asks]!];
  const middle = STATE_VALUES + 2 * bids;
  if (!isLadder(state.subarray(STATE_VALUES), bids)) return false;
  if (!isLadder(state.subarray(middle), asks)) return false;
  beginSnapshot(book);
  restoreLadder(book.bids, bids, state.subarray(STATE_VALUES));
  restoreLadder(book.asks, asks, state.subarray(middle));
  return true;
}

function isLadder(levels: Float64Array, count: number): boolean {
  if (
    !(
      Number.isInteger(count) &&
      count >= 0 &&
      count <= BOOK_LEVELS_MAX &&
      2 * count <= levels.length
    )
  )
    return false;
  for (let level = 0; level < count; level++) {
    const rank = levels[2 * level]!;
    if (!Number.isFinite(rank) || !(levels[2 * level + 1]! > 0)) return false;
    if (level > 0 && rank <= levels[2 * level - 2]!) return false;
  }
  return true;
}

function restoreLadder(ladder: Ladder, count: number, levels: Float64Array): void {
  for (let level = 0; level < count; level++) {
    ladder.ranks[level] = levels[2 * level]!;
    ladder.lots[level] = levels[2 * level + 1]!;
  }
  ladder.length = count;
}
