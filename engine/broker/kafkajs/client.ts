/** A kafkajs client as this adapter wants it: quiet, all codecs, no delay of small packets. */

import net from 'node:net';
import tls from 'node:tls';
import type { SASLOptions } from '@platformatic/kafka';
import kafkajs, {
  type Kafka as Client,
  type CompressionTypes as Codec,
  type RetryOptions,
} from 'kafkajs';
import { OutriderError } from '../../error.ts';
import { compress, decompress } from '../batch/compression.ts';
import type { Compression } from '../producer.ts';
import { refusalOf } from '../security/refusal.ts';
import { kafkajsSasl } from './sasl.ts';
import { mendTopicMemory } from './topic-memory.ts';

/** A CommonJS module: its names are not seen from outside. */
const { CompressionCodecs, CompressionTypes, Kafka, KafkaJSError, logLevel } = kafkajs;

export type KafkajsOptions = {
  /** Where to begin: `host:port` of some nodes of the cluster. */
  readonly addresses: readonly string[];
  /** Shown in the brokers' logs and quotas. Default `outrider`. */
  readonly clientId?: string;
  /** Node's options of TLS; without them plain text. */
  readonly tls?: tls.ConnectionOptions;
  /** Values may be functions: they are asked for at each authentication. */
  readonly sasl?: SASLOptions;
  /**
   * How long a client that was accepted once may be refused before it fails: a password changes at
   * the broker first, and in its file later. Default 60 s.
   */
  readonly refusalMsMax?: number;
};

export const CODECS: Readonly<Record<Compression, Codec>> = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
  zstd: CompressionTypes.ZSTD,
};

/** From 3 to 5 ms on: by default a transaction waits 300 ms for the one before to be ended. */
export const RETRY: RetryOptions = {
  ...{ initialRetryTime: 4, factor: 0.25, multiplier: 1.2, maxRetryTime: 250, retries: 100 },
};

/** Before a session ends. By default 10 s: shorter sessions would begin anew at each request. */
const REAUTHENTICATION_MS = 1_000;
const REFUSAL_MS = 60_000;

export function createClient(options: KafkajsOptions): Client {
  const { addresses, clientId = 'outrider', tls: secure, sasl } = options;
  const { refusalMsMax = REFUSAL_MS } = options;
  installCodecs();
  const kafka = new Kafka({
    ...{ clientId, brokers: [...addresses], logLevel: logLevel.NOTHING, retry: RETRY },
    ...(secure && { ssl: secure }),
    ...(sasl && { sasl: kafkajsSasl(sasl, refusalMsMax) }),
    reauthenticationThreshold: REAUTHENTICATION_MS,
    // Node warns of a negative timeout that this version asks for; see its issue 1751.
    enforceRequestTimeout: true,
    socketFactory({ host, port, ssl, onConnect }) {
      const name = net.isIP(host) ? undefined : { servername: host };
      const socket = ssl
        ? tls.connect({ host, port, ...name, ...ssl }, onConnect)
        : net.connect({ host, port }, onConnect);
      socket.setNoDelay(true);
      socket.setKeepAlive(true, 60_000);
      return socket;
    },
  });
  mendTopicMemory(kafka);
  return kafka;
}

/** Only gzip comes with it, and none of them bounds what comes out. */
function installCodecs(): void {
  const codecs: Record<number, unknown> = CompressionCodecs;
  for (const compression of ['gzip', 'snappy', 'lz4', 'zstd'] as const) {
    codecs[CODECS[compression]] = () => ({
      compress: async ({ buffer }: { buffer: Buffer }) => compress(compression, buffer),
      decompress: async (buffer: Buffer) => decompress(compression, buffer),
    });
  }
}

const FENCED = new Set([
  ...['INVALID_PRODUCER_EPOCH', 'PRODUCER_FENCED', 'TRANSACTION_COORDINATOR_FENCED'],
  ...['INVALID_PRODUCER_ID_MAPPING', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID'],
]);
const TOO_LARGE = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD']);

/** The type that the protocol's error has, however it is wrapped. */
export function errorType(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { type, cause } = error as Error & { type?: string };
  return type ?? errorType(cause);
}

/** One of this program, however the client has wrapped it. */
function oursIn(error: unknown): OutriderError | undefined {
  if (error instanceof OutriderError) return error;
  return error instanceof Error ? oursIn(error.cause) : undefined;
}

/** As an error of this program; `what` names what failed. */
export function translated(what: string, error: unknown): OutriderError {
  const ours = oursIn(error);
  if (ours !== undefined) return ours;
  const type = errorType(error);
  const text = error instanceof Error ? error.message : String(error);
  const refusal = refusalOf(error);
  const message = [`${what}: ${text}`, ...(refusal ? [refusal.remedy] : [])].join('; ');
  if (type !== undefined && FENCED.has(type)) return new OutriderError('fenced', message);
  // The broker has only these two words for it where an epoch is an older one.
  if (/old epoch|newer producer/i.test(text)) return new OutriderError('fenced', message);
  if (type !== undefined && TOO_LARGE.has(type)) {
    const remedy = 'raise max.message.bytes of the topic or send less';
    return new OutriderError('limit', `${message}; ${remedy}`);
  }
  const isKnown = refusal?.isFinal ?? (error instanceof KafkaJSError && !error.retriable);
  return new OutriderError(isKnown ? 'bad-config' : 'network', message, { cause: error });
}
