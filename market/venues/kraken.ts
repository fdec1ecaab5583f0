/** Kraken, WebSocket version 1: prices are texts there, and a CRC32 covers the ten best levels. */
import { crc32 } from 'node:zlib';
import { type Nanoseconds, SECOND_NS } from '#engine';
import { incrementOf } from '../decimal.ts';
import { secondsReader, type TimeReader } from './iso-time.ts';
import type { BookSide } from './level-book.ts';
import { LOTS_MAX, type MarketBook } from './market-book.ts';
import type { Venue } from './venue.ts';
import {
  type Fields,
  fieldsOf,
  malformed,
  type SessionOptions,
  type Trouble,
  type VenueSession,
} from './venue-session.ts';

/** 10, 25, 100, 500 or 1000 levels a side. */
export function krakenVenue(depth = 100): Venue {
  return {
    name: 'kraken',
    title: 'Kraken',
    terms: {
      url: 'wss://ws.kraken.com',
      restUrl: 'https://api.kraken.com',
      messageBytesMax: 1 << 20,
      depth,
      quotesFromBook: true,
      snapshots: 'sent',
      // It sends a heartbeat a second where nothing else is to be said.
      ping: { text: '{"event":"ping"}', everyNs: 10 * SECOND_NS },
      silenceNs: 5 * SECOND_NS,
      // About 150 connections in ten minutes are let through.
      spacingNs: { connect: 5 * SECOND_NS, send: SECOND_NS / 4, request: SECOND_NS },
    },
    symbolOf: given => given.toUpperCase().replace('-', '/'),
    referencePath: symbol => `/0/public/AssetPairs?pair=${symbol.replace('/', '')}`,
    readReference(answer, symbol) {
      const pairs = Object.values(fieldsOf(fieldsOf(answer)?.result) ?? {});
      const pair = pairs.map(fieldsOf).find(each => each?.wsname === symbol);
      const [baseCurrency, quoteCurrency] = symbol.split('/');
      if (pair === undefined || quoteCurrency === undefined) return undefined;
      const { tick_size, pair_decimals, lot_decimals } = pair;
      const priceIncrement = typeof tick_size === 'string' ? tick_size : unit(pair_decimals);
      return {
        priceIncrement,
        lotSize: unit(lot_decimals),
        baseCurrency: baseCurrency!,
        quoteCurrency,
      };
    },
    openSession: options => openSession(options, depth),
  };
}

const unit = (decimals: unknown) =>
  Number(decimals) > 0 ? `0.${'1'.padStart(Number(decimals), '0')}` : '1';

type Session = SessionOptions & {
  depth: number;
  timeOf: TimeReader;
  /** Channels of a pair that are not confirmed, as `book-100 XBT/USD`. */
  awaited: Set<string>;
  /** Decimals of the texts, by pair: the checksum is over their digits. */
  decimals: Map<MarketBook, Decimals>;
};

type Decimals = { price: number; size: number };

function openSession(options: SessionOptions, depth: number): VenueSession {
  const pairs = [...options.books.keys()];
  const book = { name: 'book', depth };
  const session: Session = {
    ...{ ...options, depth, timeOf: secondsReader(options.originNs), decimals: new Map() },
    awaited: new Set(pairs.flatMap(pair => [`book-${depth} ${pair}`, `trade ${pair}`])),
  };
  const ask = (event: string, pair: readonly string[], subscription: Fields) =>
    JSON.stringify({ event, pair, subscription });
  return {
    subscribe: [ask('subscribe', pairs, book), ask('subscribe', pairs, { name: 'trade' })],
    get unacknowledged() {
      return session.awaited.size;
    },
    take: message => take(session, message),
    resync({ instrument }) {
      const pair = [instrument.venueSymbol];
      return { send: ['unsubscribe', 'subscribe'].map(event => ask(event, pair, book)) };
    },
  };
}

function take(session: Session, given: unknown): Trouble | undefined {
  if (Array.isArray(given)) return takeMarket(session, given);
  const message = fieldsOf(given);
  if (message === undefined) return malformed('a message is neither list nor object');
  const { event, status, pair, channelName, errorMessage } = message;
  if (event === 'subscriptionStatus') {
    if (status === 'error') {
      return { kind: 'refused', reason: `${pair ?? ''} ${errorMessage}`.trim().slice(0, 200) };
    }
    if (status === 'subscribed') session.awaited.delete(`${channelName} ${pair}`);
  }
  if (event === 'error') return { kind: 'refused', reason: String(errorMessage).slice(0, 200) };
  return undefined;
}

/** `[channel, book, "book-100", pair]`; both sides may come as two books. */
function takeMarket(session: Session, message: readonly unknown[]): Trouble | undefined {
  const pair = message.at(-1);
  const channel = message.at(-2);
  if (typeof pair !== 'string' || typeof channel !== 'string') {
    return malformed('a list does not end with channel and pair');
  }
  const book = session.books.get(pair);
  if (book === undefined) return undefined;
  if (channel === 'trade') return takeTrades(session, book, message[1]);
  if (!channel.startsWith('book')) return undefined;
  const parts = message.slice(1, -2).map(fieldsOf);
  return takeBook(session, book, parts as Fields[]);
}

