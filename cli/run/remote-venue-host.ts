/** The paper venue as a process: a FIX acceptor and the feed of the market behind it. */
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import {
  type Clock,
  clockFrom,
  MILLISECOND_NS,
  midnightBefore,
  OutriderError,
  openAppendingFile,
  preciseTimers,
  SECOND_NS,
  wallClock,
  wallTimers,
} from '#engine';
import { type CounterpartyStatus, maskingStream, type VenueEvent, venueCallSchema } from '#gateway';
import { publishFeed, type Tick } from '#market';
import type { Address } from '../commands/address.ts';
import type { RunConfig } from '../config.ts';
import { durationNs } from './duration.ts';
import { type LiveVenue, recordedMarketOf, showBatch, startVenue } from './live-venue.ts';
import { paceStages } from './pace.ts';
import { feedRecorded } from './recorded-feed.ts';
import { feedSimulated } from './simulated-feed.ts';
import { type OwnSource, openOwnSource } from './source.ts';

/**
 * A parked thread is woken tens of microseconds late, longer than a gateway takes to send its next
 * order; whoever has the one core needs it more.
 */
const LINGER_US = availableParallelism() > 1 ? 100 : 0;

export type VenueHostOptions = {
  /** Where gateways come in, with FIX. */
  listen: Address;
  /** Where the feed's subscribers come in. */
  feed: Address;
  /** Holds `fix/venue-received.fix` and `venue-store`; what is there is gone on with. */
  directory: string;
  config: RunConfig;
  onProblem(text: string): void;
};

export type VenueHost = {
  readonly port: number;
  readonly feedPort: number;
  /** Settles with the feed: rejects where the recordings cannot be read on. */
  feedDone: Promise<void>;
  /** Its desk is called: see gateway/venue/telephone.ts. What cannot be done is a problem. */
  onCall(call: unknown): void;
  status(): VenueStatus;
  stop(): Promise<void>;
};

export type VenueStatus = CounterpartyStatus & {
  /** Of the feed. */
  readonly subscribers: number;
  /** That the feed has published. */
  readonly ticks: number;
  /** How late the latest of them were, nanoseconds. */
  readonly lateNs: number;
};

/**
 * Two clocks: FIX keeps the wall's; the feed's begins at its first tick, once the first subscriber
 * has come, and goes at the pace of real time. Throws where an address is taken.
 */
export async function hostVenue(options: VenueHostOptions): Promise<VenueHost> {
  const { config, directory, onProblem } = options;
  const source = await openOwnSource(config);
  const market =
    source.kind === 'simulated' ? source.exchange : recordedMarketOf(config, source.instruments);
  const originNs = midnightBefore(BigInt(Date.now()) * BigInt(MILLISECOND_NS));
  const clock = wallClock(originNs);
  const timers = wallTimers(clock);
  const begun = Promise.withResolvers<void>();
  let feedClock: Clock | undefined;
  let isStopped = false;
  const shown = { ticks: 0, lateNs: 0 };
  const feed = await publishFeed({
    ...{ ...options.feed, clock, timers },
    ...{ originNs: source.originNs, instruments: source.instruments },
    positionNs: () => feedClock?.nowNs() ?? source.startNs,
    onSubscribed() {
      feedClock ??= clockFrom(source.startNs);
      begun.resolve();
    },
    onGone: reason => onProblem(`subscriber: ${reason}`),
  });
  const received = openReceived(directory);
  const venue = await startVenue({
    ...{ ...options.listen, originNs, instruments: source.instruments, market, clock, timers },
    heartbeatNs: config.heartbeatSeconds * SECOND_NS,
    lingerUs: config.lingerUs ?? LINGER_US,
    storeDirectory: join(directory, 'venue-store'),
    // A desk may say who it is: that is no evidence, and stays out of the file.
    receiving: () => maskingStream(received.write).push,
  }).catch(error => feed.close().then(() => Promise.reject(error)));
  const play = async () => {
    await begun.promise;
    await playSource(source, config, {
      clock: feedClock!,
      isStopped: () => isStopped,
      onMarket: events => venue.onMarket(events),
      onBatch(batch, injectedNs) {
        const events = showBatch(market, batch);
        if (events.length > 0) venue.onMarket(events);
        feed.publish(batch, injectedNs);
        shown.ticks += batch.length;
        shown.lateNs = feedClock!.nowNs() - injectedNs;
      },
    });
    feed.finish();
  };
  return {
    port: venue.port,
    feedPort: feed.port,
    feedDone: play(),
    onCall: call => takeCall(venue, call, onProblem),
    status: () => ({ ...venue.status(), subscribers: feed.subscribers, ...shown }),
    async stop() {
      isStopped = true;
      await Promise.all([feed.close(), venue.close()]);
      received.close();
    },
  };
}

function openReceived(directory: string) {
  mkdirSync(join(directory, 'fix'), { recursive: true });
  return openAppendingFile(join(directory, 'fix', 'venue-received.fix'));
}

function takeCall({ onCall }: LiveVenue, call: unknown, onProblem: (text: string) => void): void {
  const { data, error } = venueCallSchema.safeParse(call);
  if (data === undefined) {
    onProblem(`call: ${error.issues[0]!.message}`);
    return;
  }
  try {
    onCall(data);
  } catch (problem) {
    if (!(problem instanceof OutriderError)) throw problem;
    onProblem(`call: ${problem.message}`);
  }
}

type PlayPorts = {
  clock: Clock;
  isStopped(): boolean;
  onMarket(events: readonly VenueEvent[]): void;
  onBatch(batch: Tick[], injectedNs: number): void;
};

async function playSource(source: OwnSource, config: RunConfig, ports: PlayPorts): Promise<void> {
  const { clock } = ports;
  const timers = preciseTimers({ clock, timers: wallTimers(clock), nextTurn: setImmediate });
  const startNs = clock.nowNs();
  const stages = paceStages(config.stages);
  const { duration } = config;
  const endNs = duration === undefined ? Number.POSITIVE_INFINITY : startNs + durationNs(duration);
  switch (source.kind) {
    case 'simulated':
      await feedSimulated(source.exchange, { ...ports, timers, endNs, stages });
      return;
    case 'recorded': {
      const speed = config.speed === 'max' ? 1 : config.speed;
      const pace = { firstNs: source.startNs, startNs, speed, stages };
      await feedRecorded(source.ticks, pace, { ...ports, timers, endNs });
      return;
    }
  }
}
