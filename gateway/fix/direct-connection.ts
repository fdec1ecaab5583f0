/** A TCP connection whose bytes go by native calls: Node opens and closes it, and reads nothing. */
import type net from 'node:net';
import { SECOND_NS, type TimerHandle } from '#engine';
import { openSocket, SOCKET_EVENTS, type Socket } from '#native';
import {
  type FixConnection,
  type FixHandler,
  type OnSession,
  type TcpOptions,
  UNSENT_BYTES_MAX,
} from './fix-connection.ts';

type Direct = {
  readonly socket: net.Socket;
  readonly bytes: Socket;
  readonly options: TcpOptions;
  handler: FixHandler | undefined;
  /** What the system had no room for, in order. */
  unsent: Uint8Array[];
  unsentBytes: number;
  reason: string;
  isEnding: boolean;
  isClosed: boolean;
  timer: TimerHandle | undefined;
};

/** Takes a paused connection over; undefined where this system or thread cannot. */
export function openDirect(
  socket: net.Socket,
  options: TcpOptions,
  onSession: OnSession,
): FixConnection | undefined {
  const descriptor = descriptorOf(socket);
  if (descriptor === undefined) return undefined;
  const tell = (event: number) => onEvent(direct, event);
  const bytes = openSocket(descriptor, tell, options.kernels);
  if (bytes === undefined) return undefined;
  if (options.lingerUs !== undefined) bytes.linger(options.lingerUs);
  const direct: Direct = {
    ...{ socket, bytes, options, handler: undefined, unsent: [], unsentBytes: 0 },
    ...{ reason: 'closed by the other side', isEnding: false, isClosed: false, timer: undefined },
  };
  const connection: FixConnection = {
    write: given => write(direct, given),
    end() {
      if (direct.isClosed || direct.isEnding) return;
      direct.reason = 'closed by this side';
      end(direct);
    },
  };
  direct.handler = onSession(connection);
  // Node's own end of it, or this one's: the last of both to close frees the connection.
  socket.once('close', () => {
    direct.timer?.cancel();
    direct.isClosed = true;
    bytes.close();
    direct.handler?.onClose(direct.reason, options.clock.nowNs());
  });
  socket.on('error', error => {
    direct.reason = error.message;
  });
  return connection;
}

/** Node does not document it and has had it since its first versions; undefined on Windows. */
function descriptorOf(socket: net.Socket): number | undefined {
  const { _handle: handle } = socket as net.Socket & { _handle?: { fd?: number } | null };
  const descriptor = handle?.fd;
  return descriptor !== undefined && descriptor >= 0 ? descriptor : undefined;
}

function onEvent(direct: Direct, event: number): void {
  if (direct.isClosed) return;
  switch (event) {
    case SOCKET_EVENTS.ended:
      // The other side sends no more: what waits may still leave, then it is over.
      if (direct.unsentBytes === 0 || direct.isEnding) close(direct);
      else end(direct);
      return;
    case SOCKET_EVENTS.failed:
      direct.reason = direct.bytes.problem();
      close(direct);
      return;
    case SOCKET_EVENTS.hasRoom:
      writeUnsent(direct);
      return;
    default: {
      const received = Buffer.from(direct.bytes.received.buffer as ArrayBuffer, 0, event);
      direct.handler?.onBytes(received, direct.options.clock.nowNs());
    }
  }
}

/** Sends at once; what the system does not take waits for room, up to the bound. */
function write(direct: Direct, given: Uint8Array): void {
  const { unsentBytesMax = UNSENT_BYTES_MAX } = direct.options;
  if (direct.isClosed || direct.isEnding) return;
  const isWaiting = direct.unsentBytes > 0;
  const sent = isWaiting ? 0 : direct.bytes.send(given);
  if (sent === given.length) return;
  if (sent < 0) {
    direct.reason = direct.bytes.problem();
    close(direct);
    return;
  }
  const rest = given.subarray(sent);
  if (direct.unsentBytes + rest.length > unsentBytesMax) {
    direct.reason = `unsent bytes: more than ${unsentBytesMax} wait; the other side does not read`;
    close(direct);
    return;
  }
  direct.unsent.push(rest);
  direct.unsentBytes += rest.length;
  if (!isWaiting) direct.bytes.watchRoom(true);
}

function writeUnsent(direct: Direct): void {
  for (let first = direct.unsent[0]; first !== undefined; first = direct.unsent[0]) {
    const sent = direct.bytes.send(first);
    if (sent < 0) {
      direct.reason = direct.bytes.problem();
      close(direct);
      return;
    }
    direct.unsentBytes -= sent;
    if (sent < first.length) {
      direct.unsent[0] = first.subarray(sent);
      return;
    }
    direct.unsent.shift();
  }
  direct.bytes.watchRoom(false);
  if (direct.isEnding) direct.bytes.finish();
}

/** Half closes once all has left; the other side's end, or the time for it, closes. */
function end(direct: Direct): void {
  const { clock, timers, endTimeoutNs = 2 * SECOND_NS } = direct.options;
  direct.isEnding = true;
  direct.timer = timers.at(clock.nowNs() + endTimeoutNs, () => close(direct));
  if (direct.unsentBytes === 0) direct.bytes.finish();
}

/** The handler learns of it in a turn of its own, as with Node's sockets. */
function close(direct: Direct): void {
  direct.isClosed = true;
  direct.bytes.close();
  direct.socket.destroy();
}
