/** A running gateway's door for operators: a Unix socket in its folder. */
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import {
  type Clock,
  type FramedConnection,
  OutriderError,
  openFramedConnection,
  SECOND_NS,
  type Timers,
} from '#engine';
import {
  answerFrame,
  type ControlOrder,
  type ControlQuestion,
  readQuestion,
} from './control-protocol.ts';
import type { OperatorOutcome } from './operator-terms.ts';
import type { RiskListing } from './risk-listing.ts';

export type ServeControlOptions = {
  path: string;
  clock: Clock;
  timers: Timers;
  /**
   * Journals and steps a command or a statement; its outcome is then told by `onOutcome`, in the
   * same order. Gives the reason where this gateway takes none.
   */
  operate(order: ControlOrder): string | undefined;
  /** Throws an OutriderError where there is nothing to show yet. */
  show(): RiskListing;
};

export type ControlDoor = {
  /** The next outcome is of a command that came by another way. */
  expectOther(): void;
  onOutcome(outcome: OperatorOutcome): void;
  close(): Promise<void>;
};

const CONNECTIONS_MAX = 8;
const SILENCE_NS = 10 * SECOND_NS;
/** As long as the shortest of the systems'. */
const PATH_BYTES_MAX = 103;

/** Throws `bad-config` where the path is too long for a socket. */
export async function serveControl(options: ServeControlOptions): Promise<ControlDoor> {
  const { path } = options;
  if (Buffer.byteLength(path) > PATH_BYTES_MAX) {
    const remedy = `give a folder of at most ${PATH_BYTES_MAX - 13} bytes`;
    throw new OutriderError('bad-config', `${path}: too long for a socket; ${remedy}`);
  }
  /** Who asked, the oldest first; whoever hung up meanwhile is told nothing. */
  const asked: (FramedConnection | undefined)[] = [];
  const connections = new Set<FramedConnection>();
  const server = createServer(socket => take(options, { socket, asked, connections }));
  server.maxConnections = CONNECTIONS_MAX;
  // What a killed gateway left: the lock of the log says that no other one is alive.
  rmSync(path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  chmodSync(path, 0o600);
  return {
    expectOther: () => void asked.push(undefined),
    onOutcome(outcome) {
      asked.shift()?.send(answerFrame(outcome));
    },
    close() {
      for (const connection of connections) connection.end('the gateway is shutting down');
      return new Promise(resolve => void server.close(() => resolve()));
    },
  };
}

type Door = {
  socket: Socket;
  asked: (FramedConnection | undefined)[];
  connections: Set<FramedConnection>;
};

function take(options: ServeControlOptions, { socket, asked, connections }: Door): void {
  const { clock, timers } = options;
  const connection = openFramedConnection<ControlQuestion>(socket, {
    ...{ clock, timers, silenceNs: SILENCE_NS, decode: readQuestion },
    onMessage(question) {
      if (question.kind === 'show') {
        show(options, connection);
        return;
      }
      asked.push(connection);
      const text = options.operate(question);
      if (text === undefined) return;
      asked.pop();
      connection.send(answerFrame({ status: 'refused', operator: '', text }));
    },
    onClosed() {
      connections.delete(connection);
      for (const [at, each] of asked.entries()) if (each === connection) asked[at] = undefined;
    },
  });
  connections.add(connection);
}

function show(options: ServeControlOptions, connection: FramedConnection): void {
  try {
    connection.send(answerFrame(options.show()));
  } catch (error) {
    if (!(error instanceof OutriderError)) throw error;
    connection.end(error.message);
  }
}
