/** A subscriber of a feed: it greets, asks for ticks when told to, and comes back after a loss. */
import { createConnection } from 'node:net';
import {
  type Clock,
  type FramedConnection,
  invariant,
  LOOPBACK_HOST,
  MILLISECOND_NS,
  type Nanoseconds,
  OutriderError,
  openFramedConnection,
  SECOND_NS,
  type TimerHandle,
  type Timers,
} from '#engine';
import type { Tick } from '../tick.ts';
import { type ClockOffset, createClockOffset } from './clock-offset.ts';
import { instrumentsDifference } from './instruments-text.ts';
import { createFeedEncoder, type FeedHello, type FromFeed, readFromFeed } from './protocol.ts';

export type ConnectFeedOptions = {
  /** Loopback unless given. */
  host?: string | undefined;
  port: number;
  clock: Clock;
  timers: Timers;
  /** Once, when the feed is there for the first time. */
  onHello(hello: FeedHello): void;
  /** `injectedNs`: when the latest of them was due, on our clock; never in the future. */
  onBatch(ticks: Tick[], injectedNs: Nanoseconds): void;
  /** Each time it was measured: see `ClockOffset.leftNs`. */
  onClockOffset?(offsetNs: Nanoseconds): void;
  /** The feed is back after a loss; what it published meanwhile is missing. */
  onGap(reason: string): void;
  /** Called once: the feed is over (undefined), or cannot be had (`network`, `protocol`). */
  onEnd(error: OutriderError | undefined): void;
  /** Told when the connection is lost. */
  onProblem(text: string): void;
  /** How long the feed may be away: at first 5 s, after a loss 60 s. */
  patienceNs?: { first: number; lost: number };
};

export type FeedSubscription = {
  /** Asks for ticks, now or as soon as the feed is there, and after each loss again. */
  subscribe(): void;
  /** Nothing is called afterwards. */
  close(): void;
};

/** The feed notices a lost subscriber within four of these, and we a lost feed. */
const PING_NS = 500 * MILLISECOND_NS;
const SILENCE_NS = 2_000 * MILLISECOND_NS;
const RETRY_NS = 200 * MILLISECOND_NS;
const PATIENCE_NS = { first: 5 * SECOND_NS, lost: 60 * SECOND_NS };

type Subscriber = {
  options: ConnectFeedOptions;
  encode: ReturnType<typeof createFeedEncoder>;
  connection: FramedConnection | undefined;
  hello: FeedHello | undefined;
  offset: ClockOffset;
  wantsTicks: boolean;
  /** Why the connection before this one ended. */
  lost: string | undefined;
  /** When patience ends; moves with each hello. */
  giveUpNs: Nanoseconds;
  isOver: boolean;
  timers: { ping: TimerHandle | undefined; retry: TimerHandle | undefined };
};

export function connectFeed(options: ConnectFeedOptions): FeedSubscription {
  const { first } = options.patienceNs ?? PATIENCE_NS;
  const subscriber: Subscriber = {
    ...{ options, encode: createFeedEncoder(), offset: createClockOffset() },
    ...{ connection: undefined, hello: undefined, lost: undefined },
    ...{ wantsTicks: false, isOver: false, giveUpNs: options.clock.nowNs() + first },
    timers: { ping: undefined, retry: undefined },
  };
  open(subscriber);
  return {
    subscribe() {
      subscriber.wantsTicks = true;
      if (subscriber.hello !== undefined) sendSubscribe(subscriber);
    },
    close: () => finish(subscriber, 'the subscriber is done'),
  };
}

function open(subscriber: Subscriber): void {
  const { options, encode } = subscriber;
  const { clock, timers, port, host = LOOPBACK_HOST } = options;
  const instruments = () => subscriber.hello?.instruments.length ?? 0;
  const socket = createConnection({ host, port });
  const connection = openFramedConnection<FromFeed>(socket, {
    ...{ clock, timers, silenceNs: SILENCE_NS },
    decode: (kind, fields) => readFromFeed(kind, fields, instruments()),
    onMessage: message => take(subscriber, message),
    onClosed: reason => onClosed(subscriber, reason),
  });
  subscriber.connection = connection;
  connection.send(encode({ kind: 'greet' }));
  pingLater(subscriber);
}

