/** A node's, or a watchdog's, link to the witness: made again whenever it is lost. */
import { createConnection } from 'node:net';
import {
  type Clock,
  type FramedConnection,
  MILLISECOND_NS,
  type Nanoseconds,
  openFramedConnection,
  type TimerHandle,
  type Timers,
} from '#engine';
import { witnessSilenceNs } from './serve-witness.ts';
import {
  createWitnessEncoder,
  type FromWitness,
  readWitnessReply,
  type ToWitness,
  type WitnessReply,
} from './witness-messages.ts';

export type ConnectWitnessOptions = {
  host: string;
  port: number;
  leaseNs: Nanoseconds;
  clock: Clock;
  timers: Timers;
  onMessage(message: FromWitness): void;
  onLost(): void;
  /** Told of each new reason why there is no link. */
  onProblem(text: string): void;
};

export type WitnessLink = {
  readonly isUp: boolean;
  /** Dropped while there is no link. */
  ask(message: ToWitness): void;
  close(): void;
};

const RETRY_NS = 50 * MILLISECOND_NS;

type Link = {
  options: ConnectWitnessOptions;
  encode: ReturnType<typeof createWitnessEncoder>;
  connection: FramedConnection | undefined;
  isUp: boolean;
  isClosed: boolean;
  lastReason: string;
  retry: TimerHandle | undefined;
  greeting: TimerHandle | undefined;
};

export function connectWitness(options: ConnectWitnessOptions): WitnessLink {
  const link: Link = {
    ...{ options, encode: createWitnessEncoder(), connection: undefined, isUp: false },
    ...{ isClosed: false, lastReason: '', retry: undefined, greeting: undefined },
  };
  open(link);
  return {
    get isUp() {
      return link.isUp;
    },
    ask(message) {
      link.connection?.send(link.encode(message));
    },
    close() {
      link.isClosed = true;
      link.retry?.cancel();
      link.greeting?.cancel();
      link.connection?.end('this node is shutting down');
    },
  };
}

function open(link: Link): void {
  const { host, port, leaseNs, clock, timers } = link.options;
  const socket = createConnection({ host, port });
  link.connection = openFramedConnection<WitnessReply>(socket, {
    ...{ clock, timers, silenceNs: witnessSilenceNs(leaseNs), decode: readWitnessReply },
    onMessage(message) {
      link.isUp = true;
      link.lastReason = '';
      if (message.kind !== 'state') link.options.onMessage(message);
    },
    onClosed: reason => onClosed(link, reason),
  });
  greet(link);
}

/** Says hello at once, and again once a lease: a witness that is there answers. */
function greet(link: Link): void {
  const { leaseNs, clock, timers } = link.options;
  link.connection?.send(link.encode({ kind: 'hello', leaseNs }));
  link.greeting = timers.at(clock.nowNs() + leaseNs, () => greet(link));
}

function onClosed(link: Link, reason: string): void {
  const { options } = link;
  const { host, port, clock, timers } = options;
  link.greeting?.cancel();
  link.connection = undefined;
  link.isUp = false;
  if (link.isClosed) return;
  options.onLost();
  link.retry = timers.at(clock.nowNs() + RETRY_NS, () => open(link));
  if (reason === link.lastReason) return;
  link.lastReason = reason;
  options.onProblem(`witness ${host}:${port}: ${reason}; trying again`);
}
