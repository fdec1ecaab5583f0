/** A witness's door: nodes and watchdogs ask, and what it grants is on the medium first. */
import { createServer, type Socket } from 'node:net';
import {
  type Clock,
  type FramedConnection,
  type ListenAddress,
  listenOn,
  MILLISECOND_NS,
  type Nanoseconds,
  openFramedConnection,
  SECOND_NS,
  type Timers,
} from '#engine';
import { createWitness, stepWitness, type WitnessState } from './witness.ts';
import type { WitnessLog } from './witness-log.ts';
import {
  createWitnessEncoder,
  readWitnessRequest,
  type WitnessRequest,
} from './witness-messages.ts';

export type ServeWitnessOptions = ListenAddress & {
  /** The same at both nodes. */
  leaseNs: Nanoseconds;
  clock: Clock;
  timers: Timers;
  log: WitnessLog;
  /** Told of each grant, death and declaration. */
  onEvent(text: string): void;
};

export type WitnessDoor = { readonly port: number; close(): Promise<void> };

/** Two nodes, their watchdogs, and some that ask how it stands. */
const CONNECTIONS_MAX = 16;

type Door = {
  options: ServeWitnessOptions;
  state: WitnessState;
  encode: ReturnType<typeof createWitnessEncoder>;
  connections: Set<FramedConnection>;
};

/** Rejects with `network` naming host, port and remedy where it cannot listen. */
export async function serveWitness(options: ServeWitnessOptions): Promise<WitnessDoor> {
  const { leaseNs, clock, log } = options;
  const door: Door = {
    ...{ options, encode: createWitnessEncoder(), connections: new Set() },
    state: createWitness(log.record, { leaseNs, nowNs: clock.nowNs() }),
  };
  const server = createServer(socket => take(door, socket));
  server.maxConnections = CONNECTIONS_MAX;
  const port = await listenOn(server, options);
  return {
    port,
    close() {
      for (const connection of door.connections) connection.end('the witness is shutting down');
      return new Promise(resolve => void server.close(() => resolve()));
    },
  };
}

function take(door: Door, socket: Socket): void {
  const { clock, timers, leaseNs } = door.options;
  const connection: FramedConnection = openFramedConnection<WitnessRequest>(socket, {
    ...{ clock, timers, silenceNs: witnessSilenceNs(leaseNs), decode: readWitnessRequest },
    onMessage: message => answer(door, connection, message),
    onClosed: () => void door.connections.delete(connection),
  });
  door.connections.add(connection);
}

/** Who says nothing for so long is gone; nodes say hello once a lease. */
export const witnessSilenceNs = (leaseNs: Nanoseconds): Nanoseconds =>
  Math.max(4 * leaseNs, 2 * SECOND_NS);

function answer(door: Door, connection: FramedConnection, message: WitnessRequest): void {
  const { options, state, encode } = door;
  if (message.kind === 'hello' || message.kind === 'status') {
    if (message.kind === 'hello' && message.leaseNs !== options.leaseNs) {
      connection.end(leaseText(message.leaseNs, options.leaseNs));
      return;
    }
    connection.send(encode({ kind: 'state', text: JSON.stringify(reportOf(door)) }));
    return;
  }
  const before = JSON.stringify(reportOf(door));
  const reply = stepWitness(state, message, options.clock.nowNs());
  options.log.keep(state);
  if (reply !== undefined) connection.send(encode(reply));
  const after = JSON.stringify(reportOf(door));
  if (after !== before) options.onEvent(after);
}

function leaseText(theirs: Nanoseconds, ours: Nanoseconds): string {
  const [node, witness] = [theirs / MILLISECOND_NS, ours / MILLISECOND_NS];
  return `lease-ms: ${node} of the node, ${witness} of the witness; give all the same`;
}

/** How it stands, as `outrider witness --status` prints it. */
function reportOf({ state }: Door) {
  const { epoch, holder, standby, claimed, isHolderDead } = state;
  return { epoch, holder, standby, claimed, isHolderDead };
}
