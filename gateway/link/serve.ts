/** The gateway's door for edges of other processes: none that stays silent, a group as one. */
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
import {
  expectedPlace,
  hasRoom,
  isNew,
  type Place,
  removeSeat,
  type Seat,
  sit,
  unownedOf,
} from './seats.ts';
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
  /** One was dropped: another edge of the group had decided on as late a tick, or a later one. */
  onRepeated?(signal: Signal): void;
  /** Likewise; of one of the edges that are here, so that none comes twice. */
  onQuote(quote: MarketQuote): void;
  /**
   * Called once for each loss of a strategy's edge, or of one of its group: EDGE_LOST_NS after its
   * last word, or after the start. With others of its group here it says which instruments none
   * of them has.
   */
  onEdgeLost(strategy: number, instruments?: readonly number[]): void;
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
  /** Tells the strategy's edges that are here what is held. */
  sendPosition(strategy: number, instrument: number, positionLots: number): void;
  /** Edges are expected from now on: one that does not come in time is lost. */
  expectEdges(): void;
  close(): Promise<void>;
};

/** Of groups, and some to be told that a place is taken; the system turns others away. */
const FURTHER_CONNECTIONS_MAX = 63;
/** Looks are counted rather than time: a stall of this process is no silence of the edge. */
const LOOKS = 4;

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
    places: strategies.map((_, strategy) => expectedPlace(strategy)),
    ...{ here: [], quoteIntervalsNs: [], look: undefined },
  };
  const server = createServer(socket => take(door, socket));
  server.maxConnections = strategies.length + FURTHER_CONNECTIONS_MAX;
  const port = await listenOn(server, options);
  lookLater(door);
  return {
    port,
    sendPosition(strategy, instrument, positionLots) {
      for (const { connection } of door.places[strategy]!.seats) {
        connection?.send(door.encode({ kind: 'position', instrument, positionLots }));
      }
    },
    expectEdges() {
      for (const { seats } of door.places) for (const seat of seats) seat.quietLooks = 0;
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
  let taken: { place: Place; seat: Seat } | undefined;
  const isHere = () => taken?.seat.connection === connection;
  const connection: FramedConnection = openFramedConnection<FromEdge>(socket, {
    ...{ clock, timers, silenceNs: EDGE_LOST_NS },
    decode(kind, fields) {
      const instruments = isHere() ? taken!.seat.instruments : 0;
      return readFromEdge(kind, fields, { instruments, nowNs: clock.nowNs() });
    },
    onMessage(message) {
      if (message.kind === 'hello') taken = greet(door, connection, message) ?? taken;
      else if (isHere()) answer(door, taken!, message);
      else connection.end(`${message.kind} came before hello; begin with hello`);
    },
    onClosed(reason) {
      door.connections.delete(connection);
      if (isHere()) leave(door, taken!.place, taken!.seat);
      onDisconnected(reason);
    },
  });
  door.connections.add(connection);
}

function answer(
  door: Door,
  { place, seat }: { place: Place; seat: Seat },
  message: Exclude<FromEdge, { kind: 'hello' }>,
): void {
  const { options, encode } = door;
  const { strategy } = place;
  seat.quietLooks = 0;
  switch (message.kind) {
    case 'signal': {
      const signal = { ...message.signal, strategy };
      if (isNew(place, seat.member, { ...signal, ticks: message.ticks })) options.onSignal(signal);
      else options.onRepeated?.(signal);
      return;
    }
    case 'quote':
      place.owners.set(message.quote.instrument, seat.member);
      // One that was on its way when another edge had its turn is another's by now.
      if (door.here[0] === place) options.onQuote(message.quote);
      return;
    case 'ping':
      seat.connection?.send(encode({ kind: 'pong' }));
      return;
    case 'bye':
      leave(door, place, seat);
      if (place.seats.length > 1) removeSeat(place, seat);
      return;
  }
}

/** The seat that the edge has from now on; none where it is refused. */
function greet(
  door: Door,
  connection: FramedConnection,
  { strategy: name, instruments, group }: FromEdge & { kind: 'hello' },
): { place: Place; seat: Seat } | undefined {
  const { options, encode, places } = door;
  try {
    const strategy = strategyNamed(options.strategies, name);
    const place = places[strategy]!;
    if (!hasRoom(place, group)) throw taken(options.strategies[strategy]!);
    const { positions, quoteIntervalsNs } = options.onEdge(instruments, strategy);
    const seat = sit(place, { connection, group, instruments: instruments.length });
    door.quoteIntervalsNs = quoteIntervalsNs;
    connection.send(encode({ kind: 'welcome' }));
    for (const [instrument, positionLots] of positions.entries()) {
      connection.send(encode({ kind: 'position', instrument, positionLots }));
    }
    if (!door.here.includes(place)) door.here.push(place);
    if (door.here[0] === place) subscribe(door, seat);
    return { place, seat };
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

/** The edges of the earliest strategy give the quotes, each of its own instruments. */
function subscribe({ encode, quoteIntervalsNs }: Door, { connection }: Seat): void {
  connection?.send(encode({ kind: 'quotes-wanted', intervalsNs: quoteIntervalsNs }));
}

function leave(door: Door, place: Place, seat: Seat): void {
  seat.connection = undefined;
  if (place.seats.some(({ connection }) => connection !== undefined)) return;
  const at = door.here.indexOf(place);
  door.here.splice(at, 1);
  if (at === 0) for (const other of door.here[0]?.seats ?? []) subscribe(door, other);
}

function lookLater(door: Door): void {
  const { clock, timers } = door.options;
  door.look = timers.at(clock.nowNs() + EDGE_LOST_NS / LOOKS, () => {
    lookLater(door);
    for (const place of door.places) {
      for (const seat of [...place.seats]) {
        if (++seat.quietLooks === LOOKS + 1) lose(door, place, seat);
      }
    }
  });
}

function lose(door: Door, place: Place, seat: Seat): void {
  const { connection } = seat;
  if (connection !== undefined) leave(door, place, seat);
  connection?.end('the edge was not heard in time');
  if (place.seats.length === 1) {
    door.options.onEdgeLost(place.strategy);
    return;
  }
  removeSeat(place, seat);
  door.options.onEdgeLost(place.strategy, unownedOf(place, seat));
}
