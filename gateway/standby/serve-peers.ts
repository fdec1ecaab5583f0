/** A node's door for its standby, and for operators who ask or promote. */
import { createServer } from 'node:net';
import {
  type Clock,
  type FramedConnection,
  type ListenAddress,
  listenOn,
  type Nanoseconds,
  openFramedConnection,
  type Timers,
} from '#engine';
import {
  createPeerEncoder,
  type FromPrimary,
  readToPrimary,
  type ToPrimary,
} from './peer-messages.ts';
import type { PeerHandler, PeerLink } from './replication.ts';

export type ServePeersOptions = ListenAddress & {
  leaseNs: Nanoseconds;
  clock: Clock;
  timers: Timers;
  accept(link: PeerLink<FromPrimary>): PeerHandler<ToPrimary>;
  /** Told of connections that ended, and why: once of each reason in a row. */
  onDisconnected(reason: string): void;
};

export type PeerDoor = { readonly port: number; close(): Promise<void> };

const CONNECTIONS_MAX = 8;

/** Rejects with `network` naming host, port and remedy where it cannot listen. */
export async function servePeers(options: ServePeersOptions): Promise<PeerDoor> {
  const { clock, timers, leaseNs, accept, onDisconnected } = options;
  const encode = createPeerEncoder();
  const connections = new Set<FramedConnection>();
  let lastReason = '';
  const server = createServer(socket => {
    const connection = openFramedConnection<ToPrimary>(socket, {
      ...{ clock, timers, silenceNs: leaseNs, decode: readToPrimary },
      onMessage: message => handler.onMessage(message),
      onClosed(reason) {
        connections.delete(connection);
        handler.onClosed();
        if (reason !== lastReason) onDisconnected(reason);
        lastReason = reason;
      },
    });
    const handler = accept({
      send: message => connection.send(encode(message)),
      end: reason => connection.end(reason),
    });
    connections.add(connection);
  });
  server.maxConnections = CONNECTIONS_MAX;
  const port = await listenOn(server, options);
  return {
    port,
    close() {
      for (const connection of connections) connection.end('this node is shutting down');
      return new Promise(resolve => void server.close(() => resolve()));
    },
  };
}
