/** Binance, spot and USD-M: differences go on from a snapshot that is asked for over HTTP. */
import { type Nanoseconds, SECOND_NS } from '#engine';
import { type BookSync, createBookSync, type Depth } from '../captures/book-sync.ts';
import { type CapturedMessage, readMessage } from '../captures/message.ts';
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

type Market = {
  name: 'binance' | 'binance-usdm';
  title: string;
  url: string;
  restUrl: string;
  depthPath: string;
};

const SPOT: Market = {
  name: 'binance',
  title: 'Binance',
  url: 'wss://stream.binance.com:9443/stream',
  restUrl: 'https://api.binance.com',
  depthPath: '/api/v3/depth',
};
const USDM: Market = {
  name: 'binance-usdm',
  title: 'Binance USD-M',
  url: 'wss://fstream.binance.com/stream',
  restUrl: 'https://fapi.binance.com',
  depthPath: '/fapi/v1/depth',
};

/** Levels a side of a snapshot: 50 of 6,000 units of weight a minute at spot, 20 of 2,400. */
const SNAPSHOT_LEVELS = 1000;

export const binanceVenue = (): Venue => venueOf(SPOT);
export const binanceUsdmVenue = (): Venue => venueOf(USDM);

function venueOf(market: Market): Venue {
  const { name, title, url, restUrl } = market;
  return {
    ...{ name, title },
    terms: {
      ...{ url, restUrl, messageBytesMax: 4 << 20 },
      // Levels beyond the snapshot's become known as they change, and none is told to go.
      ...{ depth: Number.POSITIVE_INFINITY, quotesFromBook: false },
      snapshots: 'requested',
      ping: { text: 'frame', everyNs: 10 * SECOND_NS },
      silenceNs: 15 * SECOND_NS,
      // Of 5 messages a second, and 300 connections in five minutes.
      spacingNs: { connect: 2 * SECOND_NS, send: SECOND_NS / 3, request: SECOND_NS },
    },
    symbolOf: given => given.toUpperCase(),
    referencePath: symbol =>
      name === 'binance' ? `/api/v3/exchangeInfo?symbol=${symbol}` : '/fapi/v1/exchangeInfo',
    readReference(answer, symbol) {
      const symbols = fieldsOf(answer)?.symbols;
      const found = (Array.isArray(symbols) ? symbols : []).find(
        each => fieldsOf(each)?.symbol === symbol,
      ) as Fields | undefined;
      const filters: unknown = found?.filters;
      if (found === undefined || !Array.isArray(filters)) return undefined;
      const filter = (type: string) =>
        fieldsOf(filters.find(each => fieldsOf(each)?.filterType === type));
      return {
        priceIncrement: String(filter('PRICE_FILTER')?.tickSize),
        lotSize: String(filter('LOT_SIZE')?.stepSize),
        ...{ baseCurrency: String(found.baseAsset), quoteCurrency: String(found.quoteAsset) },
      };
    },
    openSession: options => openSession(options, market),
  };
}

type Followed = {
  book: MarketBook;
  sync: BookSync;
  lastQuoteId: number;
  lastUpdate: number;
  lastTradeId: number | undefined;
};

type Session = SessionOptions & {
  timeOf: (given: unknown) => Nanoseconds | undefined;
  followed: Map<string, Followed>;
  isAcknowledged: boolean;
};

const STREAMS = ['depth@100ms', 'trade', 'bookTicker'];

function openSession(options: SessionOptions, { depthPath }: Market): VenueSession {
  const session: Session = {
    ...{ ...options, timeOf: millisecondsReader(options.originNs), followed: new Map() },
    isAcknowledged: false,
  };
  for (const [symbol, book] of options.books) {
    const ids = { lastQuoteId: -1, lastUpdate: -1, lastTradeId: undefined };
    session.followed.set(symbol, { book, sync: createBookSync(), ...ids });
  }
  const params = [...options.books.keys()].flatMap(symbol =>
    STREAMS.map(stream => `${symbol.toLowerCase()}@${stream}`),
  );
  return {
    subscribe: [JSON.stringify({ method: 'SUBSCRIBE', params, id: 1 })],
    get unacknowledged() {
      return session.isAcknowledged ? 0 : 1;
    },
    take: message => take(session, message),
    resync({ instrument: { venueSymbol } }) {
      // A snapshot from before the first difference would leave a hole.
      if (session.followed.get(venueSymbol)!.sync.waiting === 0) return 'nothing';
      return { request: `${depthPath}?symbol=${venueSymbol}&limit=${SNAPSHOT_LEVELS}` };
    },
    takeAnswer(book, answer) {
      const said = readMessage(answer);
      if (said?.message.kind !== 'snapshot') return malformed('no snapshot in the answer');
      const followed = session.followed.get(book.instrument.venueSymbol)!;
      takeSnapshot(followed, said.message, session.timeOf(said.exchangeMs));
      return undefined;
    },
  };
}

