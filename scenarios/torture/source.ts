/** Where the signals of a torture come from: links of edges, and a list of all they were told. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { clockFrom, type SeededRandom, wallTimers } from '#engine';
import { connectGateway, type GatewayLink, type Style } from '#gateway';
import { connectFeed, type Instrument, type Quote } from '#market';
import type { SentWish } from './checker/evidence.ts';

export type Source = {
  /** As the gateway said last, and as wished for last, by instrument. */
  readonly positions: readonly number[];
  readonly desired: readonly number[];
  readonly isUp: boolean;
  /** Wishes at random, many a second, until it is told to rest. */
  trade(): void;
  /** From now on the same position is wanted, until it is there. */
  rest(): void;
  /** Says nothing more, for the moment. */
  fallSilent(): void;
  /** One link, each edge's in turn, ends; `connect` makes those that are missing. */
  disconnect(): void;
  connect(): void;
  close(): void;
};

export type SourceOptions = {
  /** Gets `signals.jsonl`. */
  directory: string;
  feedPort: number;
  /** Listened to, so that these venues' markets go on. */
  furtherFeedPorts?: readonly number[];
  /** Of the gateway's door, or of what stands before it; and of a pair's other node. */
  linkPort: number;
  otherPort?: number;
  /** Each with an edge, which trades every so many-th instrument; one without a name else. */
  strategies?: readonly string[];
  random: SeededRandom;
};

const TURN_MS = 16;
const REST_TURN_MS = 60;
const LOTS_MAX = 12;
/** Of a limit beyond the far touch, in increments: enough to trade on arrival. */
const CROSSING = 60;
const STYLES: readonly Style[] = ['cross', 'cross', 'cross', 'join', 'wait'];

type Trading = SourceOptions & {
  instruments: Instrument[];
  quotes: (Quote | undefined)[];
  positions: number[];
  desired: number[];
  file: number;
  sent: number;
  /** By strategy. */
  links: (GatewayLink | undefined)[];
  edges: readonly (string | undefined)[];
  losses: number;
  clock: ReturnType<typeof clockFrom>;
};

/** Resolves once the feed has quoted every instrument; the link is made by `connect`. */
export async function openSource(options: SourceOptions): Promise<Source> {
  const file = openSync(join(options.directory, 'signals.jsonl'), 'a');
  const trading: Trading = {
    ...{ ...options, file, instruments: [], quotes: [], positions: [], desired: [] },
    ...{ sent: 0, links: [], losses: 0, clock: clockFrom(0) },
    edges: options.strategies ?? [undefined],
  };
  const feeds = [await subscribe(trading), ...further(trading)];
  let timer: NodeJS.Timeout | undefined;
  const every = (ms: number, turn: () => void) => {
    clearInterval(timer);
    timer = setInterval(turn, ms);
  };
  return {
    ...{ positions: trading.positions, desired: trading.desired },
    get isUp() {
      return trading.edges.every((_, at) => trading.links[at]?.state === 'up');
    },
    trade: () => every(TURN_MS, () => wishAtRandom(trading)),
    rest() {
      const lots = trading.instruments.map(() => below(trading, 2 * LOTS_MAX + 1) - LOTS_MAX);
      const turn = () => {
        for (const [at, desired] of lots.entries()) wish(trading, at, { desired, style: 'cross' });
      };
      turn();
      every(REST_TURN_MS, turn);
    },
    fallSilent: () => clearInterval(timer),
    disconnect() {
      const lost = trading.losses++ % trading.edges.length;
      trading.links[lost]?.close();
      trading.links[lost] = undefined;
    },
    connect: () => connect(trading),
    close() {
      clearInterval(timer);
      for (const link of trading.links) link?.close();
      for (const feed of feeds) feed.close();
      closeSync(file);
    },
  };
}

function subscribe(trading: Trading): Promise<{ close(): void }> {
  const { clock, feedPort: port } = trading;
  return new Promise((resolve, reject) => {
    const feed = connectFeed({
      ...{ port, clock, timers: wallTimers(clock) },
      onHello({ instruments }) {
        trading.instruments = instruments;
        for (const _ of instruments) {
          trading.positions.push(0);
          trading.desired.push(0);
        }
        feed.subscribe();
      },
      onBatch(ticks, injectedNs) {
        for (const tick of ticks) if (tick.kind === 'quote') trading.quotes[tick.instrument] = tick;
        for (const link of trading.links) link?.onTicks(ticks, injectedNs);
        const quoted = trading.quotes.filter(Boolean).length;
        if (quoted > 0 && quoted === trading.instruments.length) resolve(feed);
      },
      onGap() {},
      onProblem() {},
      onEnd: error => reject(error ?? new Error('the feed is over')),
    });
  });
}

function further({ clock, furtherFeedPorts = [] }: Trading): { close(): void }[] {
  return furtherFeedPorts.map(port => {
    const feed = connectFeed({
      ...{ port, clock, timers: wallTimers(clock), onHello: () => feed.subscribe() },
      ...{ onBatch() {}, onGap() {}, onProblem() {}, onEnd() {} },
    });
    return feed;
  });
}

function connect(trading: Trading): void {
  const { clock, instruments, linkPort: port, otherPort, positions } = trading;
  const other = otherPort === undefined ? undefined : { port: otherPort };
  for (const [at, strategy] of trading.edges.entries()) {
    trading.links[at] ??= connectGateway({
      ...{ port, other, instruments, strategy, clock, timers: wallTimers(clock), onProblem() {} },
      onPosition(instrument, lots) {
        if (edgeOf(trading, instrument) === at) positions[instrument] = lots;
      },
    });
  }
}

/** Whose instrument it is. */
const edgeOf = ({ edges }: Trading, instrument: number) => instrument % edges.length;

const below = ({ random }: Trading, end: number) => Math.floor(random.nextFloat() * end);

function wishAtRandom(trading: Trading): void {
  const instrument = below(trading, trading.instruments.length);
  const style = STYLES[below(trading, STYLES.length)]!;
  wish(trading, instrument, { desired: below(trading, 2 * LOTS_MAX + 1) - LOTS_MAX, style });
}

function wish(
  trading: Trading,
  instrument: number,
  { desired, style }: { desired: number; style: Style },
): void {
  const { clock, links, quotes, positions, file } = trading;
  const { bidIncrements, askIncrements } = quotes[instrument]!;
  const isBuy = desired > positions[instrument]!;
  // A join rests near its own side of the market, a cross goes beyond the other.
  const beyond = style === 'cross' ? CROSSING : -2 - below(trading, 4);
  const limitIncrements = isBuy ? askIncrements + beyond : bidIncrements - beyond;
  const id = String(++trading.sent).padStart(32, '0');
  const sent: SentWish = { id, instrument, desiredLots: desired, limitIncrements, style };
  writeSync(file, `${JSON.stringify(sent)}\n`);
  trading.desired[instrument] = desired;
  const nowNs = clock.nowNs();
  links[edgeOf(trading, instrument)]?.send({
    ...{ strategy: 0, instrument, desiredLots: desired, style, limitIncrements },
    ...{ bidIncrements, askIncrements },
    ...{ midLowHalfIncrements: 0, midHighHalfIncrements: 0, basis: 'verified', forecastId: id },
    ...{ timeNs: nowNs, tickTimeNs: nowNs, forecastTimeNs: nowNs },
  });
}
