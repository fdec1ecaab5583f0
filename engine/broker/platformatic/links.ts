/** Connections to the nodes of a cluster, and requests over them whose errors are answers too. */

import type { ConnectionOptions as TlsOptions } from 'node:tls';
import {
  type API,
  type Connection,
  ConnectionPool,
  GenericError,
  MultipleErrors,
  ResponseError,
  type SASLOptions,
} from '@platformatic/kafka';
import { OutriderError } from '../../error.ts';
import { refusalOf } from '../security/refusal.ts';
import { type Alarm, afterMs, nowMs } from '../wait.ts';

export type ConnectOptions = {
  /** Where to begin: `host:port` of some nodes of the cluster. */
  readonly addresses: readonly string[];
  /** Shown in the brokers' logs and quotas. Default `outrider`. */
  readonly clientId?: string;
  /** Node's options of TLS; without them plain text. */
  readonly tls?: TlsOptions;
  /** Values may be functions: they are asked for at each authentication. */
  readonly sasl?: SASLOptions;
  /**
   * How long one who was accepted before may be refused until that is final, milliseconds: the time
   * between a password's change at the broker and in its file. Default 60,000.
   */
  readonly refusalMsMax?: number;
};

export type Node = { readonly host: string; readonly port: number };

/**
 * One connection a node. A request that waits in the broker holds up those behind it on its
 * connection: whoever waits long has links of their own.
 */
export type Links = {
  /**
   * The answer, with the error codes in it. Throws `network` where there is none, `bad-usage`
   * once the links are closed: nobody shall try again then. */
  call<Arguments extends unknown[], Answer>(
    node: Node,
    api: API<Arguments, Answer>,
    ...values: Arguments
  ): Promise<Answer>;
  /** The answer to a request that is written and read by hand. Throws as `call` does. */
  over<Answer>(node: Node, request: (open: Connection) => Promise<Answer>): Promise<Answer>;
  /** Throws where it takes no connection; one that hangs does. */
  connect(node: Node): Promise<void>;
  close(): Promise<void>;
};

export type LinksOptions = ConnectOptions & {
  readonly requestTimeoutMs: number;
  /** Whether the others have given a node up: asked while it does not answer. */
  isGivenUp?(node: Node): Promise<boolean>;
};

const CONNECT_MS = 5_000;
/** A request that is longer under way has the others asked, again and again. */
const SILENCE_MS = 1_000;
const INFLIGHT_MAX = 16;
const REFUSAL_MS = 60_000;

export function openLinks(options: LinksOptions): Links {
  const { clientId = 'outrider', tls, sasl, refusalMsMax = REFUSAL_MS } = options;
  const { requestTimeoutMs, isGivenUp } = options;
  const pool = new ConnectionPool(clientId, {
    connectTimeout: CONNECT_MS,
    requestTimeout: requestTimeoutMs,
    maxInflights: INFLIGHT_MAX,
    ...(tls && { tls }),
    ...(sasl && { sasl }),
  });
  // An error of a connection is the answer to its requests; without a listener it would be thrown.
  pool.on('connecting', ({ connection }) => void connection.on('error', () => {}));
  let wasAccepted = false;
  let refusedSinceMs: number | undefined;
  let isClosed = false;
  const connection = async (node: Node) => {
    if (isClosed) throw closed(node);
    try {
      const open = await pool.get(node);
      wasAccepted = true;
      refusedSinceMs = undefined;
      return open;
    } catch (cause) {
      if (isClosed) throw closed(node);
      if (refusalOf(cause)?.isFinal) refusedSinceMs ??= nowMs();
      const refusedMs = nowMs() - (refusedSinceMs ?? nowMs());
      const isForGood = !wasAccepted || refusedMs > refusalMsMax;
      throw isForGood ? refusedBy(node, cause) : unreachable(node, cause);
    }
  };
  const over: Links['over'] = async (node, request) => {
    const open = await connection(node);
    const watch = isGivenUp && cutOnceGivenUp(open, () => isGivenUp(node));
    try {
      return await request(open);
    } finally {
      watch?.cancel();
    }
  };
  return {
    over,
    async connect(node) {
      await connection(node);
    },
    async call(node, api, ...values) {
      try {
        return await over(node, open => api.async(open, ...values));
      } catch (error) {
        if (error instanceof ResponseError) return answerIn(error);
        if (error instanceof OutriderError) throw error;
        if (isClosed) throw closed(node);
        throw unreachable(node, error);
      }
    },
    async close() {
      isClosed = true;
      await pool.close().catch(() => {});
    },
  };
}

/**
 * A node that lost its power, its cable or its turn says nothing more and closes nothing: what is
 * under way there would be waited for until its timeout, long after others do that node's work.
 */
function cutOnceGivenUp(open: Connection, isGivenUp: () => Promise<boolean>): Alarm {
  let isOver = false;
  const look = async () => {
    const isLost = await isGivenUp().catch(() => false);
    if (isOver) return;
    if (isLost) open.socket.destroy();
    else alarm = afterMs(SILENCE_MS, look);
  };
  let alarm = afterMs(SILENCE_MS, look);
  return {
    cancel() {
      isOver = true;
      alarm.cancel();
    },
  };
}

function closed({ host, port }: Node): OutriderError {
  const text = `Kafka node ${host}:${port}: the broker was closed; open another`;
  return new OutriderError('bad-usage', text);
}

/** What the broker said: the client throws where one of its error codes is not zero. */
export function answerIn<Answer>(error: ResponseError): Answer {
  return (error as ResponseError & { response: Answer }).response;
}

/**
 * As `network`, with what each cause says. So is, for a while, a refusal of one who was accepted
 * before: a password that is being changed at the broker and in its file is right again soon.
 */
export function unreachable(node: Node, cause: unknown): OutriderError {
  return new OutriderError('network', refusalText(node, cause), { cause });
}

/** What only other settings put right is `bad-config`: trying again would lock an account. */
function refusedBy(node: Node, cause: unknown): OutriderError {
  if (cause instanceof OutriderError) return cause;
  if (!refusalOf(cause)?.isFinal) return unreachable(node, cause);
  return new OutriderError('bad-config', refusalText(node, cause));
}

function refusalText(node: Node, cause: unknown): string {
  const remedy = refusalOf(cause)?.remedy;
  const what = `Kafka node ${node.host}:${node.port}: ${textOf(cause)}`;
  return remedy === undefined ? what : `${what}; ${remedy}`;
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const inner = error instanceof MultipleErrors ? error.errors : [error.cause];
  const causes = inner.filter(each => each instanceof Error).map(textOf);
  const isWrapped = GenericError.isGenericError(error) || error instanceof MultipleErrors;
  return isWrapped && causes.length > 0 ? `${error.message} ${causes.join(', ')}` : error.message;
}
