/** An edge's link to a gateway of another process: it connects, and again after each loss. */
import { createConnection } from 'node:net';
import {
  type Clock,
  type FramedConnection,
  LOOPBACK_HOST,
  type Nanoseconds,
  openFramedConnection,
  type TimerHandle,
  type Timers,
} from '#engine';
import type { Instrument, Tick } from '#market';
import type { MarketQuote } from '../execution/market-quote.ts';
import type { Signal } from '../signal.ts';
import {
  createLinkEncoder,
  type EdgeMember,
  type FromGateway,
  type LinkEncoder,
  readFromGateway,
} from './protocol.ts';
import { type QuoteFeed, quoteFeed } from './quote-feed.ts';
import { EDGE_LOST_NS, PING_NS, RETRY_NS, TURN_NS } from './settings.ts';

export type ConnectGatewayOptions = {
  /** Loopback unless given. */
  host?: string | undefined;
  port: number;
  /** Of the gateway's other node, where it is one of a pair: whichever trades is connected to. */
  other?: { host?: string | undefined; port: number } | undefined;
  instruments: Instrument[];
  /** For which it decides; the gateway's only one where it is left out. */
  strategy?: string | undefined;
  /** Of edges that decide for it together, each for some instruments; absent for one alone. */
  group?: EdgeMember | undefined;
  /** The clock of the signals. */
  clock: Clock;
  timers: Timers;
  /** The strategy's in each instrument when the link is up, then each change. */
  onPosition(instrument: number, positionLots: number): void;
  /** Told of each loss, and of each new reason why the link stays down. */
  onProblem(text: string): void;
};

export type GatewayLink = {
  readonly state: 'up' | 'down';
  /**
   * Never waits. While the link is down the latest signal of each instrument is kept; it goes when
   * the link is up again, with its age: the gateway's risk check refuses what is too old by then.
   */
  send(signal: Signal, ticks?: number): void;
  /** Others of the group have its instruments by now: their orders stay. */
  bye(): void;
  /** Of each instant; what the gateway has asked for goes, while the link is up. */
  onTicks(ticks: readonly Tick[], injectedNs: Nanoseconds): void;
  /** Nothing is called afterwards. */
  close(): void;
};

type Link = {
  options: ConnectGatewayOptions;
  encode: LinkEncoder;
  connection: FramedConnection | undefined;
  quotes: QuoteFeed;
  isUp: boolean;
  /** Connections tried; the nodes of a pair take turns. */
  tries: number;
  /** By instrument. */
  latest: Map<number, { signal: Signal; ticks: number | undefined }>;
  /** Of each address, since it was up. */
  lastReasons: Map<string, string>;
  isClosed: boolean;
  ping: TimerHandle | undefined;
  retry: TimerHandle | undefined;
};

export function connectGateway(options: ConnectGatewayOptions): GatewayLink {
  const { clock, timers } = options;
  const send = (quote: MarketQuote) => sendQuote(link, quote);
  const link: Link = {
    ...{ options, encode: createLinkEncoder(), connection: undefined, isUp: false },
    quotes: quoteFeed({ clock, timers, send }),
    ...{ latest: new Map(), lastReasons: new Map(), isClosed: false, tries: 0 },
    ...{ ping: undefined, retry: undefined },
  };
  open(link);
  return {
    get state() {
      return link.isUp ? 'up' : 'down';
    },
    send(signal, ticks) {
      link.latest.set(signal.instrument, { signal, ticks });
      if (link.isUp) sendSignal(link, signal, ticks);
    },
    bye() {
      link.latest.clear();
      if (link.isUp) link.connection?.send(link.encode({ kind: 'bye' }));
    },
    onTicks(ticks, injectedNs) {
      if (link.isUp) link.quotes.onTicks(ticks, injectedNs);
    },
    close() {
      link.isClosed = true;
      link.quotes.close();
      link.isUp = false;
      link.ping?.cancel();
      link.retry?.cancel();
      link.connection?.end('the edge is done');
    },
  };
}

function open(link: Link): void {
  const { options, encode } = link;
  const { clock, timers, instruments, strategy = '', group } = options;
  const { host, port } = addressOf(link);
  const connection = openFramedConnection<FromGateway>(createConnection({ host, port }), {
    ...{ clock, timers, silenceNs: EDGE_LOST_NS },
    decode: (kind, fields) => readFromGateway(kind, fields, { instruments: instruments.length }),
    onMessage: message => take(link, message),
    onClosed: reason => onClosed(link, `gateway ${host}:${port}`, reason),
  });
  link.connection = connection;
  connection.send(encode({ kind: 'hello', strategy, instruments, group }));
  pingLater(link);
}

/** Whose turn it is. */
function addressOf({ options, tries }: Link): { host: string; port: number } {
  const { other = options } = options;
  const { host = LOOPBACK_HOST, port } = tries % 2 === 0 ? options : other;
  return { host, port };
}

function pingLater(link: Link): void {
  const { clock, timers } = link.options;
  link.ping = timers.at(clock.nowNs() + PING_NS, () => {
    if (link.isUp) link.connection?.send(link.encode({ kind: 'ping' }));
    pingLater(link);
  });
}

function sendSignal(link: Link, signal: Signal, ticks: number | undefined): void {
  const { connection, encode, options } = link;
  connection?.send(encode({ kind: 'signal', signal, ticks }, options.clock.nowNs()));
}

function sendQuote({ connection, encode, options }: Link, quote: MarketQuote): void {
  connection?.send(encode({ kind: 'quote', quote }, options.clock.nowNs()));
}

function take(link: Link, message: FromGateway): void {
  if (link.isClosed) return;
  switch (message.kind) {
    case 'welcome':
      link.isUp = true;
      link.lastReasons.clear();
      for (const { signal, ticks } of link.latest.values()) sendSignal(link, signal, ticks);
      return;
    case 'quotes-wanted':
      link.quotes.subscribe(message.intervalsNs);
      return;
    case 'position':
      link.options.onPosition(message.instrument, message.positionLots);
      return;
    case 'pong':
      return;
  }
}

function onClosed(link: Link, gateway: string, reason: string): void {
  if (link.isClosed) return;
  const { clock, timers, onProblem, other } = link.options;
  link.ping?.cancel();
  link.isUp = false;
  link.quotes.subscribe([]);
  link.connection = undefined;
  link.tries++;
  const afterNs = other === undefined ? RETRY_NS : TURN_NS;
  link.retry = timers.at(clock.nowNs() + afterNs, () => open(link));
  if (reason === link.lastReasons.get(gateway)) return;
  link.lastReasons.set(gateway, reason);
  onProblem(`${gateway}: ${reason}; trying again`);
}
