/** How a client shows a broker who it is: TLS and SASL, each read anew where it is used. */

import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ConnectionOptions as TlsOptions } from 'node:tls';
import type { SASLOptions } from '@platformatic/kafka';
import { wallClock } from '../../clock.ts';
import { OutriderError } from '../../error.ts';
import { MILLISECOND_NS } from '../../nanoseconds.ts';
import type { OauthTokens } from './oauth-tokens.ts';
import { refusedToken } from './refusal.ts';
import { readSecret, type SecretSource } from './secret.ts';

export type SecuritySettings = {
  /** Plain text where it is left out. */
  readonly tls?: TlsSettings;
  readonly sasl?: SaslSettings;
};

/** Paths of PEM files, read at each new connection: a certificate that is renewed just counts. */
export type TlsSettings = {
  /** Of the authorities that vouch for brokers; else those that Node knows. */
  readonly authorities?: string;
  /** Ours, with its key, where brokers ask for one. */
  readonly certificate?: string;
  readonly key?: string;
};

/** Read at each authentication, and again before a session that the broker limits ends. */
export type SaslSettings =
  | {
      readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
      readonly username: string;
      readonly password: SecretSource;
    }
  | { readonly mechanism: 'OAUTHBEARER'; readonly token: SecretSource | OauthTokens };

/** What the adapters take. */
export type BrokerSecurity = { readonly tls?: TlsOptions; readonly sasl?: SASLOptions };

/** Throws `bad-config` for files that cannot be read now; later, the connection fails with it. */
export function brokerSecurity({ tls, sasl }: SecuritySettings): BrokerSecurity {
  return {
    ...(tls && { tls: tlsOptions(tls) }),
    ...(sasl && { sasl: saslOptions(sasl) }),
  };
}

function tlsOptions({ authorities, certificate, key }: TlsSettings): TlsOptions {
  if ((certificate === undefined) !== (key === undefined)) {
    const missing = certificate === undefined ? 'certificate' : 'key';
    throw new OutriderError('bad-config', `tls: ${missing} is missing; give both or neither`);
  }
  const options: TlsOptions = { minVersion: 'TLSv1.2' };
  const files = { ca: authorities, cert: certificate, key } as const;
  for (const [name, file] of Object.entries(files)) {
    if (file === undefined) continue;
    readPem(name, file);
    // The client copies its options at each connection: that is when the file is read.
    Object.defineProperty(options, name, { enumerable: true, get: () => readPem(name, file) });
  }
  return options;
}

function readPem(name: string, file: string): string {
  try {
    const text = readFileSync(file, 'utf8');
    if (name === 'cert') checkDays(file, new X509Certificate(text));
    return text;
  } catch (cause) {
    if (cause instanceof OutriderError) throw cause;
    const { message } = cause as Error;
    throw new OutriderError('bad-config', `tls: ${name} file ${file}: ${message}`, { cause });
  }
}

const wall = wallClock(0n);

/** Brokers say the same of one that has expired and of one that a stranger signed. */
function checkDays(file: string, { validFrom, validTo }: X509Certificate): void {
  const nowMs = wall.nowNs() / MILLISECOND_NS;
  if (nowMs >= Date.parse(validFrom) && nowMs < Date.parse(validTo)) return;
  const days = `is valid from ${validFrom} to ${validTo}`;
  throw new OutriderError('bad-config', `tls: certificate file ${file} ${days}; renew it`);
}

function saslOptions(settings: SaslSettings): SASLOptions {
  if (settings.mechanism === 'OAUTHBEARER') {
    const { mechanism, token } = settings;
    const common = { mechanism, authBytesValidator: refuseToken };
    if ('token' in token) return { ...common, token: () => token.token() };
    readSecret('token', token);
    return { ...common, token: () => readSecret('token', token) };
  }
  const { mechanism, username, password } = settings;
  readSecret('password', password);
  return { mechanism, username, password: () => readSecret('password', password) };
}

/** A broker says that a token is bad as a success with a text: the client would take it for one. */
const refuseToken: NonNullable<SASLOptions['authBytesValidator']> = (said, callback) => {
  if (said.length === 0) return callback(null, said);
  return callback(refusedToken(said));
};
