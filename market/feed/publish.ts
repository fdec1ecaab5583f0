/** A feed as a server: whoever subscribes gets every tick from then on. */
import { createServer, type Socket } from 'node:net';
import {
  type Clock,
  type FramedConnection,
  type ListenAddress,
  listenOn,
  MILLISECOND_NS,
  type Nanoseconds,
  openFramedConnection,
  type Timers,
} from '#engine';
import type { Tick } from '../tick.ts';
import {
  BATCH_TICKS_MAX,
  createFeedEncoder,
  type FeedHello,
  type FromSubscriber,
  readFromSubscriber,
} from './protocol.ts';

export type PublishFeedOptions = ListenAddress &
  Omit<FeedHello, 'positionNs'> & {
    /** The feed's clock: where it stands now. */
    positionNs(): Nanoseconds;
    /** This process's own, for waits. */
    clock: Clock;
    timers: Timers;
    /** Told of each subscriber, before it gets anything. */
    onSubscribed(): void;
    /** Told of each connection that ended, and why. */
    onGone(reason: string): void;
    /** Bytes a subscriber may leave unread before it is cut. Default 4 MiB. */
    unsentBytesMax?: number;
  };

export type FeedPublisher = {
  readonly port: number;
  readonly subscribers: number;
  /** `injectedNs`: when the latest of them was due, on the feed's clock. */
  publish(ticks: readonly Tick[], injectedNs: Nanoseconds): void;
  /** Tells everyone, and whoever comes later, that no more ticks come. */
  finish(): void;
  close(): Promise<void>;
};

/** Subscribers and those who only greeted; the system turns further ones away. */
const CONNECTIONS_MAX = 64;
/** Subscribers ping every 500 ms: see subscribe.ts. */
const SILENCE_NS = 2_000 * MILLISECOND_NS;

type Feed = {
  options: PublishFeedOptions;
  encode: ReturnType<typeof createFeedEncoder>;
  connections: Set<FramedConnection>;
  subscribers: Set<FramedConnection>;
  isFinished: boolean;
};

/** Rejects with `network` naming host, port and remedy where it cannot listen. */
export async function publishFeed(options: PublishFeedOptions): Promise<FeedPublisher> {
  const feed: Feed = {
    ...{ options, encode: createFeedEncoder(), isFinished: false },
    ...{ connections: new Set(), subscribers: new Set() },
  };
  const server = createServer(socket => take(feed, socket));
  server.maxConnections = CONNECTIONS_MAX;
  const port = await listenOn(server, options);
  const sendAll = (frame: Uint8Array) => {
    for (const subscriber of feed.subscribers) subscriber.send(frame);
  };
  return {
    port,
    get subscribers() {
      return feed.subscribers.size;
    },
    publish(ticks, injectedNs) {
      for (let at = 0; at < ticks.length; at += BATCH_TICKS_MAX) {
        const part = ticks.slice(at, at + BATCH_TICKS_MAX);
        sendAll(feed.encode({ kind: 'batch', injectedNs, ticks: part }));
      }
    },
    finish() {
      feed.isFinished = true;
      sendAll(feed.encode({ kind: 'finished' }));
    },
    close() {
      for (const connection of feed.connections) connection.end('the feed is shutting down');
      return new Promise(resolve => void server.close(() => resolve()));
    },
  };
}

function take(feed: Feed, socket: Socket): void {
  const { clock, timers, unsentBytesMax, onGone } = feed.options;
  const connection: FramedConnection = openFramedConnection(socket, {
    ...{ clock, timers, unsentBytesMax, silenceNs: SILENCE_NS },
    decode: readFromSubscriber,
    onMessage: message => answer(feed, connection, message),
    onClosed(reason) {
      feed.connections.delete(connection);
      feed.subscribers.delete(connection);
      onGone(reason);
    },
  });
  feed.connections.add(connection);
}

function answer(feed: Feed, connection: FramedConnection, message: FromSubscriber): void {
  const { encode, subscribers, isFinished, options } = feed;
  const { originNs, instruments } = options;
  switch (message.kind) {
    case 'greet': {
      const positionNs = options.positionNs();
      connection.send(encode({ kind: 'hello', originNs, instruments, positionNs }));
      return;
    }
    case 'subscribe':
      options.onSubscribed();
      subscribers.add(connection);
      sendPong(feed, connection, message.sentNs);
      if (isFinished) connection.send(encode({ kind: 'finished' }));
      return;
    case 'ping':
      sendPong(feed, connection, message.sentNs);
      return;
  }
}

function sendPong({ encode, options }: Feed, connection: FramedConnection, sentNs: Nanoseconds) {
  connection.send(encode({ kind: 'pong', sentNs, nowNs: options.positionNs() }));
}
