/** A TCP forwarder that adds a labelled delay each way, and stalls or cuts when told to. */

import { createConnection, createServer, type Socket } from 'node:net';
import type { Clock, Timers } from '../clock.ts';
import type { Nanoseconds } from '../nanoseconds.ts';
import { createDelayLine, type DelayLine, type Parcel } from './delay-line.ts';
import { type ListenAddress, LOOPBACK_HOST, listenOn } from './listen.ts';
import { preciseTimers } from './precise-timers.ts';

/** `up` is towards the target. */
export type ForwardDirection = 'up' | 'down';

export type ForwarderOptions = {
  listen: ListenAddress;
  target: { host?: string; port: number };
  /** One-way delays. */
  delayNs: Readonly<Record<ForwardDirection, number>>;
  clock: Clock;
  timers: Timers;
  /** Runs a callback in the next turn of the event loop; setImmediate unless given. */
  nextTurn?: (callback: () => void) => void;
  /** Bytes of one connection and direction under way; beyond it nothing more is read (4 MiB). */
  bytesInFlightMax?: number;
  /** Connections at once; the system turns further ones away (64). */
  connectionsMax?: number;
  /** Told of each chunk handed on, and how much later than its delay asked. */
  onDelivered?: (direction: ForwardDirection, latenessNs: number) => void;
};

export type Forwarder = {
  readonly port: number;
  readonly connections: number;
  /** Hands nothing on for a while; what waits then leaves at once, in order. */
  stall(direction: ForwardDirection | 'both', durationNs: number): void;
  /** Ends every stall. */
  resume(): void;
  /** Cuts every connection on both sides, dropping what is under way. */
  closeAll(): void;
  /** Cuts the target's side of every connection; the other stays open and hears nothing more. */
  halfOpen(): void;
  /** Cuts everything and listens no more. */
  close(): Promise<void>;
};

type Connection = {
  near: Socket;
  far: Socket;
  lines: Record<ForwardDirection, DelayLine>;
  /** The near side is not to be told that the far one closes. */
  isSevered: boolean;
};

const BYTES_IN_FLIGHT_MAX = 4 * 1024 * 1024;
const CONNECTIONS_MAX = 64;
const DIRECTIONS = ['up', 'down'] as const;

/** Rejects with `network` naming host, port and remedy where it cannot listen. */
export async function startForwarder(options: ForwarderOptions): Promise<Forwarder> {
  const { clock, listen } = options;
  const connections = new Set<Connection>();
  const stalledUntilNs = { up: 0, down: 0 };

  const server = createServer({ allowHalfOpen: true }, near => {
    const connection = forward(near, options, () => connections.delete(connection));
    connections.add(connection);
    for (const direction of DIRECTIONS) {
      connection.lines[direction].stallUntil(stalledUntilNs[direction]);
    }
  });
  server.maxConnections = options.connectionsMax ?? CONNECTIONS_MAX;
  const port = await listenOn(server, listen);

  const stallUntil = (direction: ForwardDirection, timeNs: Nanoseconds) => {
    stalledUntilNs[direction] = timeNs;
    for (const { lines } of connections) lines[direction].stallUntil(timeNs);
  };
  const closeAll = () => {
    for (const { near, far } of connections) {
      near.destroy();
      far.destroy();
    }
  };
  return {
    port,
    get connections() {
      return connections.size;
    },
    stall(direction, durationNs) {
      const timeNs = clock.nowNs() + durationNs;
      for (const each of DIRECTIONS) {
        if (direction === 'both' || direction === each) stallUntil(each, timeNs);
      }
    },
    resume() {
      for (const direction of DIRECTIONS) stallUntil(direction, clock.nowNs());
    },
    closeAll,
    halfOpen() {
      for (const connection of connections) {
        connection.isSevered = true;
        connection.lines.down.close();
        connection.far.destroy();
      }
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        closeAll();
      }),
  };
}

/** Joins an accepted socket to one of its own towards the target. */
function forward(near: Socket, options: ForwarderOptions, onClosed: () => void): Connection {
  const { host = LOOPBACK_HOST, port } = options.target;
  const far = createConnection({ host, port, allowHalfOpen: true });
  const connection: Connection = {
    ...{ near, far, isSevered: false },
    lines: {
      up: createPipe({ direction: 'up', source: near, sink: far }, options),
      down: createPipe({ direction: 'down', source: far, sink: near }, options),
    },
  };
  const { up, down } = connection.lines;
  let open = 2;
  far.on('close', () => {
    if (connection.isSevered) up.close();
    else down.push('cut');
    if (--open === 0) onClosed();
  });
  near.on('end', () => {
    if (connection.isSevered) near.destroy();
  });
  near.on('close', () => {
    connection.isSevered = true;
    down.close();
    if (far.destroyed) up.close();
    else up.push('cut');
    if (--open === 0) onClosed();
  });
  return connection;
}

function createPipe(
  { direction, source, sink }: { direction: ForwardDirection; source: Socket; sink: Socket },
  options: ForwarderOptions,
): DelayLine {
  const { clock, delayNs, nextTurn = setImmediate, onDelivered } = options;
  const bytesMax = options.bytesInFlightMax ?? BYTES_IN_FLIGHT_MAX;
  const bytesInFlight = () => line.waitingBytes + sink.writableLength;
  const makeRoom = () => {
    if (source.isPaused() && bytesInFlight() <= bytesMax / 2) source.resume();
  };
  const line = createDelayLine({
    ...{ delayNs: delayNs[direction], clock },
    timers: preciseTimers({ clock, timers: options.timers, nextTurn }),
    deliver(parcel, latenessNs) {
      deliver(sink, parcel);
      onDelivered?.(direction, latenessNs);
      makeRoom();
    },
  });
  source.setNoDelay(true);
  // A reset closes as well, and the close is what is passed on.
  source.on('error', () => {});
  source.on('data', chunk => {
    line.push(chunk);
    if (bytesInFlight() > bytesMax) source.pause();
  });
  source.on('end', () => line.push('end'));
  sink.on('drain', makeRoom);
  return line;
}

function deliver(sink: Socket, parcel: Parcel): void {
  if (sink.destroyed) return;
  if (parcel === 'end') sink.end();
  else if (parcel === 'cut') sink.destroySoon();
  else sink.write(parcel);
}
