/** A relay between the venue's feed and the run: where a scenario spoils ticks, and notes them. */
import {
  type Clock,
  type Nanoseconds,
  OutriderError,
  seededRandom,
  type Timers,
  wallTimers,
} from '#engine';
import {
  connectFeed,
  type FeedHello,
  type FeedPublisher,
  type FeedSubscription,
  type Instrument,
  publishFeed,
  type Tick,
} from '#market';
import type { DeliveredQuote } from './delivered.ts';
import {
  createDisturber,
  type Disturbance,
  type FeedBatch,
  type FeedDisturber,
} from './disturb.ts';

export type FeedRelay = {
  readonly port: number;
  readonly instruments: readonly Instrument[];
  /** Of the times of its ticks, nanoseconds since 1970. */
  readonly originNs: bigint;
  /** Every quote that went on, in order. */
  readonly delivered: readonly DeliveredQuote[];
  /** Resolves to the time when the run subscribed: the feed begins. */
  readonly begun: Promise<Nanoseconds>;
  disturb(kind: Disturbance, share: number): void;
  undisturb(kind: Disturbance): void;
  /** The venue's clock, as the run sees it, is ahead by so much from now on. */
  skew(byNs: Nanoseconds): void;
  /** From now on it runs ahead evenly, and is off by so much after `overNs`. */
  drift(byNs: Nanoseconds, overNs: Nanoseconds): void;
  /** Cuts the run off, and lets it come back; a second cut does nothing. */
  disconnect(): Promise<void>;
  reconnect(): Promise<void>;
  /** Tells the run that no more ticks come. */
  finish(): void;
  close(): Promise<void>;
};

export type FeedRelayOptions = {
  /** Of the venue's feed. */
  upstreamPort: number;
  seed: number;
  clock: Clock;
  /** Nothing more is noted: the scenario cannot be judged. */
  onFailure(error: OutriderError): void;
};

/** A record longer than this is beyond what a scenario is for. */
const DELIVERED_MAX = 4_000_000;

type Relay = {
  options: FeedRelayOptions;
  timers: Timers;
  upstream: FeedSubscription;
  hello: FeedHello;
  /** From the clock here to the feed's; until the feed begins, it stands. */
  toFeedNs: number | undefined;
  port: number;
  publisher: FeedPublisher | undefined;
  disturber: FeedDisturber;
  skewNs: (nowNs: Nanoseconds) => Nanoseconds;
  delivered: DeliveredQuote[];
  begun: PromiseWithResolvers<Nanoseconds>;
  isFinished: boolean;
};

/** Rejects with `network` where the venue's feed does not answer. */
export async function startFeedRelay(options: FeedRelayOptions): Promise<FeedRelay> {
  const relay = await connect(options);
  relay.publisher = await publish(relay, 0);
  relay.port = relay.publisher.port;
  return {
    port: relay.port,
    instruments: relay.hello.instruments,
    originNs: relay.hello.originNs,
    delivered: relay.delivered,
    begun: relay.begun.promise,
    disturb: (kind, share) => relay.disturber.begin(kind, share),
    undisturb: kind => relay.disturber.end(kind),
    skew(byNs) {
      relay.skewNs = () => byNs;
    },
    drift(byNs, overNs) {
      const fromNs = options.clock.nowNs();
      relay.skewNs = nowNs => Math.round(((nowNs - fromNs) / overNs) * byNs);
    },
    disconnect: () => disconnect(relay),
    reconnect: () => reconnect(relay),
    finish() {
      relay.isFinished = true;
      relay.publisher?.finish();
    },
    async close() {
      relay.upstream.close();
      await disconnect(relay);
    },
  };
}

function connect(options: FeedRelayOptions): Promise<Relay> {
  const { clock, upstreamPort: port, seed } = options;
  const timers = wallTimers(clock);
  return new Promise((resolve, reject) => {
    let relay: Relay | undefined;
    const random = seededRandom(`${seed} feed faults`);
    const upstream = connectFeed({
      ...{ port, clock, timers },
      onHello(hello) {
        const ports = { clock, timers, random, deliver: (batch: FeedBatch) => pass(relay!, batch) };
        relay = {
          ...{ options, timers, upstream, hello, toFeedNs: undefined, port: 0 },
          ...{ publisher: undefined, disturber: createDisturber(ports), delivered: [] },
          skewNs: () => 0,
          ...{ begun: Promise.withResolvers(), isFinished: false },
        };
        resolve(relay);
      },
      onBatch: (ticks, injectedNs) =>
        relay?.disturber.push({ ticks, injectedNs, arrivedNs: clock.nowNs() }),
      // What the venue's feed lost, the run is to notice as it would without us.
      onGap: () => relay && void disconnect(relay).then(() => reconnect(relay!)),
      onEnd(error) {
        if (relay === undefined) reject(error);
        else relay.publisher?.finish();
      },
      onProblem: () => {},
    });
  });
}

function publish(relay: Relay, port: number): Promise<FeedPublisher> {
  const { options, hello, timers } = relay;
  const { clock } = options;
  return publishFeed({
    ...{ port, clock, timers, originNs: hello.originNs, instruments: hello.instruments },
    positionNs: () =>
      relay.toFeedNs === undefined ? hello.positionNs : feedNs(relay, clock.nowNs()),
    onSubscribed() {
      if (relay.toFeedNs !== undefined) return;
      relay.toFeedNs = hello.positionNs - clock.nowNs();
      relay.upstream.subscribe();
      relay.begun.resolve(clock.nowNs());
    },
    onGone: () => {},
  });
}

/** What the venue's clock says at a time here. */
const feedNs = ({ toFeedNs, skewNs }: Relay, nowNs: Nanoseconds) =>
  nowNs + (toFeedNs ?? 0) + skewNs(nowNs);

const skewed = (tick: Tick, skewNs: Nanoseconds): Tick => ({
  ...tick,
  exchangeTimeNs: tick.exchangeTimeNs + skewNs,
});

function pass(relay: Relay, { ticks, injectedNs, arrivedNs }: FeedBatch): void {
  if (relay.isFinished || relay.publisher === undefined) return;
  // Read before: once it is sent, the run may be quicker than this process comes to its clock.
  const deliveredNs = relay.options.clock.nowNs();
  const skewNs = relay.skewNs(deliveredNs);
  const sent = skewNs === 0 ? ticks : ticks.map(tick => skewed(tick, skewNs));
  relay.publisher.publish(sent, injectedNs + (relay.toFeedNs ?? 0) + skewNs);
  for (const tick of sent) {
    if (tick.kind !== 'quote') continue;
    const { instrument, bidIncrements, askIncrements, exchangeTimeNs } = tick;
    const quote = { instrument, bidIncrements, askIncrements, exchangeTimeNs };
    relay.delivered.push({ ...quote, arrivedNs, deliveredNs });
  }
  if (relay.delivered.length <= DELIVERED_MAX) return;
  relay.isFinished = true;
  const message = `more than ${DELIVERED_MAX} quotes in one scenario`;
  const error = new OutriderError('limit', `${message}: shorten its load, or lower its rate`);
  relay.options.onFailure(error);
}

async function disconnect(relay: Relay): Promise<void> {
  const { publisher } = relay;
  relay.publisher = undefined;
  await publisher?.close();
}

async function reconnect(relay: Relay): Promise<void> {
  relay.publisher ??= await publish(relay, relay.port);
  if (relay.isFinished) relay.publisher.finish();
}
