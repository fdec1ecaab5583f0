/** The gateway's door for edges of other processes: one a strategy, and none that stays silent. */
import { createServer, type Socket } from 'node:net';
import {
  type Clock,
  type FramedConnection,
  invariant,
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
import { strategyNamed } from './strategy-named.ts';

export type ServeEdgesOptions = ListenAddress & {
  clock: Clock;
  timers: Timers;
  /** Names by index; an edge says for which it decides. */
  strategies: readonly string[];
  /**
   * An edge with these instruments is here for the strategy; gives the position of each, and how
   * often quotes are wanted (see `quoteIntervals`). An OutriderError thrown here refuses it, with
   * its message.
   */
  onEdge(instruments: Instrument[], strategy: number): EdgeWelcome;
  /** Its times are on this process's clock: see protocol.ts. */
  onSignal(signal: Signal): void;
  /** Likewise; of one of the edges that are here, so that none comes twice. */
  onQuote(quote: MarketQuote): void;
  /**
   * Called once for each loss of a strategy's edge: EDGE_LOST_NS after its last word, or after the
   * start.
   */
  onEdgeLost(strategy: number): void;
  /** Told of every connection that ended, and why. */
  onDisconnected(reason: string): void;
};

/** Both by instrument; positions are the strategy's, quotes are wanted for all of them. */
export type EdgeWelcome = {
  positions: readonly number[];
  quoteIntervalsNs: readonly Nanoseconds[];
};

export type EdgeDoor = {
  readonly port: number;
  /** Tells the strategy's edge, if it is here, what is held. */
  sendPosition(strategy: number, instrument: number, positionLots: number): void;
  /** Edges are expected from now on: one that does not come in time is lost. */
  expectEdges(): void;
  close(): Promise<void>;
};

/** Some beside those that work, to be told that theirs is taken; the system turns others away. */
const FURTHER_CONNECTIONS_MAX = 7;
/** Looks are counted rather than time: a stall of this process is no silence of the edge. */
const LOOKS = 4;

/** Of one strategy. */
type Place = {
  readonly strategy: number;
  /** The edge that is here. */
  edge: FramedConnection | undefined;
  instruments: number;
  /** Looks since the last word of the edge; the one after LOOKS finds it lost. */
  quietLooks: number;
};

type Door = {
  options: ServeEdgesOptions;
  encode: LinkEncoder;
  connections: Set<FramedConnection>;
  places: readonly Place[];
  /** Those with an edge, the earliest first: it gives the quotes that all need. */
  here: Place[];
  quoteIntervalsNs: readonly Nanoseconds[];
  look: TimerHandle | undefined;
};

/** Rejects with `network` naming host, port and remedy where it cannot listen. */
export async function serveEdges(options: ServeEdgesOptions): Promise<EdgeDoor> {
  const { strategies } = options;
  invariant(strategies.length > 0, 'a gateway has a strategy');
  const door: Door = {
    ...{ options, encode: createLinkEncoder(), connections: new Set() },
    places: strategies.map((_, strategy) => ({
      ...{ strategy, edge: undefined, instruments: 0, quietLooks: 0 },
    })),
    ...{ here: [], quoteIntervalsNs: [], look: undefined },
  };
  const server = createServer(socket => take(door, socket));
  server.maxConnections = strategies.length + FURTHER_CONNECTIONS_MAX;
  const port = await listenOn(server, options);
  lookLater(door);
  return {
    port,
    sendPosition(strategy, instrument, positionLots) {
      const { edge } = door.places[strategy]!;
      edge?.send(door.encode({ kind: 'position', instrument, positionLots }));
    },
    expectEdges() {
      for (const place of door.places) place.quietLooks = 0;
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
  let place: Place | undefined;
  const isHere = () => place?.edge === connection;
  const connection: FramedConnection = openFramedConnection<FromEdge>(socket, {
    ...{ clock, timers, silenceNs: EDGE_LOST_NS },
    decode(kind, fields) {
      const instruments = isHere() ? place!.instruments : 0;
      return readFromEdge(kind, fields, { instruments, nowNs: clock.nowNs() });
    },
    onMessage(message) {
      if (message.kind === 'hello') place = greet(door, connection, message) ?? place;
      else if (isHere()) answer(door, place!, message);
      else connection.end(`${message.kind} came before hello; begin with hello`);
    },
    onClosed(reason) {
      door.connections.delete(connection);
      if (isHere()) leave(door, place!);
      onDisconnected(reason);
    },
  });
  door.connections.add(connection);
}

function answer(door: Door, place: Place, message: Exclude<FromEdge, { kind: 'hello' }>): void {
  const { options, encode } = door;
  const { strategy } = place;
  place.quietLooks = 0;
  switch (message.kind) {
    case 'signal':
      options.onSignal({ ...message.signal, strategy });
      return;
    case 'quote':
      // One that was on its way when another edge had its turn is another's by now.
      if (door.here[0] === place) options.onQuote(message.quote);
      return;
    case 'ping':
      place.edge?.send(encode({ kind: 'pong' }));
      return;
  }
}

/** The place that the edge has from now on; none where it is refused. */
function greet(
  door: Door,
  connection: FramedConnection,
  { strategy: name, instruments }: FromEdge & { kind: 'hello' },
): Place | undefined {
  const { options, encode, places, here } = door;
  try {
    const strategy = strategyNamed(options.strategies, name);
    const place = places[strategy]!;
    if (place.edge !== undefined) throw taken(options.strategies[strategy]!);
    const { positions, quoteIntervalsNs } = options.onEdge(instruments, strategy);
    place.edge = connection;
    place.instruments = instruments.length;
    place.quietLooks = 0;
    door.quoteIntervalsNs = quoteIntervalsNs;
    connection.send(encode({ kind: 'welcome' }));
    for (const [instrument, positionLots] of positions.entries()) {
      connection.send(encode({ kind: 'position', instrument, positionLots }));
    }
    here.push(place);
    if (here.length === 1) subscribe(door);
    return place;
  } catch (error) {
    if (!(error instanceof OutriderError)) throw error;
    connection.end(error.message);
    return undefined;
  }
}

const taken = (strategy: string) =>
  new OutriderError(
    'protocol',
    `another edge is connected for strategy ${strategy}; stop it, wait, or decide for another`,
  );

/** The earliest edge gives the quotes. */
function subscribe({ here, encode, quoteIntervalsNs }: Door): void {
  here[0]?.edge?.send(encode({ kind: 'quotes-wanted', intervalsNs: quoteIntervalsNs }));
}

function leave(door: Door, place: Place): void {
  place.edge = undefined;
  const at = door.here.indexOf(place);
  door.here.splice(at, 1);
  if (at === 0) subscribe(door);
}

function lookLater(door: Door): void {
  const { clock, timers, onEdgeLost } = door.options;
  door.look = timers.at(clock.nowNs() + EDGE_LOST_NS / LOOKS, () => {
    lookLater(door);
    for (const place of door.places) {
      if (++place.quietLooks !== LOOKS + 1) continue;
      const { edge } = place;
      if (edge !== undefined) leave(door, place);
      edge?.end('the edge was not heard in time');
      onEdgeLost(place.strategy);
    }
  });
}
