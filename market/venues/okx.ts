/** OKX, version 5: each message names the one before it; older ones carry a checksum besides. */
import { crc32 } from 'node:zlib';
import { type Nanoseconds, SECOND_NS } from '#engine';
import { formatSteps, incrementOf } from '../decimal.ts';
import { millisecondsReader } from './iso-time.ts';
import type { BookSide } from './level-book.ts';
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

const DEPTH = 400;

export const okxVenue = (): Venue => ({
  name: 'okx',
  title: 'OKX',
  terms: {
    url: 'wss://ws.okx.com:8443/ws/v5/public',
    restUrl: 'https://www.okx.com',
    ...{ messageBytesMax: 1 << 20, depth: DEPTH, quotesFromBook: true },
    snapshots: 'sent',
    ping: { text: 'ping', everyNs: 10 * SECOND_NS },
    pongText: 'pong',
    silenceNs: 15 * SECOND_NS,
    // Of 3 connections a second, and 480 subscriptions an hour.
    spacingNs: { connect: SECOND_NS, send: SECOND_NS / 2, request: SECOND_NS / 2 },
  },
  symbolOf: given => given.toUpperCase(),
  referencePath: symbol =>
    `/api/v5/public/instruments?instType=${typeOf(symbol)}&instId=${encodeURIComponent(symbol)}`,
  readReference(answer, symbol) {
    const data = fieldsOf(answer)?.data;
    const found = (Array.isArray(data) ? data.map(fieldsOf) : []).find(
      each => each?.instId === symbol,
    );
    if (found === undefined) return undefined;
    const [baseCurrency = '', quoteCurrency = ''] = symbol.split('-');
    const { tickSz, lotSz } = found;
    return {
      ...{ priceIncrement: String(tickSz), lotSize: String(lotSz) },
      ...{ baseCurrency, quoteCurrency },
    };
  },
  openSession,
});

function typeOf(symbol: string): string {
  if (symbol.endsWith('-SWAP')) return 'SWAP';
  return /-\d{6}$/.test(symbol) ? 'FUTURES' : 'SPOT';
}

type Followed = { book: MarketBook; lastSequence: number | undefined; lastTradeId: number };

type Session = SessionOptions & {
  timeOf: (given: unknown) => Nanoseconds | undefined;
  followed: Map<string, Followed>;
  /** Channels that are not confirmed, as `books BTC-USDT`. */
  awaited: Set<string>;
};

const CHANNELS = ['books', 'trades'];

function openSession(options: SessionOptions): VenueSession {
  const args = [...options.books.keys()].flatMap(instId =>
    CHANNELS.map(channel => ({ channel, instId })),
  );
  const session: Session = {
    ...{ ...options, timeOf: millisecondsReader(options.originNs), followed: new Map() },
    awaited: new Set(args.map(({ channel, instId }) => `${channel} ${instId}`)),
  };
  for (const [symbol, book] of options.books) {
    session.followed.set(symbol, { book, lastSequence: undefined, lastTradeId: -1 });
  }
  return {
    subscribe: [JSON.stringify({ op: 'subscribe', args })],
    get unacknowledged() {
      return session.awaited.size;
    },
    take: message => take(session, message),
    resync({ instrument }) {
      const about = [{ channel: 'books', instId: instrument.venueSymbol }];
      return { send: ['unsubscribe', 'subscribe'].map(op => JSON.stringify({ op, args: about })) };
    },
  };
}

