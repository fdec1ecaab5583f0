/** TCP and TLS connections for FIX bytes: no delay, a bound on what waits, loopback by default. */
import net from 'node:net';
import tls from 'node:tls';
import { MILLISECOND_NS, OutriderError, SECOND_NS } from '#engine';
import { openDirect } from './direct-connection.ts';
import {
  type FixConnection,
  type FixHandler,
  type OnSession,
  type TcpOptions,
  UNSENT_BYTES_MAX,
} from './fix-connection.ts';

/** PEM texts. Both sides are verified: there is no way to skip that. */
export type TlsIdentity = {
  /** Who may be at the other end; of a listener: which clients, undefined for any. */
  authorities?: string | undefined;
  /** Always of a listener; of a client where the venue asks for one. */
  certificate?: string | undefined;
  key?: string | undefined;
  /** The name the venue's certificate must have; default its host. */
  serverName?: string | undefined;
};

export type FixAddress = {
  host?: string | undefined;
  port: number;
  /** TLS 1.2 or newer with this identity; undefined for plain TCP. */
  tls?: TlsIdentity | undefined;
};

export type FixListener = {
  port: number;
  /** Stops listening and cuts every connection. */
  close(): Promise<void>;
};

const LOOPBACK = '127.0.0.1';
/** From a ticket, which the venue sends when its handshake is over, to the first bytes. */
const SETTLE_NS_MIN = 100 * MILLISECOND_NS;
/** Also for a venue that gives no tickets. */
const SETTLE_NS_MAX = SECOND_NS;

/** Rejects with `network`, naming host, port and cause, when no connection stands in time. */
export function connectFix(
  { host = LOOPBACK, port, tls: identity }: FixAddress,
  handler: FixHandler,
  options: TcpOptions,
): Promise<FixConnection> {
  const { clock, timers, connectTimeoutNs = 5 * SECOND_NS } = options;
  return new Promise((resolve, reject) => {
    const socket =
      identity === undefined
        ? // Who reads it is settled once it stands.
          net.connect({ host, port, noDelay: true }).pause()
        : tls.connect({ host, port, ...secured(identity) }).setNoDelay(true);
    const fail = (cause: string) => {
      timer.cancel();
      socket.destroy();
      const remedy = 'check that the venue listens there';
      reject(new OutriderError('network', `connect to ${host}:${port}: ${cause}; ${remedy}`));
    };
    const timer = timers.at(clock.nowNs() + connectTimeoutNs, () => fail('no answer in time'));
    const onError = (error: Error) => fail(error.message);
    const onClose = () => fail('closed by the other side');
    socket.once('error', onError).once('close', onClose);
    onceReady(socket, options, () => {
      if (socket.destroyed) return;
      timer.cancel();
      socket.off('error', onError).off('close', onClose);
      resolve(openConnection(socket, options, () => handler));
    });
  });
}

/**
 * Under TLS 1.3 the first bytes wait until the venue has ended its handshake too, which its ticket
 * shows, and then as long again as all that took: Apache MINA, and with it QuickFIX/J, leaves bytes
 * lying that arrive before, or answers them twice, the more so on a busy machine. In TLS 1.2 the
 * venue ends its handshake first.
 */
function onceReady(socket: net.Socket, { clock, timers }: TcpOptions, ready: () => void): void {
  if (!(socket instanceof tls.TLSSocket)) {
    socket.once('connect', ready);
    return;
  }
  const startedNs = clock.nowNs();
  socket.once('secureConnect', () => {
    if (socket.getProtocol() !== 'TLSv1.3') return ready();
    const timer = timers.at(clock.nowNs() + SETTLE_NS_MAX, ready);
    socket.once('session', () => {
      timer.cancel();
      const nowNs = clock.nowNs();
      const settleNs = Math.max(SETTLE_NS_MIN, Math.min(SETTLE_NS_MAX, nowNs - startedNs));
      timers.at(nowNs + settleNs, ready);
    });
  });
}

