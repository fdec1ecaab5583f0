/** Coinbase Exchange: level 2 without sequence numbers, trades numbered, quotes to compare with. */
import { SECOND_NS } from '#engine';
import { isoTimeReader, type TimeReader } from './iso-time.ts';
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

/**
 * `level2_batch` needs no key and sends changes every 50 ms; `level2`, each at once, needs one
 * today, and is what recordings of earlier years hold.
 */
export type CoinbaseBookChannel = 'level2_batch' | 'level2';

export function coinbaseVenue(channel: CoinbaseBookChannel = 'level2_batch'): Venue {
  return {
    name: 'coinbase',
    title: 'Coinbase Exchange',
    terms: {
      url: 'wss://ws-feed.exchange.coinbase.com',
      restUrl: 'https://api.exchange.coinbase.com',
      messageBytesMax: 32 << 20,
      depth: Number.POSITIVE_INFINITY,
      quotesFromBook: true,
      snapshots: 'sent',
      // The heartbeat channel speaks every second.
      ping: { text: 'frame', everyNs: 10 * SECOND_NS },
      silenceNs: 5 * SECOND_NS,
      // Of 8 requests a second.
      spacingNs: { connect: SECOND_NS, send: SECOND_NS / 4, request: SECOND_NS / 2 },
    },
    symbolOf: given => given.toUpperCase(),
    referencePath: symbol => `/products/${encodeURIComponent(symbol)}`,
    readReference(answer, symbol) {
      const product = fieldsOf(answer);
      if (product?.id !== symbol) return undefined;
      const { quote_increment, base_increment, base_currency, quote_currency } = product;
      return {
        ...{ priceIncrement: String(quote_increment), lotSize: String(base_increment) },
        ...{ baseCurrency: String(base_currency), quoteCurrency: String(quote_currency) },
      };
    },
    openSession: options => openSession(options, channel),
  };
}

type Followed = {
  book: MarketBook;
  /** Exchange time of the last change, as text: ISO texts of one form compare as times. */
  lastChange: string;
  lastTradeId: number | undefined;
  /** By the last heartbeat: later trades than came. */
  isBehind: boolean;
  /** Quotes of the ticker in a row that the book did not have. */
  disagreements: number;
};

type Session = SessionOptions & {
  channel: CoinbaseBookChannel;
  timeOf: TimeReader;
  followed: Map<string, Followed>;
  unacknowledged: number;
};

/**
 * A batch may pass over a quote that stood for less than 50 ms; a book that is wrong at the touch
 * disagrees with each. In the recorded sessions of `level2` every quote agrees.
 */
const DISAGREEMENTS_MAX = { level2_batch: 20, level2: 3 } as const;

function openSession(options: SessionOptions, channel: CoinbaseBookChannel): VenueSession {
  const session: Session = {
    ...{ ...options, channel, timeOf: isoTimeReader(options.originNs) },
    ...{ followed: new Map(), unacknowledged: 1 },
  };
  for (const [symbol, book] of options.books) {
    const known = { lastTradeId: undefined, isBehind: false, disagreements: 0 };
    session.followed.set(symbol, { book, lastChange: '', ...known });
  }
  const product_ids = [...options.books.keys()];
  const channels = [channel, 'matches', 'ticker', 'heartbeat'];
  return {
    subscribe: [JSON.stringify({ type: 'subscribe', product_ids, channels })],
    get unacknowledged() {
      return session.unacknowledged;
    },
    take: message => take(session, message),
    resync({ instrument }) {
      const about = { product_ids: [instrument.venueSymbol], channels: [channel] };
      return {
        send: ['unsubscribe', 'subscribe'].map(type => JSON.stringify({ type, ...about })),
      };
    },
  };
}

function take(session: Session, given: unknown): Trouble | undefined {
  const message = fieldsOf(given);
  if (message === undefined) return malformed('a message is no object');
  switch (message.type) {
    case 'l2update':
    case 'snapshot':
    case 'match':
    case 'last_match':
    case 'ticker':
    case 'heartbeat':
      break;
    case 'subscriptions':
      session.unacknowledged = 0;
      return undefined;
    case 'error': {
      const { message: what = '', reason = '' } = message;
      return { kind: 'refused', reason: `${what} ${reason}`.trim().slice(0, 200) };
    }
    default:
      return undefined;
  }
  const followed = session.followed.get(String(message.product_id));
  if (followed === undefined) return undefined;
  return takeMarket(session, followed, message);
}