function take(session: Session, given: unknown): Trouble | undefined {
  const message = fieldsOf(given);
  if (message === undefined) return malformed('a message is no object');
  const { event, msg, data } = message;
  const { channel, instId } = fieldsOf(message.arg) ?? {};
  switch (event) {
    case undefined:
      break;
    case 'subscribe':
      session.awaited.delete(`${channel} ${instId}`);
      return undefined;
    case 'error':
      return { kind: 'refused', reason: String(msg).slice(0, 200) };
    case 'notice':
      return { kind: 'restart', reason: String(msg).slice(0, 200) };
    default:
      return undefined;
  }
  const followed = session.followed.get(String(instId));
  if (followed === undefined || !CHANNELS.includes(String(channel))) return undefined;
  if (!Array.isArray(data)) return malformed(`${channel}: no data`);
  for (const each of data) {
    const fields = fieldsOf(each);
    if (fields === undefined) return malformed(`${channel}: data is no object`);
    const trouble =
      channel === 'books'
        ? takeBook(session, followed, { ...fields, action: message.action })
        : takeTrade(session, followed, fields);
    if (trouble !== undefined) return trouble;
  }
  return undefined;
}

function takeBook(session: Session, followed: Followed, said: Fields): Trouble | undefined {
  const { book } = followed;
  const { bids, asks, ts, checksum, action } = said;
  const timeNs = session.timeOf(ts);
  if (timeNs === undefined) return malformed('books: no time');
  session.noteTime(timeNs);
  const isSnapshot = action === 'snapshot';
  if (!isSnapshot) {
    const verdict = book.state === 'live' ? continues(followed, said) : 'known';
    if (verdict === 'known') return undefined;
    if (verdict !== 'next') {
      book.lose(verdict.missing);
      return undefined;
    }
  }
  followed.lastSequence = integerOf(said.seqId);
  book.begin(isSnapshot ? 'snapshot' : 'update');
  book.stageAll('bid', bids);
  book.stageAll('ask', asks);
  if (!book.commit(timeNs)) return undefined;
  // 0 since 23 June 2026: then the numbers alone say that nothing is missing.
  if (typeof checksum !== 'number' || checksum === 0) return undefined;
  const own = checksumOf(book);
  if (own !== checksum) book.lose(`checksum ${checksum}: the book's is ${own}`);
  return undefined;
}

const integerOf = (value: unknown) => (Number.isSafeInteger(value) ? (value as number) : undefined);

/** Numbers may begin anew with lower ones after maintenance, but each names the one before. */
function continues(
  { lastSequence }: Followed,
  { seqId, prevSeqId }: Fields,
): 'next' | 'known' | { missing: string } {
  if (lastSequence === undefined || prevSeqId === lastSequence) return 'next';
  if (seqId === lastSequence) return 'known';
  return { missing: `the message after ${lastSequence} is missing: ${prevSeqId} went before` };
}

const LEVELS = 25;

/** Bid and ask by turns, best first, `price:size` as the venue writes them; signed. */
export function checksumOf({ bids, asks, instrument }: MarketBook): number {
  const price = incrementOf(instrument.priceIncrement);
  const lot = incrementOf(instrument.lotSize);
  const parts: string[] = [];
  const write = (side: BookSide, rank: number) => {
    if (rank >= side.size) return;
    const texts = [formatSteps(side.price(rank), price), formatSteps(side.lots(rank), lot)];
    parts.push(...texts.map(shortest));
  };
  for (let rank = 0; rank < LEVELS; rank++) {
    write(bids, rank);
    write(asks, rank);
  }
  return crc32(parts.join(':')) | 0;
}

/** Without zeros at the end of a fraction. */
const shortest = (text: string) => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);

function takeTrade(session: Session, followed: Followed, said: Fields): Trouble | undefined {
  const { tradeId, px, sz, side, ts } = said;
  const timeNs = session.timeOf(ts);
  const id = Number(tradeId);
  if (timeNs === undefined || !Number.isSafeInteger(id)) return malformed('trades: no id or time');
  if (id <= followed.lastTradeId) return undefined;
  followed.lastTradeId = id;
  session.noteTime(timeNs);
  const aggressor = side === 'buy' ? 'buy' : 'sell';
  followed.book.trade({ price: px, size: sz, aggressor }, timeNs);
  return undefined;
}
