/** The verifier as a server: edges connect over TCP, agree on terms, and ask. */

import { createServer, type Socket } from 'node:net';
import { type Clock, type ListenAddress, listenOn, type Timers, wallTimers } from '#engine';
import type { VerifierTerms } from './protocol/speculation.ts';
import type { VerifierDescription } from './protocol/welcome.ts';
import { tcpWire } from './protocol/wire.ts';
import { createSchedule, type ScheduleCounters } from './schedule/schedule.ts';
import type { Verify } from './schedule/verify.ts';
import { createServerCounters, type ServerCounters } from './server/counters.ts';
import { type EdgeConnection, openEdgeConnection } from './server/edge-connection.ts';
import { SERVER_LIMITS, type ServerLimits } from './server/limits.ts';

export type ServeVerifierOptions = ListenAddress & {
  /**
   * Opens what one edge asks of, once its terms are agreed. An OutriderError thrown here refuses
   * the edge for good (code `limit`: until it tries again), with its message.
   */
  createSession(terms: VerifierTerms): Verify;
  describe: VerifierDescription;
  clock: Clock;
  /** The event loop's timers unless given. */
  timers?: Timers;
  limits?: Partial<ServerLimits>;
  /** Runs a callback in the next turn of the event loop; setImmediate unless given. */
  nextTurn?: (callback: () => void) => void;
  /** Told of every connection that ended, and why. */
  onDisconnected?: (reason: string) => void;
};

export type VerifierServer = {
  readonly port: number;
  counters(): ServerCounters & ScheduleCounters & { connectionsOpen: number; waiting: number };
  /** Says goodbye to every edge; resolves when all connections are closed. */
  close(): Promise<void>;
};

/** Rejects with `network` naming host, port and remedy where it cannot listen. */
export async function serveVerifier(options: ServeVerifierOptions): Promise<VerifierServer> {
  const { clock, timers = wallTimers(clock), nextTurn = setImmediate, createSession } = options;
  const limits = { ...SERVER_LIMITS, ...options.limits };
  const schedule = createSchedule({ limits, clock, nextTurn });
  const counters = createServerCounters();
  const connections = new Set<EdgeConnection>();
  let onDrained = () => {};

  const take = (socket: Socket) => {
    const { unsentBytesMax, connectionsMax } = limits;
    const connection = openEdgeConnection({
      ...{ createSession, description: options.describe, schedule, limits, counters },
      ...{ clock, timers, hasRoom: connections.size < connectionsMax },
      openWire: events => tcpWire(socket, { events, unsentBytesMax, clock, timers }),
      onClosed(reason) {
        connections.delete(connection);
        if (connections.size === 0) onDrained();
        options.onDisconnected?.(reason);
      },
    });
    connections.add(connection);
  };

  const server = createServer(take);
  // Those beyond connectionsMax are told why; beyond twice that the system turns them away.
  server.maxConnections = 2 * limits.connectionsMax;
  const port = await listenOn(server, options);
  return {
    port,
    counters: () => ({
      ...{ ...counters, ...schedule.counters },
      ...{ connectionsOpen: connections.size, waiting: schedule.waiting },
    }),
    async close() {
      const stopped = new Promise<void>(resolve => server.close(() => resolve()));
      const drained = new Promise<void>(resolve => {
        onDrained = resolve;
        if (connections.size === 0) resolve();
      });
      for (const connection of connections) connection.close('the verifier is shutting down');
      await Promise.all([stopped, drained]);
    },
  };
}
