/** SASL as kafkajs takes it: each property is read at each authentication, so it may change. */

import type { SASLOptions } from '@platformatic/kafka';
import kafkajs, { type KafkaConfig } from 'kafkajs';
import { OutriderError } from '../../error.ts';
import { refusedToken } from '../security/refusal.ts';
import { nowMs, waitMs } from '../wait.ts';

type Given = string | (() => string | Promise<string>) | undefined;
type Sasl = NonNullable<KafkaConfig['sasl']>;
type Custom = Extract<Sasl, { authenticationProvider: unknown }>;
type Provider = Custom['authenticationProvider'];

/** Between two tries, so that the client's hundred take longer than the time it is refused. */
const REFUSED_WAIT_MS = 600;
/** The type of error at which the client makes a new connection and tries again. */
const TRY_ANEW = 'ILLEGAL_SASL_STATE';

/**
 * A client that was accepted once is refused for `refusalMsMax` before it fails: its password may
 * have changed at the broker first. Throws `bad-config` for a mechanism that it does not have.
 */
export function kafkajsSasl(options: SASLOptions, refusalMsMax: number): Sasl {
  const sasl = mechanismOf(options);
  const patiently = patience(refusalMsMax);
  // The client keeps its own provider of a mechanism here, once it needs one.
  let given = 'authenticationProvider' in sasl ? sasl.authenticationProvider : undefined;
  return Object.defineProperty(sasl, 'authenticationProvider', {
    get: () => given && patiently(given),
    set(provider: Provider) {
      given = provider;
    },
  });
}

/** Of all connections of a client together. */
function patience(refusalMsMax: number): (provider: Provider) => Provider {
  let wasAccepted = false;
  let refusedSinceMs: number | undefined;
  return provider => context => ({
    async authenticate() {
      try {
        await provider(context).authenticate();
        wasAccepted = true;
        refusedSinceMs = undefined;
      } catch (cause) {
        refusedSinceMs ??= nowMs();
        if (!wasAccepted || nowMs() - refusedSinceMs > refusalMsMax) throw cause;
        await waitMs(REFUSED_WAIT_MS);
        const refused = new kafkajs.KafkaJSError(cause as Error, { retriable: true });
        throw Object.assign(refused, { type: TRY_ANEW, cause });
      }
    },
  });
}

function mechanismOf({ mechanism, username, password, token }: SASLOptions): Sasl {
  switch (mechanism) {
    case 'OAUTHBEARER':
      return { mechanism: 'OAUTHBEARER', authenticationProvider: bearing(token) };
    case 'PLAIN':
    case 'SCRAM-SHA-256':
    case 'SCRAM-SHA-512':
      return {
        mechanism: mechanism.toLowerCase() as 'plain',
        get username() {
          return textOf('username', username);
        },
        get password() {
          return textOf('password', password);
        },
      };
    default:
      throw new OutriderError('bad-config', `sasl mechanism ${mechanism}: kafkajs has none such`);
  }
}

/*
  The client's own takes any answer for a success, and so the text by which a broker refuses:

  byte 0          4
       | length   | the broker's answer: empty, or JSON with a status
       | i32      |
*/
function bearing(token: Given): Provider {
  return ({ saslAuthenticate }) => ({
    async authenticate() {
      const words = Buffer.from(`n,,\x01auth=Bearer ${await secretOf('token', token)}\x01\x01`);
      const length = Buffer.alloc(LENGTH_BYTES);
      length.writeInt32BE(words.length);
      await saslAuthenticate({
        request: { encode: () => Buffer.concat([length, words]) },
        response: {
          decode: answer => answer.subarray(LENGTH_BYTES),
          parse(answer: Buffer) {
            if (answer.length > 0) throw refusedToken(answer);
          },
        },
      });
    },
  });
}

const LENGTH_BYTES = 4;

function secretOf(name: string, given: Given): string | Promise<string> {
  const value = typeof given === 'function' ? given() : given;
  if (value !== undefined) return value;
  throw new OutriderError('bad-config', `sasl ${name}: missing; give it`);
}

/** It asks for names and passwords without waiting. */
function textOf(name: string, given: Given): string {
  const value = secretOf(name, given);
  if (typeof value === 'string') return value;
  throw new OutriderError('bad-config', `sasl ${name}: kafkajs waits for none; give it at once`);
}
