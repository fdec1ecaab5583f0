/** Bybit, version 5, spot and linear: each topic's updates are numbered one by one. */
import { type Nanoseconds, SECOND_NS } from '#engine';
import { millisecondsReader } from './iso-time.ts';
import type { MarketBook } from './market-book.ts';
import type { Venue } from './venue.ts';
import {
  type Fields,
  fieldsOf,
  malformed,
  type SessionOptions,
  type Trouble,
  type VenueSession,
} from './venue-session.ts';

/** Levels a side; changes come every 20 ms. */
const DEPTH = 50;
/** Topics of one request at the spot market. */
const TOPICS_MAX = 10;

export const bybitVenue = (): Venue => venueOf('bybit', 'spot');
export const bybitLinearVenue = (): Venue => venueOf('bybit-linear', 'linear');

function venueOf(name: 'bybit' | 'bybit-linear', category: 'spot' | 'linear'): Venue {
  return {
    name,
    title: category === 'spot' ? 'Bybit' : 'Bybit linear',
    terms: {
      url: `wss://stream.bybit.com/v5/public/${category}`,
      restUrl: 'https://api.bybit.com',
      ...{ messageBytesMax: 1 << 20, depth: DEPTH, quotesFromBook: true },
      snapshots: 'sent',
      ping: { text: '{"op":"ping"}', everyNs: 5 * SECOND_NS },
      silenceNs: 12 * SECOND_NS,
      // Of 500 connections in five minutes.
      spacingNs: { connect: 2 * SECOND_NS, send: SECOND_NS / 4, request: SECOND_NS / 2 },
    },
    symbolOf: given => given.toUpperCase(),
    referencePath: symbol =>
      `/v5/market/instruments-info?category=${category}&symbol=${encodeURIComponent(symbol)}`,
    readReference(answer, symbol) {
      const list = fieldsOf(fieldsOf(answer)?.result)?.list;
      const found = (Array.isArray(list) ? list.map(fieldsOf) : []).find(
        each => each?.symbol === symbol,
      );
      if (found === undefined) return undefined;
      const lots = fieldsOf(found.lotSizeFilter);
      return {
        priceIncrement: String(fieldsOf(found.priceFilter)?.tickSize),
        lotSize: String(lots?.basePrecision ?? lots?.qtyStep),
        ...{ baseCurrency: String(found.baseCoin), quoteCurrency: String(found.quoteCoin) },
      };
    },
    openSession,
  };
}

type Followed = { book: MarketBook; lastUpdate: number; lastTrades: string[] };

type Session = SessionOptions & {
  timeOf: (given: unknown) => Nanoseconds | undefined;
  followed: Map<string, Followed>;
  unacknowledged: number;
};

function openSession(options: SessionOptions): VenueSession {
  const topics = [...options.books.keys()].flatMap(symbol => [
    `orderbook.${DEPTH}.${symbol}`,
    `publicTrade.${symbol}`,
  ]);
  const subscribe: string[] = [];
  for (let at = 0; at < topics.length; at += TOPICS_MAX) {
    subscribe.push(JSON.stringify({ op: 'subscribe', args: topics.slice(at, at + TOPICS_MAX) }));
  }
  const session: Session = {
    ...{ ...options, timeOf: millisecondsReader(options.originNs), followed: new Map() },
    unacknowledged: subscribe.length,
  };
  for (const [symbol, book] of options.books) {
    session.followed.set(symbol, { book, lastUpdate: 0, lastTrades: [] });
  }
  return {
    subscribe,
    get unacknowledged() {
      return session.unacknowledged;
    },
    take: message => take(session, message),
    resync({ instrument }) {
      const args = [`orderbook.${DEPTH}.${instrument.venueSymbol}`];
      return { send: ['unsubscribe', 'subscribe'].map(op => JSON.stringify({ op, args })) };
    },
  };
}

function take(session: Session, given: unknown): Trouble | undefined {
  const message = fieldsOf(given);
  if (message === undefined) return malformed('a message is no object');
  const { topic, success, ret_msg, op } = message;
  if (typeof topic !== 'string') {
    if (success === false) return { kind: 'refused', reason: String(ret_msg).slice(0, 200) };
    if (op === 'subscribe' && session.unacknowledged > 0) session.unacknowledged--;
    return undefined;
  }
  const followed = session.followed.get(topic.slice(topic.lastIndexOf('.') + 1));
  if (followed === undefined) return undefined;
  if (topic.startsWith('publicTrade.')) return takeTrades(session, followed, message.data);
  return topic.startsWith('orderbook.') ? takeBook(session, followed, message) : undefined;
}

/** A snapshot may come at any time: it stands for all before it. */
function takeBook(session: Session, followed: Followed, message: Fields): Trouble | undefined {
  const data = fieldsOf(message.data);
  const update = Number(data?.u);
  const timeNs = session.timeOf(message.cts ?? message.ts);
  if (data === undefined || !Number.isSafeInteger(update) || timeNs === undefined) {
    return malformed('orderbook: no data, update number or time');
  }
  const { book, lastUpdate } = followed;
  const isSnapshot = message.type === 'snapshot';
  session.noteTime(timeNs);
  if (!isSnapshot) {
    if (book.state !== 'live' || update <= lastUpdate) return undefined;
    if (update !== lastUpdate + 1) {
      book.lose(`updates ${lastUpdate + 1} to ${update - 1} are missing`);
      return undefined;
    }
  }
  followed.lastUpdate = update;
  book.begin(isSnapshot ? 'snapshot' : 'update');
  book.stageAll('bid', data.b);
  book.stageAll('ask', data.a);
  book.commit(timeNs);
  return undefined;
}

/** Numbers of trades have no order: those of the last messages are remembered. */
const TRADES_REMEMBERED = 256;

function takeTrades(session: Session, followed: Followed, data: unknown): Trouble | undefined {
  if (!Array.isArray(data)) return malformed('publicTrade: no list');
  const { book, lastTrades } = followed;
  for (const each of data) {
    const { T, S, v, p, i } = fieldsOf(each) ?? {};
    const timeNs = session.timeOf(T);
    if (timeNs === undefined || typeof i !== 'string') return malformed('publicTrade: fields');
    if (lastTrades.includes(i)) continue;
    lastTrades.push(i);
    if (lastTrades.length > TRADES_REMEMBERED) lastTrades.shift();
    session.noteTime(timeNs);
    book.trade({ price: p, size: v, aggressor: S === 'Buy' ? 'buy' : 'sell' }, timeNs);
  }
  return undefined;
}