function take(session: Session, given: unknown): Trouble | undefined {
  const said = readMessage(given);
  if (said === undefined) return takeOther(session, given);
  const followed = session.followed.get(said.symbol ?? '');
  if (followed === undefined) return undefined;
  const { message } = said;
  const timeNs = session.timeOf(said.exchangeMs);
  if (timeNs !== undefined) session.noteTime(timeNs);
  switch (message.kind) {
    case 'quote':
      if (message.updateId <= followed.lastQuoteId) return undefined;
      followed.lastQuoteId = message.updateId;
      followed.book.quote(message, timeNs);
      return undefined;
    case 'trade':
      takeTrade(followed, message, timeNs);
      return undefined;
    case 'depth':
      takeDepth(followed, message, timeNs);
      return undefined;
    case 'snapshot':
      return malformed('a snapshot nobody asked for');
  }
}

function takeOther(session: Session, given: unknown): Trouble | undefined {
  const message = fieldsOf(given);
  if (message === undefined) return malformed('a message is no object');
  const data = fieldsOf(message.data) ?? message;
  if (data.e === 'serverShutdown') return { kind: 'restart', reason: 'the venue shuts down' };
  const error = fieldsOf(message.error);
  if (error !== undefined || 'code' in message) {
    const { msg } = error ?? message;
    return { kind: 'refused', reason: String(msg).slice(0, 200) };
  }
  if (message.result === null) session.isAcknowledged = true;
  else if ('stream' in message) return malformed(`stream ${message.stream}: fields are missing`);
  return undefined;
}

type Said<K> = CapturedMessage & { kind: K };

/** Numbered without holes. */
function takeTrade(followed: Followed, trade: Said<'trade'>, timeNs: Nanoseconds | undefined) {
  const { book, sync, lastTradeId } = followed;
  const { tradeId, price, size } = trade;
  if (lastTradeId !== undefined && tradeId <= lastTradeId) return;
  followed.lastTradeId = tradeId;
  if (lastTradeId !== undefined && tradeId !== lastTradeId + 1) {
    sync.lose();
    book.lose(`trades ${lastTradeId + 1} to ${tradeId - 1} are missing`);
  }
  book.trade({ price, size, aggressor: trade.isBuyerMaker ? 'sell' : 'buy' }, timeNs);
}

function takeDepth(followed: Followed, depth: Depth, timeNs: Nanoseconds | undefined): void {
  const { book, sync } = followed;
  if (depth.lastId <= followed.lastUpdate) return;
  followed.lastUpdate = depth.lastId;
  const { verdict, isGap } = sync.onDepth(depth);
  if (isGap) book.lose(`updates before ${depth.firstId} are missing`);
  if (verdict === 'apply') applyDepth(followed, depth, timeNs);
}

function applyDepth({ book, sync }: Followed, depth: Depth, timeNs: Nanoseconds | undefined) {
  book.begin('update');
  book.stageAll('bid', depth.bids);
  book.stageAll('ask', depth.asks);
  if (!book.commit(timeNs)) sync.lose();
}

function takeSnapshot(
  followed: Followed,
  snapshot: Said<'snapshot'>,
  timeNs: Nanoseconds | undefined,
): void {
  const { book, sync } = followed;
  const taken = sync.onSnapshot(snapshot.lastId);
  if (taken === undefined) return;
  if (taken.isGap) {
    book.lose(`the snapshot of update ${snapshot.lastId} is older than the differences`);
    return;
  }
  book.begin('snapshot');
  book.stageAll('bid', snapshot.bids);
  book.stageAll('ask', snapshot.asks);
  if (!book.commit(timeNs)) {
    sync.lose();
    return;
  }
  for (const depth of taken.apply) applyDepth(followed, depth, timeNs);
}
