/** A tick as bytes, the same in the edge's log and in the feed's frames. */
import { type ByteReader, type ByteWriter, type Nanoseconds, OutriderError } from '#engine';
import type { Tick } from './tick.ts';

/*
 *  flags u8 | [book u8] | instrument varint | exchange time zig-zag from the record's | fields
 *  flags: 1 trade, 2 receive time follows, 4 first size follows, 8 second size follows,
 *         16 the exchange time is estimated, 32 merged follows, 64 a change of the book
 *         of a trade: 8 the taker's side is known, 128 it sold
 *  book:  0 gap, 1 snapshot, 2 bid level, 3 ask level; 4 added: more of its message follow
 *  fields: [receive time zig-zag from the record's] | [merged varint]
 *          quote: bid zig-zag | ask zig-zag from the bid | [bid size varint] | [ask size varint]
 *          trade: price zig-zag | [size varint]
 *          level: price zig-zag | size varint
 */
const TRADE = 1;
const RECEIVE_TIME = 2;
const FIRST_SIZE = 4;
const SECOND_SIZE = 8;
const ESTIMATED = 16;
const MERGED = 32;
const BOOK = 64;
const SOLD = 128;

const BOOK_KINDS = { gap: 0, snapshot: 1, bid: 2, ask: 3 } as const;
const HAS_MORE = 4;

/** `recordNs`: the time of the record it stands in, from which its own times are counted. */
export function writeTick(writer: ByteWriter, tick: Tick, recordNs: Nanoseconds): void {
  writer.u8('flags', flagsOf(tick));
  if (tick.kind === 'level') {
    writer.u8('book', BOOK_KINDS[tick.side] | (tick.hasMore ? HAS_MORE : 0));
  } else if (tick.kind === 'snapshot' || tick.kind === 'gap') {
    writer.u8('book', BOOK_KINDS[tick.kind]);
  }
  writer.varint('instrument', tick.instrument);
  writer.zigZag('exchangeTime', tick.exchangeTimeNs - recordNs);
  if (tick.receiveTimeNs !== undefined) writer.zigZag('receiveTime', tick.receiveTimeNs - recordNs);
  if (tick.merged !== undefined) writer.varint('merged', tick.merged);
  switch (tick.kind) {
    case 'quote':
      writer.zigZag('bid', tick.bidIncrements);
      writer.zigZag('spread', tick.askIncrements - tick.bidIncrements);
      if (tick.bidLots !== undefined) writer.varint('size', tick.bidLots);
      if (tick.askLots !== undefined) writer.varint('askSize', tick.askLots);
      return;
    case 'trade':
      writer.zigZag('price', tick.priceIncrements);
      if (tick.sizeLots !== undefined) writer.varint('size', tick.sizeLots);
      return;
    case 'level':
      writer.zigZag('price', tick.priceIncrements);
      writer.varint('size', tick.sizeLots);
      return;
    case 'snapshot':
    case 'gap':
      return;
  }
}

function flagsOf(tick: Tick): number {
  const stamped =
    (tick.receiveTimeNs === undefined ? 0 : RECEIVE_TIME) |
    (tick.isTimeEstimated ? ESTIMATED : 0) |
    (tick.merged === undefined ? 0 : MERGED);
  switch (tick.kind) {
    case 'quote':
      return (
        stamped |
        (tick.bidLots === undefined ? 0 : FIRST_SIZE) |
        (tick.askLots === undefined ? 0 : SECOND_SIZE)
      );
    case 'trade':
      return (
        stamped |
        TRADE |
        (tick.sizeLots === undefined ? 0 : FIRST_SIZE) |
        (tick.aggressor === undefined ? 0 : SECOND_SIZE) |
        (tick.aggressor === 'sell' ? SOLD : 0)
      );
    case 'level':
    case 'snapshot':
    case 'gap':
      return stamped | BOOK;
  }
}

export function readTick(reader: ByteReader, recordNs: Nanoseconds): Tick {
  const flags = reader.u8('flags');
  const book = flags & BOOK ? reader.u8('book') : 0;
  const instrument = reader.varint('instrument');
  const exchangeTimeNs = recordNs + reader.zigZag('exchangeTime');
  const stamped = {
    ...{ instrument, exchangeTimeNs },
    ...(flags & ESTIMATED ? { isTimeEstimated: true as const } : {}),
    ...(flags & RECEIVE_TIME ? { receiveTimeNs: recordNs + reader.zigZag('receiveTime') } : {}),
    ...(flags & MERGED ? { merged: reader.varint('merged') } : {}),
  };
  if (flags & BOOK) return readBook(reader, book, stamped);
  if (flags & TRADE) {
    const priceIncrements = reader.zigZag('price');
    const size = flags & FIRST_SIZE ? { sizeLots: reader.varint('size') } : {};
    const aggressor = flags & SOLD ? ('sell' as const) : ('buy' as const);
    const taker = flags & SECOND_SIZE ? { aggressor } : {};
    return { kind: 'trade', ...stamped, priceIncrements, ...size, ...taker };
  }
  const bidIncrements = reader.zigZag('bid');
  const askIncrements = bidIncrements + reader.zigZag('spread');
  const bid = flags & FIRST_SIZE ? { bidLots: reader.varint('size') } : {};
  const ask = flags & SECOND_SIZE ? { askLots: reader.varint('askSize') } : {};
  return { kind: 'quote', ...stamped, bidIncrements, askIncrements, ...bid, ...ask };
}

type Stamped = Pick<Tick, 'instrument' | 'exchangeTimeNs' | 'receiveTimeNs' | 'merged'>;

function readBook(reader: ByteReader, book: number, stamped: Stamped): Tick {
  switch (book & ~HAS_MORE) {
    case BOOK_KINDS.gap:
      return { kind: 'gap', ...stamped };
    case BOOK_KINDS.snapshot:
      return { kind: 'snapshot', ...stamped };
    case BOOK_KINDS.bid:
    case BOOK_KINDS.ask: {
      const side = (book & ~HAS_MORE) === BOOK_KINDS.bid ? 'bid' : 'ask';
      const prices = { priceIncrements: reader.zigZag('price'), sizeLots: reader.varint('size') };
      return {
        ...{ kind: 'level', ...stamped, side, ...prices },
        ...(book & HAS_MORE ? { hasMore: true as const } : {}),
      };
    }
    default:
      throw new OutriderError('bad-log', `book is ${book}: written by a newer version`);
  }
}
