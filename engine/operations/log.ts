/** Structured logs: a line of JSON an event on the standard error, secrets left out. */

import { type DestinationStream, destination, pino } from 'pino';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export type LogFields = Readonly<Record<string, unknown>>;

export type Log = {
  debug(text: string, fields?: LogFields): void;
  info(text: string, fields?: LogFields): void;
  warn(text: string, fields?: LogFields): void;
  error(text: string, fields?: LogFields): void;
};

export type LogOptions = {
  /** Of the process: `gateway`, `verifier`, ... */
  readonly name: string;
  /** What is less urgent is not written. */
  readonly level: LogLevel;
  /** Texts that may appear in no line, whatever field they come in: passwords, tokens. */
  readonly secrets?: () => readonly string[];
  /** Default: the standard error, written before the call returns. */
  readonly to?: DestinationStream;
};

const STANDARD_ERROR = 2;
const SECRET_FIELDS = ['password', 'token', 'secret', 'key', 'authorization', 'passphrase'];
const MASK = '***';
/** Shorter ones would blank out half of every line. */
const SECRET_LENGTH_LEAST = 4;

/** Fields named like secrets are masked, and secrets wherever they stand in a line. */
export function openLog({ name, level, secrets = () => [], to }: LogOptions): Log {
  const target = to ?? destination({ fd: STANDARD_ERROR, sync: true });
  const masking = { write: (line: string) => void target.write(masked(line, secrets())) };
  const paths = SECRET_FIELDS.flatMap(field => [field, `*.${field}`]);
  const logger = pino(
    {
      ...{ name, level, base: { name, pid: process.pid }, messageKey: 'text' },
      ...{ redact: { paths, censor: MASK }, formatters: { level: label => ({ level: label }) } },
    },
    masking,
  );
  return {
    debug: (text, fields = {}) => logger.debug(fields, text),
    info: (text, fields = {}) => logger.info(fields, text),
    warn: (text, fields = {}) => logger.warn(fields, text),
    error: (text, fields = {}) => logger.error(fields, text),
  };
}

/** A text without the secrets, also as JSON writes them. */
export function masked(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret.length < SECRET_LENGTH_LEAST) continue;
    clean = clean.replaceAll(secret, MASK).replaceAll(JSON.stringify(secret).slice(1, -1), MASK);
  }
  return clean;
}
