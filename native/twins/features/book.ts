/** Price levels of one instrument, from a snapshot and the differences after it. */

import { BOOK_LEVELS_MAX } from '../../feature-state.ts';

/** Levels of a side that the depth imbalance adds up. */
const DEPTH = 5;

/** Ranks ascend, so that the best level is the last; an ask's rank is minus its price. */
export type Ladder = { ranks: Float64Array; lots: Float64Array; length: number };

export type Book = {
  bids: Ladder;
  asks: Ladder;
  isWhole: boolean;
  /** Levels forgotten at the bound. */
  forgotten: number;
  /** Messages after which the bid was at or above the ask. */
  crossed: number;
  /** After the last whole message; not where a side is empty or the book is crossed. */
  hasTop: boolean;
  bid: number;
  ask: number;
  /** (bids - asks) / (bids + asks) over five levels a side. */
  depthImbalance: number;
};

const NO_LEVELS = new Float64Array(0);
const newLadder = (): Ladder => ({ ranks: NO_LEVELS, lots: NO_LEVELS, length: 0 });

export function createBook(): Book {
  return {
    ...{ bids: newLadder(), asks: newLadder(), isWhole: false, forgotten: 0, crossed: 0 },
    ...{ hasTop: false, bid: 0, ask: 0, depthImbalance: 0.5 },
  };
}

/** Levels follow; they are all the book holds. */
export function beginSnapshot(book: Book): void {
  for (const ladder of [book.bids, book.asks]) {
    if (ladder.ranks === NO_LEVELS) {
      ladder.ranks = new Float64Array(BOOK_LEVELS_MAX);
      ladder.lots = new Float64Array(BOOK_LEVELS_MAX);
    }
    ladder.length = 0;
  }
  book.isWhole = true;
  book.hasTop = false;
}

/** A difference was lost: nothing is known until the next snapshot. */
export function loseBook(book: Book): void {
  book.isWhole = false;
  book.hasTop = false;
}

/** The size at a price is now this. */
export function setBid(book: Book, price: number, lots: number): void {
  if (book.isWhole) book.forgotten += setLevel(book.bids, price, lots);
}

export function setAsk(book: Book, price: number, lots: number): void {
  if (book.isWhole) book.forgotten += setLevel(book.asks, -price, lots);
}

/** The message is whole. */
export function lookAtBook(book: Book): void {
  if (!book.isWhole) return;
  const { bids, asks } = book;
  book.hasTop = false;
  if (bids.length === 0 || asks.length === 0) return;
  const bid = bids.ranks[bids.length - 1]!;
  const ask = -asks.ranks[asks.length - 1]!;
  if (bid >= ask) {
    book.crossed++;
    return;
  }
  const bidLots = depthOf(bids);
  const askLots = depthOf(asks);
  book.hasTop = true;
  book.bid = bid;
  book.ask = ask;
  book.depthImbalance = (bidLots - askLots) / (bidLots + askLots);
}

/** How many levels were forgotten for this one at the bound, the farthest first: 0 or 1. */
function setLevel(ladder: Ladder, rank: number, lots: number): number {
  const { ranks, lots: sizes, length } = ladder;
  let at = 0;
  let end = length;
  while (at < end) {
    const middle = (at + end) >> 1;
    if (ranks[middle]! < rank) at = middle + 1;
    else end = middle;
  }
  if (at < length && ranks[at] === rank) {
    if (lots > 0) {
      sizes[at] = lots;
    } else {
      ranks.copyWithin(at, at + 1, length);
      sizes.copyWithin(at, at + 1, length);
      ladder.length--;
    }
    return 0;
  }
  if (lots <= 0) return 0;
  if (length < BOOK_LEVELS_MAX) {
    ranks.copyWithin(at + 1, at, length);
    sizes.copyWithin(at + 1, at, length);
    ranks[at] = rank;
    sizes[at] = lots;
    ladder.length++;
    return 0;
  }
  if (at > 0) {
    ranks.copyWithin(0, 1, at);
    sizes.copyWithin(0, 1, at);
    ranks[at - 1] = rank;
    sizes[at - 1] = lots;
  }
  return 1;
}

/** Lots of the best levels, added from the best outward. */
function depthOf({ lots, length }: Ladder): number {
  let sum = 0;
  for (let at = length - 1; at >= 0 && at >= length - DEPTH; at--) sum += lots[at]!;
  return sum;
}