function takeMarket(session: Session, followed: Followed, message: Fields): Trouble | undefined {
  switch (message.type) {
    case 'l2update':
      return takeChanges(session, followed, message);
    case 'snapshot':
      takeSnapshot(session, followed, message);
      return undefined;
    case 'match':
      return takeTrade(session, followed, message);
    case 'last_match':
      followed.lastTradeId ??= Number(message.trade_id);
      return undefined;
    case 'ticker':
      compareTouch(session, followed, message);
      return undefined;
    default:
      return compareTrades(followed, message);
  }
}

function takeSnapshot(session: Session, followed: Followed, message: Fields): void {
  const { book } = followed;
  const { bids, asks, time } = message;
  book.begin('snapshot');
  book.stageAll('bid', bids);
  book.stageAll('ask', asks);
  book.commit(typeof time === 'string' ? session.timeOf(time) : undefined);
  followed.lastChange = '';
  followed.disagreements = 0;
}

function takeChanges(session: Session, followed: Followed, message: Fields) {
  const { book } = followed;
  const { changes, time } = message;
  if (!Array.isArray(changes) || typeof time !== 'string') return malformed('l2update: no changes');
  const timeNs = session.timeOf(time);
  if (timeNs === undefined) return malformed(`l2update: time ${time.slice(0, 40)}`);
  session.noteTime(timeNs);
  if (book.state !== 'live') return undefined;
  if (time < followed.lastChange) {
    book.lose(`out of order: a change of ${time} after one of ${followed.lastChange}`);
    return undefined;
  }
  followed.lastChange = time;
  book.begin('update');
  for (const change of changes) {
    const [side, price, size] = Array.isArray(change) ? (change as unknown[]) : [];
    if (side !== 'buy' && side !== 'sell') return malformed('l2update: a side is not buy or sell');
    book.stage(side === 'buy' ? 'bid' : 'ask', price, size);
  }
  if (book.commit(timeNs)) loseCrossed(book);
  return undefined;
}

/** It never is at the venue: a change was lost. */
function loseCrossed(book: MarketBook): void {
  const { bids, asks } = book;
  if (bids.size === 0 || asks.size === 0 || bids.price(0) < asks.price(0)) return;
  book.lose('the book is crossed: a change is missing');
}

/** Numbered without holes, and `side` is the maker's. */
function takeTrade(session: Session, followed: Followed, message: Fields): Trouble | undefined {
  const { trade_id, time, side, price, size } = message;
  const id = Number(trade_id);
  const timeNs = typeof time === 'string' ? session.timeOf(time) : undefined;
  if (!Number.isSafeInteger(id) || timeNs === undefined) return malformed('match: no id or time');
  const { lastTradeId, book } = followed;
  if (lastTradeId !== undefined && id <= lastTradeId) return undefined;
  followed.lastTradeId = id;
  followed.isBehind = false;
  if (lastTradeId !== undefined && id !== lastTradeId + 1) {
    book.lose(`trades ${lastTradeId + 1} to ${id - 1} are missing`);
  }
  session.noteTime(timeNs);
  book.trade({ price, size, aggressor: side === 'sell' ? 'buy' : 'sell' }, timeNs);
  return undefined;
}

/** Two heartbeats in a row that know a later trade: it will not come any more. */
function compareTrades(followed: Followed, { last_trade_id }: Fields): undefined {
  const { lastTradeId, isBehind, book } = followed;
  const said = Number(last_trade_id);
  if (lastTradeId === undefined || !(said > lastTradeId)) {
    followed.isBehind = false;
    return;
  }
  followed.isBehind = !isBehind;
  if (!isBehind) return;
  followed.lastTradeId = said;
  book.lose(`trades ${lastTradeId + 1} to ${said} are missing`);
}

function compareTouch(session: Session, followed: Followed, message: Fields): void {
  const { book, lastChange } = followed;
  const { best_bid, best_ask, time } = message;
  const isComparable =
    book.state === 'live' && book.bids.size > 0 && book.asks.size > 0 && lastChange !== '';
  if (!isComparable || typeof best_bid !== 'string' || typeof best_ask !== 'string') return;
  // The first one is of the last trade before the subscription.
  if (typeof time !== 'string' || time < lastChange) return;
  const agrees =
    book.priceSteps(best_bid) === book.bids.price(0) &&
    book.priceSteps(best_ask) === book.asks.price(0);
  followed.disagreements = agrees ? 0 : followed.disagreements + 1;
  if (followed.disagreements < DISAGREEMENTS_MAX[session.channel]) return;
  followed.disagreements = 0;
  book.lose(`the book disagrees with the ticker, whose touch is ${best_bid} ${best_ask}`);
}
