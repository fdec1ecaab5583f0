/** Ticks of an exchange's public WebSocket feed: instruments first, then what its messages make. */
import {
  type Clock,
  createClockCheck,
  MILLISECOND_NS,
  midnightBefore,
  type Nanoseconds,
  type OutriderError,
  SECOND_NS,
  seededRandom,
  wallClock,
  wallTimers,
} from '#engine';
import {
  type ExchangeFeed,
  type FeedUrls,
  fetchInstruments,
  type Instrument,
  type LiveFeedOptions,
  openLiveFeed,
  parseExchangeFeed,
  parseFeedInstrument,
  type Tick,
  urlsAt,
  type Venue,
} from '#market';
import type { RunConfig } from '../config.ts';
import type { FeedPorts } from './recorded-feed.ts';
import type { FeedEnd } from './remote-feed.ts';

export type ExchangeSource = {
  kind: 'exchange';
  originNs: bigint;
  instruments: Instrument[];
  /** The run's clock begins here, and then is the wall's. */
  startNs: Nanoseconds;
  venue: Venue;
  urls: FeedUrls;
  /** The wall's, since the origin: stamps receive times. */
  clock: Clock;
};

export type ExchangePorts = Omit<FeedPorts, 'timers'> & {
  /** By how much the exchange's clock has left ours since the feed began. */
  onClockOffset(offsetNs: Nanoseconds): void;
  onProblem(text: string): void;
};

export type ExchangeConfig = Pick<RunConfig, 'feed' | 'feedUrl' | 'feedInstrument'>;

/** How often the end, the stop and the clocks are looked at: a feed may be silent. */
const LOOK_NS = 50 * MILLISECOND_NS;
/** Ticks of one batch at most: a snapshot is many. */
const BATCH_TICKS_MAX = 1024;

/** Asks the exchange for its instruments; `network`, `bad-config` or `bad-usage` say why not. */
export async function openExchange(config: ExchangeConfig): Promise<ExchangeSource> {
  const { venue, symbols }: ExchangeFeed = parseExchangeFeed(config.feed!);
  const { url, restUrl } = venue.terms;
  const urls =
    config.feedUrl === undefined ? { socket: url, rest: restUrl } : urlsAt(config.feedUrl, venue);
  const nowUnixNs = BigInt(Date.now()) * BigInt(MILLISECOND_NS);
  const originNs = midnightBefore(nowUnixNs);
  const instruments = await fetchInstruments({
    ...{ venue, symbols, restUrl: urls.rest },
    given: new Map(config.feedInstrument.map(text => parseFeedInstrument(text, venue))),
    date: new Date(Number(originNs / BigInt(MILLISECOND_NS))).toISOString().slice(0, 10),
  });
  const clock = wallClock(originNs);
  return {
    ...{ kind: 'exchange', originNs, instruments, startNs: clock.nowNs(), venue, urls, clock },
  };
}

/** How a live feed of the source is opened, but for what is done with it. */
export function liveFeedOptions({ venue, instruments, originNs, urls, clock }: ExchangeSource) {
  const timers = wallTimers(clock);
  // Connections of several processes do not come back at the same moment.
  const random = seededRandom(`${process.pid} ${Date.now()}`);
  return { venue, instruments, originNs, urls, clock, timers, random };
}

/**
 * Resolves at the end of the time or of the run, or where the exchange refuses for good; rejects
 * with what ports throw. What is received in one turn of the event loop is one batch.
 */
export function feedExchange(source: ExchangeSource, ports: ExchangePorts): Promise<FeedEnd> {
  const options = liveFeedOptions(source);
  const shiftNs = ports.clock.nowNs() - source.clock.nowNs();
  return new Promise((resolve, reject) => {
    const batches = createBatches((batch, receivedNs) => {
      if (isOver) return;
      try {
        ports.onBatch(batch, receivedNs + shiftNs);
      } catch (error) {
        close();
        reject(error);
      }
    });
    let isOver = false;
    const close = () => {
      isOver = true;
      feed.close();
    };
    const end = (feedLost: OutriderError | undefined) => {
      batches.flush();
      close();
      resolve({ feedLost });
    };
    const feed = openLiveFeed({
      ...options,
      onTicks: batches.add,
      onGap: ({ instrument, reason }) =>
        ports.onProblem(`${source.instruments[instrument]!.symbol}: gap: ${reason}`),
      onProblem: ports.onProblem,
      onEnd: error => end(error),
    } satisfies LiveFeedOptions);
    let nextOffsetNs = 0;
    const check = createClockCheck(source.venue.title, ports.onProblem);
    const look = () => {
      if (isOver) return;
      const nowNs = ports.clock.nowNs();
      if (ports.isStopped() || nowNs > ports.endNs) return end(undefined);
      if (nowNs >= nextOffsetNs) {
        nextOffsetNs = nowNs + SECOND_NS;
        ports.onClockOffset(feed.clockLeftNs());
        check.note(feed.clockAheadNs());
      }
      options.timers.at(source.clock.nowNs() + LOOK_NS, look);
    };
    look();
  });
}

type Batches = {
  add(ticks: Tick[], receivedNs: Nanoseconds): void;
  /** Hands on what waits. */
  flush(): void;
};

function createBatches(take: (batch: Tick[], receivedNs: Nanoseconds) => void): Batches {
  let waiting: Tick[] = [];
  let latestNs = 0;
  const flush = () => {
    const ticks = waiting;
    waiting = [];
    for (let at = 0; at < ticks.length; at += BATCH_TICKS_MAX) {
      take(ticks.slice(at, at + BATCH_TICKS_MAX), latestNs);
    }
  };
  return {
    add(ticks, receivedNs) {
      if (waiting.length === 0) setImmediate(flush);
      for (const tick of ticks) waiting.push(tick);
      latestNs = receivedNs;
    },
    flush,
  };
}