/** Takes connections one by one; `onSession` gives the handler of each. Rejects with `network`. */
export async function listenFix(
  { host = LOOPBACK, port, tls: identity }: FixAddress,
  onSession: OnSession,
  options: TcpOptions,
): Promise<FixListener> {
  const sockets = new Set<net.Socket>();
  if (identity !== undefined && identity.certificate === undefined) {
    throw new OutriderError(
      'bad-config',
      'tls: a listener has no certificate; give one and its key',
    );
  }
  const open = (socket: net.Socket) => openConnection(socket, options, onSession);
  const server =
    identity === undefined
      ? net.createServer({ noDelay: true, pauseOnConnect: true }, open)
      : tls.createServer({ noDelay: true, handshakeTimeout: 10_000, ...secured(identity) }, open);
  server.on('connection', (socket: net.Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return await new Promise((resolve, reject) => {
    server.once('error', error => {
      const remedy = 'choose another port, or 0 for a free one';
      reject(
        new OutriderError('network', `listen on ${host}:${port}: ${error.message}; ${remedy}`),
      );
    });
    server.listen({ host, port }, () => {
      const address = server.address() as net.AddressInfo;
      const close = () => {
        for (const socket of sockets) socket.destroy();
        return new Promise<void>(closed => void server.close(() => closed()));
      };
      resolve({ port: address.port, close });
    });
  });
}

/**
 * A listener with authorities asks each client for a certificate of theirs. Throws `bad-config` for
 * texts that are no certificates or keys.
 */
function secured(identity: TlsIdentity): tls.TlsOptions & tls.ConnectionOptions {
  const { authorities, certificate, key, serverName } = identity;
  const context: tls.TlsOptions & tls.ConnectionOptions = {
    ...{ minVersion: 'TLSv1.2', rejectUnauthorized: true, requestCert: authorities !== undefined },
    ...(authorities === undefined ? undefined : { ca: authorities }),
    ...(certificate === undefined ? undefined : { cert: certificate }),
    ...(key === undefined ? undefined : { key }),
    ...(serverName === undefined ? undefined : { servername: serverName }),
  };
  try {
    tls.createSecureContext(context);
  } catch (cause) {
    const message = `tls: ${(cause as Error).message}; give certificates and keys as PEM`;
    throw new OutriderError('bad-config', message, { cause });
  }
  return context;
}

/** By native calls where that can be; TLS goes by Node's streams, as all does without the addon. */
function openConnection(
  socket: net.Socket,
  options: TcpOptions,
  onSession: OnSession,
): FixConnection {
  const isPlain = !(socket instanceof tls.TLSSocket);
  const direct = isPlain ? openDirect(socket, options, onSession) : undefined;
  return direct ?? openStream(socket, options, onSession);
}

function openStream(
  socket: net.Socket,
  { clock, timers, unsentBytesMax = UNSENT_BYTES_MAX, endTimeoutNs = 2 * SECOND_NS }: TcpOptions,
  onSession: OnSession,
): FixConnection {
  let reason = 'closed by the other side';
  const cut = (why: string) => {
    reason = why;
    socket.destroy();
  };
  const connection: FixConnection = {
    write(bytes) {
      if (socket.destroyed || socket.writableEnded) return;
      if (socket.writableLength + bytes.length > unsentBytesMax) {
        cut(`unsent bytes: more than ${unsentBytesMax} wait; the other side does not read`);
        return;
      }
      socket.write(bytes);
    },
    end() {
      if (socket.destroyed || socket.writableEnded) return;
      reason = 'closed by this side';
      const timer = timers.at(clock.nowNs() + endTimeoutNs, () => socket.destroy());
      socket.once('close', () => timer.cancel());
      socket.end();
    },
  };
  const handler = onSession(connection);
  socket.on('data', (bytes: Buffer) => handler.onBytes(bytes, clock.nowNs()));
  socket.on('error', error => {
    reason = error.message;
  });
  socket.once('close', () => handler.onClose(reason, clock.nowNs()));
  socket.resume();
  return connection;
}
