/**
 * The fields of a quote, in the gateway's log and on the link from an edge.
 *
 *     instrument varint | venue varint: 0 of the edge's feed, else its index + 1
 *     tick time zig-zag from the record's | bid, ask zig-zag | bid, ask, traded lots varint
 */
import type { ByteReader, ByteWriter } from '#engine';
import type { MarketQuote } from './execution/market-quote.ts';

/** `timeNs`: the time of the record or frame it stands in, from which its own is counted. */
export function writeQuote(writer: ByteWriter, quote: MarketQuote, timeNs: number): void {
  writer.varint('instrument', quote.instrument);
  writer.varint('venue', quote.venue === undefined ? 0 : quote.venue + 1);
  writer.zigZag('tick', quote.tickTimeNs - timeNs);
  writer.zigZag('bid', quote.bidIncrements);
  writer.zigZag('ask', quote.askIncrements);
  writer.varint('bidLots', quote.bidLots);
  writer.varint('askLots', quote.askLots);
  writer.varint('tradedLots', quote.tradedLots);
}

export function readQuote(reader: ByteReader, timeNs: number): MarketQuote {
  const instrument = reader.varint('instrument');
  const venue = reader.varint('venue');
  return {
    ...{ instrument, venue: venue === 0 ? undefined : venue - 1 },
    tickTimeNs: timeNs + reader.zigZag('tick'),
    bidIncrements: reader.zigZag('bid'),
    askIncrements: reader.zigZag('ask'),
    bidLots: reader.varint('bidLots'),
    askLots: reader.varint('askLots'),
    tradedLots: reader.varint('tradedLots'),
  };
}
