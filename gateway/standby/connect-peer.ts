/** A standby's link to the node it follows: made again whenever it is lost. */
import { createConnection } from 'node:net';
import {
  type Clock,
  MILLISECOND_NS,
  type Nanoseconds,
  openFramedConnection,
  type TimerHandle,
  type Timers,
} from '#engine';
import {
  createPeerEncoder,
  type FromPrimary,
  readFromPrimary,
  type ToPrimary,
} from './peer-messages.ts';
import type { PeerHandler, PeerLink } from './replication.ts';

export type ConnectPeerOptions = {
  host: string;
  port: number;
  leaseNs: Nanoseconds;
  clock: Clock;
  timers: Timers;
  /** Whether this node follows, and is to connect at all. */
  isWanted(): boolean;
  connected(link: PeerLink<ToPrimary>): PeerHandler<FromPrimary>;
  /** Told of each new reason why there is no link. */
  onProblem(text: string): void;
};

const RETRY_NS = 50 * MILLISECOND_NS;

/** Connects, and again after each loss, until `close`. */
export function connectPeer(options: ConnectPeerOptions): { close(): void } {
  const { host, port, leaseNs, clock, timers, isWanted, connected, onProblem } = options;
  const encode = createPeerEncoder();
  let lastReason = '';
  let isClosed = false;
  let retry: TimerHandle | undefined;
  let present: PeerLink<ToPrimary> | undefined;
  const again = () => {
    if (!isClosed) retry = timers.at(clock.nowNs() + RETRY_NS, open);
  };
  const open = () => {
    if (!isWanted()) {
      again();
      return;
    }
    const connection = openFramedConnection<FromPrimary>(createConnection({ host, port }), {
      ...{ clock, timers, silenceNs: leaseNs, decode: readFromPrimary },
      onMessage(message) {
        if (message.kind === 'welcome') lastReason = '';
        handler.onMessage(message);
      },
      onClosed(reason) {
        present = undefined;
        handler.onClosed();
        again();
        if (isClosed || reason === lastReason) return;
        lastReason = reason;
        onProblem(`primary ${host}:${port}: ${reason}; trying again`);
      },
    });
    present = {
      send: message => connection.send(encode(message)),
      end: reason => connection.end(reason),
    };
    const handler = connected(present);
  };
  open();
  return {
    close() {
      isClosed = true;
      retry?.cancel();
      present?.end('this node is shutting down');
    },
  };
}
