/** What a reader of a live feed knows: books made of its ticks alone, gaps, phases. */
import { clockFrom, type OutriderError, seededRandom, wallTimers } from '#engine';
import { formatSteps, incrementOf } from '../../decimal.ts';
import type { Tick } from '../../tick.ts';
import type { FeedPhase } from '../feed-event.ts';
import { type LiveFeed, openLiveFeed, urlsAt } from '../live-feed.ts';
import type { VenueTerms } from '../venue.ts';
import { change, type Oracle, type OracleBook } from './oracle.ts';
import type { Wire } from './wire.ts';

export type Follower = {
  readonly feed: LiveFeed;
  readonly ticks: Tick[];
  /** By the venue's symbol; one that waits for its snapshot is not there. */
  readonly books: Map<string, OracleBook>;
  readonly gaps: { symbol: string; reason: string }[];
  readonly phases: FeedPhase[];
  readonly problems: string[];
  readonly ends: OutriderError[];
};

const MILLISECOND = 1e6;

/** As a venue's own, but for waits that a test has no time for. */
const QUICK: Partial<VenueTerms> = {
  spacingNs: { connect: 20 * MILLISECOND, send: 5 * MILLISECOND, request: 20 * MILLISECOND },
};

export function follow(
  wire: Wire,
  url: string,
  { terms = {}, originNs = 0n }: { terms?: Partial<VenueTerms>; originNs?: bigint } = {},
): Follower {
  const venue = { ...wire.venue, terms: { ...wire.venue.terms, ...QUICK, ...terms } };
  const clock = clockFrom(0);
  const { instruments } = wire;
  const heard = { ticks: [] as Tick[], phases: [] as FeedPhase[], problems: [] as string[] };
  const books: Follower['books'] = new Map();
  const gaps: Follower['gaps'] = [];
  const ends: OutriderError[] = [];
  const feed = openLiveFeed({
    ...{ venue, instruments, originNs, clock, timers: wallTimers(clock) },
    ...{ random: seededRandom(7), urls: urlsAt(url, venue) },
    onTicks(ticks) {
      for (const tick of ticks) {
        heard.ticks.push(tick);
        keep(books, tick, wire);
      }
    },
    onGap: ({ instrument, reason }) =>
      void gaps.push({ symbol: instruments[instrument]!.venueSymbol, reason }),
    onPhase: phase => void heard.phases.push(phase),
    onProblem: text => void heard.problems.push(text),
    onEnd: error => void ends.push(error),
  });
  return { feed, books, gaps, ends, ...heard };
}

function keep(books: Follower['books'], tick: Tick, { instruments }: Wire): void {
  const { venueSymbol, priceIncrement, lotSize } = instruments[tick.instrument]!;
  switch (tick.kind) {
    case 'gap':
      books.delete(venueSymbol);
      return;
    case 'snapshot':
      books.set(venueSymbol, { bids: new Map(), asks: new Map(), update: 0 });
      return;
    case 'level': {
      const book = books.get(venueSymbol);
      if (book === undefined) throw new Error(`a level of ${venueSymbol} without a snapshot`);
      const price = formatSteps(tick.priceIncrements, incrementOf(priceIncrement));
      const size = formatSteps(tick.sizeLots, incrementOf(lotSize));
      change(tick.side === 'bid' ? book.bids : book.asks, [[price, size]]);
      return;
    }
    case 'quote':
    case 'trade':
      return;
  }
}

/** Prices and sizes as numbers, so that `0.10` and `0.1` are one. */
export function comparable(books: ReadonlyMap<string, OracleBook>): Record<string, unknown> {
  const rows = (side: Map<string, string>) =>
    [...side].map(([price, size]) => [Number(price), Number(size)]).sort((a, b) => a[0]! - b[0]!);
  return Object.fromEntries(
    [...books].map(([symbol, { bids, asks }]) => [symbol, { bids: rows(bids), asks: rows(asks) }]),
  );
}

export const isSame = (follower: Follower, oracle: Oracle): boolean =>
  JSON.stringify(sorted(comparable(follower.books))) === JSON.stringify(sorted(comparable(oracle)));

const sorted = (record: Record<string, unknown>) =>
  Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