function takeBook(session: Session, book: MarketBook, parts: readonly Fields[]) {
  const [first] = parts;
  if (first === undefined) return malformed('book: no content');
  const isSnapshot = 'as' in first || 'bs' in first;
  if (!isSnapshot && book.state !== 'live') return undefined;
  book.begin(isSnapshot ? 'snapshot' : 'update');
  let timeNs: Nanoseconds | undefined;
  let checksum: unknown;
  for (const part of parts) {
    for (const [side, levels] of sidesOf(part, isSnapshot)) {
      if (levels === undefined) continue;
      book.stageAll(side, levels);
      timeNs = latest(timeNs, latestOf(session, levels));
    }
    checksum = part?.c ?? checksum;
  }
  const isIn = book.commit(timeNs);
  if (timeNs !== undefined && !isSnapshot) session.noteTime(timeNs);
  if (!isIn) return undefined;
  if (isSnapshot) noteDecimals(session, book, first);
  const decimals = session.decimals.get(book);
  if (typeof checksum !== 'string' || decimals === undefined) return undefined;
  const own = checksumOf(book, decimals);
  if (own !== undefined && String(own) !== checksum)
    book.lose(`checksum ${checksum}: the book's is ${own}`);
  return undefined;
}

function sidesOf(part: Fields, isSnapshot: boolean): ['bid' | 'ask', unknown][] {
  return [
    ['ask', isSnapshot ? part?.as : part?.a],
    ['bid', isSnapshot ? part?.bs : part?.b],
  ];
}

const latest = (one: Nanoseconds | undefined, other: Nanoseconds | undefined) =>
  one === undefined || (other !== undefined && other > one) ? other : one;

/** Third in a level is when it changed. */
function latestOf({ timeOf }: Session, levels: unknown): Nanoseconds | undefined {
  if (!Array.isArray(levels)) return undefined;
  let latestNs: Nanoseconds | undefined;
  for (const level of levels) {
    const text = (level as unknown[])?.[2];
    if (typeof text === 'string') latestNs = latest(latestNs, timeOf(text));
  }
  return latestNs;
}

function noteDecimals({ decimals }: Session, book: MarketBook, { as, bs }: Fields): void {
  const levels = [as, bs].flatMap(each => (Array.isArray(each) ? each : []));
  const [price, size] = (levels[0] ?? []) as [string?, string?];
  if (price === undefined || size === undefined) return;
  decimals.set(book, { price: decimalsIn(price), size: decimalsIn(size) });
}

const decimalsIn = (text: string) => (text.includes('.') ? text.length - text.indexOf('.') - 1 : 0);

const LEVELS = 10;
const scratch = Buffer.alloc(2 * LEVELS * 2 * 24);

/**
 * Asks then bids, best first, price and size each without point and leading zeros. Undefined where
 * a size is larger than its digits can be told.
 */
export function checksumOf(book: MarketBook, decimals: Decimals): number | undefined {
  const { priceIncrement, lotSize } = book.instrument;
  const price = digitScale(priceIncrement, decimals.price);
  const size = digitScale(lotSize, decimals.size);
  let end = 0;
  let isExact = true;
  const write = (side: BookSide) => {
    for (let rank = 0; rank < Math.min(LEVELS, side.size); rank++) {
      isExact &&= side.lots(rank) < LOTS_MAX;
      end += scratch.write(String(Math.round(side.price(rank) * price)), end, 'latin1');
      end += scratch.write(String(Math.round(side.lots(rank) * size)), end, 'latin1');
    }
  };
  write(book.asks);
  write(book.bids);
  return isExact ? crc32(scratch.subarray(0, end)) : undefined;
}

/** What a number of steps is multiplied by to give the digits of a text with so many decimals. */
function digitScale(increment: string, textDecimals: number): number {
  const { mantissa, decimals } = incrementOf(increment);
  return mantissa * 10 ** (textDecimals - decimals);
}

/** `[price, size, time, b or s, order type, misc]` each; the taker's side; without a number. */
function takeTrades(session: Session, book: MarketBook, trades: unknown): Trouble | undefined {
  if (!Array.isArray(trades)) return malformed('trade: no list');
  for (const trade of trades) {
    const [price, size, time, side] = Array.isArray(trade) ? (trade as unknown[]) : [];
    const timeNs = typeof time === 'string' ? session.timeOf(time) : undefined;
    if (timeNs === undefined) return malformed('trade: no time');
    session.noteTime(timeNs);
    book.trade({ price, size, aggressor: side === 'b' ? 'buy' : 'sell' }, timeNs);
  }
  return undefined;
}
