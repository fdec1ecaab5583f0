/** What an exchange's feed is to the rest: its terms and where its reference data are. */
import type { Nanoseconds } from '#engine';
import type { Instrument } from '../instrument.ts';
import type { SessionOptions, VenueSession } from './venue-session.ts';

export type Venue = {
  readonly name: VenueName;
  /** In words, as people call it. */
  readonly title: string;
  readonly terms: VenueTerms;
  /** A symbol as the venue writes it, of one given in any case. */
  symbolOf(given: string): string;
  /** Where the reference data of a symbol are, below `terms.restUrl`. */
  referencePath(symbol: string): string;
  /** Of the answer; undefined where it does not hold the symbol. Throws nothing. */
  readReference(answer: unknown, symbol: string): ReferenceTerms | undefined;
  /** A connection that is open now; books are those of all symbols, waiting. */
  openSession(options: SessionOptions): VenueSession;
};

export const VENUE_NAMES = [
  ...(['coinbase', 'kraken', 'binance', 'binance-usdm'] as const),
  ...(['bybit', 'bybit-linear', 'okx'] as const),
] as const;
export type VenueName = (typeof VENUE_NAMES)[number];

export type VenueTerms = {
  /** Of the public WebSocket. */
  url: string;
  restUrl: string;
  /** Longer messages end the connection before they are read. */
  messageBytesMax: number;
  /** Levels of a side that are kept. */
  depth: number;
  /** A change at the touch is a quote; false where the venue sends quotes itself. */
  quotesFromBook: boolean;
  /** A book's first snapshot comes with the subscription, or is asked for over HTTP. */
  snapshots: 'sent' | 'requested';
  /** Sent this often to have a sign of life; `frame` is a ping of WebSocket itself. */
  ping: { text: string | 'frame'; everyNs: Nanoseconds };
  /** An answer to `ping.text` that is no JSON. */
  pongText?: string;
  /** Without any sign of life for so long the feed is stale, and after as long again lost. */
  silenceNs: Nanoseconds;
  /** Least time between two of each, below the venue's own limits. */
  spacingNs: { connect: Nanoseconds; send: Nanoseconds; request: Nanoseconds };
};

export type ReferenceTerms = Pick<
  Instrument,
  'priceIncrement' | 'lotSize' | 'baseCurrency' | 'quoteCurrency'
>;
