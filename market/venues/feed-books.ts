/** All books of a feed through its connections: messages in, ticks and gaps out; no socket. */
import type { Nanoseconds } from '#engine';
import type { Instrument } from '../instrument.ts';
import { createExchangeClock, type ExchangeClock } from './exchange-clock.ts';
import { createMarketBook, type FeedOutput, type MarketBook } from './market-book.ts';
import type { Venue } from './venue.ts';
import { malformed, type Resync, type Trouble, type VenueSession } from './venue-session.ts';

export type FeedBooksOptions = {
  venue: Venue;
  /** `venueSymbol` names each at the venue. */
  instruments: readonly Instrument[];
  originNs: bigint;
};

export type FeedBooks = {
  readonly books: readonly MarketBook[];
  readonly output: FeedOutput;
  readonly clock: ExchangeClock;
  /** Every book has had its snapshot, and every channel was confirmed. */
  readonly isLive: boolean;
  /** Channels that the venue has not confirmed; 0 without a connection. */
  readonly unacknowledged: number;
  /** A connection is open: what is to be sent on it. */
  open(): readonly string[];
  /** A text message of the connection. */
  take(text: string, receiveTimeNs: Nanoseconds): Trouble | undefined;
  /** An answer to `resync`'s request. */
  takeAnswer(book: MarketBook, text: string, receiveTimeNs: Nanoseconds): Trouble | undefined;
  resync(book: MarketBook): Resync;
  /** The connection is over, or what it says is not to be believed: a gap of every instrument. */
  close(reason: string, receiveTimeNs: Nanoseconds): void;
};

export function createFeedBooks({ venue, instruments, originNs }: FeedBooksOptions): FeedBooks {
  const clock = createExchangeClock();
  const output: FeedOutput = {
    ...{ ticks: [], gaps: [], receiveTimeNs: 0 },
    estimateNs: () => clock.timeAt(output.receiveTimeNs) ?? output.receiveTimeNs,
  };
  const { depth, quotesFromBook, pongText } = venue.terms;
  const books = instruments.map((instrument, index) =>
    createMarketBook({ instrument, index, depth, quotesFromBook, output }),
  );
  const bySymbol = new Map(books.map(book => [book.instrument.venueSymbol, book]));
  let session: VenueSession | undefined;
  const parsed = (text: string, then: (value: unknown) => Trouble | undefined) => {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return malformed(`no JSON: ${JSON.stringify(text.slice(0, 60))}`);
    }
    return then(value);
  };
  return {
    ...{ books, output, clock },
    get isLive() {
      return session?.unacknowledged === 0 && books.every(({ state }) => state === 'live');
    },
    get unacknowledged() {
      return session?.unacknowledged ?? 0;
    },
    open() {
      session = venue.openSession({
        ...{ books: bySymbol, originNs },
        noteTime: exchangeTimeNs => clock.note(exchangeTimeNs, output.receiveTimeNs),
      });
      return session.subscribe;
    },
    take(text, receiveTimeNs) {
      output.receiveTimeNs = receiveTimeNs;
      if (text === pongText) return undefined;
      return parsed(text, value => session?.take(value));
    },
    takeAnswer(book, text, receiveTimeNs) {
      output.receiveTimeNs = receiveTimeNs;
      return parsed(text, value => session?.takeAnswer?.(book, value));
    },
    resync: book => session?.resync(book) ?? 'nothing',
    close(reason, receiveTimeNs) {
      output.receiveTimeNs = receiveTimeNs;
      session = undefined;
      for (const book of books) book.lose(reason);
    },
  };
}
