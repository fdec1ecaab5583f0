/** What waits while a ring is full: the latest state of each instrument, and what it stands for. */
import type { Nanoseconds } from '#engine';
import type { Quote, Tick, Trade } from './tick.ts';

export type ConflationCounts = {
  /** Ticks that a later one of the same kind now stands for. */
  merged: number;
  /** Changes of books given up at the bound; each time the instrument got a gap instead. */
  lostBookChanges: number;
};

export type Backlog = {
  readonly isEmpty: boolean;
  readonly counts: Readonly<ConflationCounts>;
  add(tick: Tick, injectedNs: Nanoseconds): void;
  /** The next to go out; it stays until `shift`. */
  first(): Waiting | undefined;
  shift(): void;
};

export type Waiting = { tick: Tick; injectedNs: Nanoseconds };

/** Changes of all books that may wait. */
const BOOK_CHANGES_MAX = 4096;

/**
 * Quotes: the latest of an instrument. Trades: one of an instrument, with the latest price, the
 * sum of the lots and the count. Changes of a book say what a size now is, so none may be left
 * out: they wait in their order, and at the bound the instrument loses its book by a gap. What
 * waits goes out books first, then trades, then quotes: so that a quote is the last that is known.
 */
export function createBacklog(): Backlog {
  const counts: ConflationCounts = { merged: 0, lostBookChanges: 0 };
  const books: Waiting[] = [];
  const gaps = new Map<number, Waiting>();
  const trades = new Map<number, Waiting & { tick: Trade }>();
  const quotes = new Map<number, Waiting & { tick: Quote }>();
  const addTrade = (tick: Trade, injectedNs: Nanoseconds) => {
    const before = trades.get(tick.instrument)?.tick;
    if (before !== undefined) counts.merged++;
    trades.set(tick.instrument, { tick: mergeTrades(before, tick), injectedNs });
  };
  const addQuote = (tick: Quote, injectedNs: Nanoseconds) => {
    const before = quotes.get(tick.instrument)?.tick;
    if (before !== undefined) counts.merged++;
    quotes.set(tick.instrument, { tick: mergeQuotes(before, tick), injectedNs });
  };
  const addBook = (tick: Tick, injectedNs: Nanoseconds) => {
    const { instrument, exchangeTimeNs } = tick;
    if (!gaps.has(instrument) && books.length < BOOK_CHANGES_MAX) {
      books.push({ tick: { ...tick }, injectedNs });
      return;
    }
    counts.lostBookChanges++;
    gaps.set(instrument, { tick: { kind: 'gap', instrument, exchangeTimeNs }, injectedNs });
  };
  const first = () => books[0] ?? firstOf(gaps) ?? firstOf(trades) ?? firstOf(quotes);
  return {
    counts,
    first,
    get isEmpty() {
      return first() === undefined;
    },
    add(tick, injectedNs) {
      if (tick.kind === 'quote') addQuote(tick, injectedNs);
      else if (tick.kind === 'trade') addTrade(tick, injectedNs);
      else addBook(tick, injectedNs);
    },
    shift() {
      if (books.shift() !== undefined) return;
      const waiting = [gaps, trades, quotes].find(({ size }) => size > 0);
      const [instrument] = waiting?.keys() ?? [];
      if (instrument !== undefined) waiting!.delete(instrument);
    },
  };
}

function firstOf(waiting: ReadonlyMap<number, Waiting>): Waiting | undefined {
  for (const each of waiting.values()) return each;
  return undefined;
}

const standsFor = (tick: Tick) => 1 + (tick.merged ?? 0);

function mergeQuotes(before: Quote | undefined, quote: Quote): Quote {
  if (before === undefined) return { ...quote };
  return { ...quote, merged: standsFor(before) + (quote.merged ?? 0) };
}

function mergeTrades(before: Trade | undefined, trade: Trade): Trade {
  if (before === undefined) return { ...trade };
  const isSized = before.sizeLots !== undefined && trade.sizeLots !== undefined;
  return {
    ...trade,
    merged: standsFor(before) + (trade.merged ?? 0),
    sizeLots: isSized ? before.sizeLots! + trade.sizeLots! : undefined,
    aggressor: before.aggressor === trade.aggressor ? trade.aggressor : undefined,
  };
}
