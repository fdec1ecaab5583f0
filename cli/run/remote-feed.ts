/** Ticks of a feed in another process, `outrider venue`: instruments first, then batches. */
import { type Clock, clockFrom, type Nanoseconds, type OutriderError, wallTimers } from '#engine';
import { connectFeed, type FeedSubscription, type Instrument } from '#market';
import type { Address } from '../commands/address.ts';
import type { FeedPorts } from './recorded-feed.ts';

export type RemoteFeed = {
  originNs: bigint;
  instruments: Instrument[];
  /** Where the feed's clock stands: the run's clock begins here. */
  startNs: Nanoseconds;
  /** This end's own clock, and how the ticks come: for `feedRemote`. */
  link: FeedLink;
  close(): void;
};

type FeedLink = {
  clock: Clock;
  subscription: FeedSubscription;
  sink: FeedSink | undefined;
  /** Set where the feed ended before anyone took its ticks. */
  ended: FeedEnd | undefined;
};

type FeedSink = Pick<RemoteFeedPorts, 'onBatch' | 'onGap' | 'onClockOffset' | 'onProblem'> & {
  onEnd(error: OutriderError | undefined): void;
};

export type FeedEnd = {
  /** Why a feed elsewhere was lost for good (`network`, `protocol`), if it was. */
  feedLost: OutriderError | undefined;
};

export type RemoteFeedPorts = Omit<FeedPorts, 'timers'> & {
  /** The feed was lost and is back: every instrument begins a new epoch. */
  onGap(): void;
  /** By how much the feed's clock has left ours since it began. */
  onClockOffset(offsetNs: Nanoseconds): void;
  onProblem(text: string): void;
};

/** How often the end and the stop are looked for: a feed may be silent. */
const LOOK_NS = 50_000_000;

/** Resolves once the feed says what it carries; `network` where none answers within 5 s. */
export function openRemoteFeed(address: Address): Promise<RemoteFeed> {
  const clock = clockFrom(0);
  return new Promise((resolve, reject) => {
    const link: FeedLink = {
      clock,
      ...{ sink: undefined, ended: undefined },
      subscription: connectFeed({
        ...{ ...address, clock, timers: wallTimers(clock) },
        onHello({ originNs, instruments, positionNs }) {
          const close = () => link.subscription.close();
          resolve({ originNs, instruments, startNs: positionNs, link, close });
        },
        onBatch: (ticks, injectedNs) => link.sink?.onBatch(ticks, injectedNs),
        onGap: () => link.sink?.onGap(),
        onClockOffset: offsetNs => link.sink?.onClockOffset(offsetNs),
        onProblem: text => link.sink?.onProblem(text),
        onEnd(error) {
          link.ended = { feedLost: error };
          link.sink?.onEnd(error);
          if (error !== undefined) reject(error);
        },
      }),
    };
  });
}

/** Resolves at the end of the feed, of the time or of the run; rejects with what ports throw. */
export function feedRemote({ link }: RemoteFeed, ports: RemoteFeedPorts): Promise<FeedEnd> {
  const shiftNs = ports.clock.nowNs() - link.clock.nowNs();
  const timers = wallTimers(ports.clock);
  return new Promise((resolve, reject) => {
    const close = () => {
      link.sink = undefined;
      link.subscription.close();
    };
    const end = (feedLost: OutriderError | undefined) => {
      close();
      resolve({ feedLost });
    };
    const orFail = (take: () => void) => {
      try {
        take();
      } catch (error) {
        close();
        reject(error);
      }
    };
    link.sink = {
      onBatch: (ticks, injectedNs) => orFail(() => ports.onBatch(ticks, injectedNs + shiftNs)),
      onGap: () => orFail(ports.onGap),
      onClockOffset: offsetNs => orFail(() => ports.onClockOffset(offsetNs)),
      onProblem: ports.onProblem,
      onEnd: end,
    };
    const look = () => {
      if (link.sink === undefined) return;
      if (ports.isStopped() || ports.clock.nowNs() > ports.endNs) end(undefined);
      else timers.at(ports.clock.nowNs() + LOOK_NS, look);
    };
    if (link.ended !== undefined) {
      end(link.ended.feedLost);
      return;
    }
    look();
    link.subscription.subscribe();
  });
}
