/** The gateway's door for edges of other processes: one at a time, and none that stays silent. */
import { createServer, type Socket } from 'node:net';
import {
  type Clock,
  type FramedConnection,
  type ListenAddress,
  listenOn,
  type Nanoseconds,
  OutriderError,
  openFramedConnection,
  type TimerHandle,
  type Timers,
} from '#engine';
import type { Instrument } from '#market';
import type { MarketQuote } from '../execution/market-quote.ts';
import type { Signal } from '../signal.ts';
import { createLinkEncoder, type FromEdge, type LinkEncoder, readFromEdge } from './protocol.ts';
import { EDGE_LOST_NS } from './settings.ts';

export type ServeEdgesOptions = ListenAddress & {
  clock: Clock;
  timers: Timers;
  /**
   * An edge with these instruments is here; gives the position of each, and how often its quotes
   * are wanted (see `quoteIntervals`). An OutriderError thrown here refuses it, with its message.
   */
  onEdge(instruments: Instrument[]): EdgeWelcome;
  /** Its times are on this process's clock: see protocol.ts. */
  onSignal(signal: Signal): void;
  /** Likewise. */
  onQuote(quote: MarketQuote): void;
  /** Called once for each loss: EDGE_LOST_NS after the last word of an edge, or after the start. */
  onEdgeLost(): void;
  /** Told of every connection that ended, and why. */
  onDisconnected(reason: string): void;
};

/** Both by instrument. */
export type EdgeWelcome = {
  positions: readonly number[];
  quoteIntervalsNs: readonly Nanoseconds[];
};

export type EdgeDoor = {
  readonly port: number;
  /** Tells the edge that is here what is held. */
  sendPosition(instrument: number, positionLots: number): void;
  /** An edge is expected from now on: one that does not come in time is lost. */
  expectEdge(): void;
  close(): Promise<void>;
};

/** One that works, and some to be told that there is one; the system turns further ones away. */
const CONNECTIONS_MAX = 8;
/** Looks are counted rather than time: a stall of this process is no silence of the edge. */
const LOOKS = 4;

type Door = {
  options: ServeEdgesOptions;
  encode: LinkEncoder;
  connections: Set<FramedConnection>;
  /** The edge that is here. */
  edge: FramedConnection | undefined;
  instruments: number;
  /** Looks since the last word of the edge; the one after LOOKS finds it lost. */
  quietLooks: number;
  look: TimerHandle | undefined;
};

/** Rejects with `network` naming host, port and remedy where it cannot listen. */
export async function serveEdges(options: ServeEdgesOptions): Promise<EdgeDoor> {
  const door: Door = {
    ...{ options, encode: createLinkEncoder(), connections: new Set(), edge: undefined },
    ...{ instruments: 0, quietLooks: 0, look: undefined },
  };
  const server = createServer(socket => take(door, socket));
  server.maxConnections = CONNECTIONS_MAX;
  const port = await listenOn(server, options);
  lookLater(door);
  return {
    port,
    sendPosition(instrument, positionLots) {
      door.edge?.send(door.encode({ kind: 'position', instrument, positionLots }));
    },
    expectEdge() {
      door.quietLooks = 0;
    },
    close() {
      door.look?.cancel();
      for (const connection of door.connections) connection.end('the gateway is shutting down');
      return new Promise(resolve => void server.close(() => resolve()));
    },
  };
}

function take(door: Door, socket: Socket): void {
  const { clock, timers, onDisconnected } = door.options;
  const connection: FramedConnection = openFramedConnection<FromEdge>(socket, {
    ...{ clock, timers, silenceNs: EDGE_LOST_NS },
    decode(kind, fields) {
      const instruments = door.edge === connection ? door.instruments : 0;
      return readFromEdge(kind, fields, { instruments, nowNs: clock.nowNs() });
    },
    onMessage: message => answer(door, connection, message),
    onClosed(reason) {
      door.connections.delete(connection);
      if (door.edge === connection) door.edge = undefined;
      onDisconnected(reason);
    },
  });
  door.connections.add(connection);
}

function answer(door: Door, connection: FramedConnection, message: FromEdge): void {
  if (message.kind === 'hello') {
    greet(door, connection, message.instruments);
    return;
  }
  if (door.edge !== connection) {
    connection.end(`${message.kind} came before hello; begin with hello`);
    return;
  }
  door.quietLooks = 0;
  switch (message.kind) {
    case 'signal':
      door.options.onSignal(message.signal);
      return;
    case 'quote':
      door.options.onQuote(message.quote);
      return;
    case 'ping':
      connection.send(door.encode({ kind: 'pong' }));
      return;
  }
}

function greet(door: Door, connection: FramedConnection, instruments: Instrument[]): void {
  const { options, encode } = door;
  if (door.edge !== undefined) {
    connection.end('another edge is connected; a gateway serves one: stop the other, or wait');
    return;
  }
  let welcome: EdgeWelcome;
  try {
    welcome = options.onEdge(instruments);
  } catch (error) {
    if (!(error instanceof OutriderError)) throw error;
    connection.end(error.message);
    return;
  }
  door.edge = connection;
  door.instruments = instruments.length;
  door.quietLooks = 0;
  const { positions, quoteIntervalsNs } = welcome;
  connection.send(encode({ kind: 'welcome', quoteIntervalsNs }));
  for (const [instrument, positionLots] of positions.entries()) {
    connection.send(encode({ kind: 'position', instrument, positionLots }));
  }
}

function lookLater(door: Door): void {
  const { clock, timers, onEdgeLost } = door.options;
  door.look = timers.at(clock.nowNs() + EDGE_LOST_NS / LOOKS, () => {
    lookLater(door);
    if (++door.quietLooks !== LOOKS + 1) return;
    const { edge } = door;
    door.edge = undefined;
    edge?.end('the edge was not heard in time');
    onEdgeLost();
  });
}