function pingLater(subscriber: Subscriber): void {
  const { clock, timers } = subscriber.options;
  subscriber.timers.ping = timers.at(clock.nowNs() + PING_NS, () => {
    sendTimed(subscriber, 'ping');
    pingLater(subscriber);
  });
}

/** The feed's clock may have stood still before it began: the answer sets ours. */
function sendSubscribe(subscriber: Subscriber): void {
  subscriber.offset = createClockOffset();
  sendTimed(subscriber, 'subscribe');
}

function sendTimed({ connection, encode, options }: Subscriber, kind: 'ping' | 'subscribe'): void {
  connection?.send(encode({ kind, sentNs: options.clock.nowNs() }));
}

function take(subscriber: Subscriber, message: FromFeed): void {
  const { options, offset, isOver } = subscriber;
  if (isOver) return;
  const nowNs = options.clock.nowNs();
  switch (message.kind) {
    case 'hello':
      onHello(subscriber, message);
      return;
    case 'pong':
      offset.note({ sentNs: message.sentNs, theirNs: message.nowNs, nowNs });
      options.onClockOffset?.(offset.leftNs());
      return;
    case 'batch':
      options.onBatch(message.ticks, Math.min(nowNs, offset.toOurs(message.injectedNs)));
      return;
    case 'finished':
      finish(subscriber, 'the feed is over');
      options.onEnd(undefined);
      return;
  }
}

function onHello(subscriber: Subscriber, { originNs, instruments, positionNs }: FeedHello): void {
  const { options, hello: held, lost } = subscriber;
  subscriber.lost = undefined;
  if (held === undefined) {
    subscriber.hello = { originNs, instruments, positionNs };
    options.onHello(subscriber.hello);
  } else {
    const difference =
      originNs === held.originNs
        ? instrumentsDifference(instruments, held.instruments)
        : `its origin is ${originNs}, not ${held.originNs}`;
    if (difference !== undefined) {
      const message = `feed ${address(options)}: another one than before: ${difference}`;
      giveUp(subscriber, new OutriderError('protocol', `${message}; start the run again`));
      return;
    }
    if (subscriber.wantsTicks) options.onGap(lost ?? 'the feed began anew');
  }
  if (subscriber.wantsTicks && !subscriber.isOver) sendSubscribe(subscriber);
}

function onClosed(subscriber: Subscriber, reason: string): void {
  const { options, timers, hello } = subscriber;
  if (subscriber.isOver) return;
  timers.ping?.cancel();
  subscriber.connection = undefined;
  const nowNs = options.clock.nowNs();
  if (subscriber.lost === undefined && hello !== undefined) {
    const { lost } = options.patienceNs ?? PATIENCE_NS;
    subscriber.giveUpNs = nowNs + lost;
    options.onProblem(`feed ${address(options)}: ${reason}; connecting again`);
  }
  subscriber.lost ??= reason;
  if (nowNs < subscriber.giveUpNs) {
    timers.retry = options.timers.at(nowNs + RETRY_NS, () => open(subscriber));
    return;
  }
  const remedy = 'check that `outrider venue` runs there';
  giveUp(
    subscriber,
    new OutriderError('network', `feed ${address(options)}: ${reason}; ${remedy}`),
  );
}

function giveUp(subscriber: Subscriber, error: OutriderError): void {
  invariant(!subscriber.isOver, 'a feed ends once');
  finish(subscriber, error.message);
  subscriber.options.onEnd(error);
}

function finish(subscriber: Subscriber, reason: string): void {
  const { timers, connection } = subscriber;
  subscriber.isOver = true;
  timers.ping?.cancel();
  timers.retry?.cancel();
  connection?.end(reason);
}

const address = ({ host = LOOPBACK_HOST, port }: ConnectFeedOptions) => `${host}:${port}`;
