/** A tick as bytes, the same in the edge's log and in the feed's frames. */
import type { ByteReader, ByteWriter, Nanoseconds } from '#engine';
import type { Tick } from './tick.ts';

/*
 *  flags u8 | instrument varint | exchange time zig-zag from the record's | fields
 *  flags: 1 trade, 2 receive time follows, 4 first size follows, 8 second size follows
 *  fields: [receive time zig-zag from the record's]
 *          quote: bid zig-zag | ask zig-zag from the bid | [bid size varint] | [ask size varint]
 *          trade: price zig-zag | [size varint]
 */
const TRADE = 1;
const RECEIVE_TIME = 2;
const FIRST_SIZE = 4;
const SECOND_SIZE = 8;

/** `recordNs`: the time of the record it stands in, from which its own times are counted. */
export function writeTick(writer: ByteWriter, tick: Tick, recordNs: Nanoseconds): void {
  const isTrade = tick.kind === 'trade';
  const first = isTrade ? tick.sizeLots : tick.bidLots;
  const second = isTrade ? undefined : tick.askLots;
  const flags =
    (isTrade ? TRADE : 0) |
    (tick.receiveTimeNs === undefined ? 0 : RECEIVE_TIME) |
    (first === undefined ? 0 : FIRST_SIZE) |
    (second === undefined ? 0 : SECOND_SIZE);
  writer.u8('flags', flags);
  writer.varint('instrument', tick.instrument);
  writer.zigZag('exchangeTime', tick.exchangeTimeNs - recordNs);
  if (tick.receiveTimeNs !== undefined) writer.zigZag('receiveTime', tick.receiveTimeNs - recordNs);
  if (isTrade) {
    writer.zigZag('price', tick.priceIncrements);
  } else {
    writer.zigZag('bid', tick.bidIncrements);
    writer.zigZag('spread', tick.askIncrements - tick.bidIncrements);
  }
  if (first !== undefined) writer.varint('size', first);
  if (second !== undefined) writer.varint('askSize', second);
}

export function readTick(reader: ByteReader, recordNs: Nanoseconds): Tick {
  const flags = reader.u8('flags');
  const instrument = reader.varint('instrument');
  const exchangeTimeNs = recordNs + reader.zigZag('exchangeTime');
  const received =
    flags & RECEIVE_TIME ? { receiveTimeNs: recordNs + reader.zigZag('receiveTime') } : {};
  if (flags & TRADE) {
    const priceIncrements = reader.zigZag('price');
    const size = flags & FIRST_SIZE ? { sizeLots: reader.varint('size') } : {};
    return { kind: 'trade', instrument, exchangeTimeNs, ...received, priceIncrements, ...size };
  }
  const bidIncrements = reader.zigZag('bid');
  const askIncrements = bidIncrements + reader.zigZag('spread');
  const bid = flags & FIRST_SIZE ? { bidLots: reader.varint('size') } : {};
  const ask = flags & SECOND_SIZE ? { askLots: reader.varint('askSize') } : {};
  const prices = { bidIncrements, askIncrements };
  return { kind: 'quote', instrument, exchangeTimeNs, ...received, ...prices, ...bid, ...ask };
}
