/** SASL as kafkajs takes it: each property is read at each authentication, so it may change. */

import type { SASLOptions } from '@platformatic/kafka';
import type { KafkaConfig } from 'kafkajs';
import { OutriderError } from '../../error.ts';
import { refusedToken } from '../security/refusal.ts';

type Given = string | (() => string | Promise<string>) | undefined;

/** Throws `bad-config` for a mechanism that it does not have. */
export function kafkajsSasl(options: SASLOptions): NonNullable<KafkaConfig['sasl']> {
  const { mechanism, username, password, token } = options;
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

type Custom = Extract<NonNullable<KafkaConfig['sasl']>, { authenticationProvider: unknown }>;

/*
  The client's own takes any answer for a success, and so the text by which a broker refuses:

  byte 0          4
       | length   | the broker's answer: empty, or JSON with a status
       | i32      |
*/
function bearing(token: Given): Custom['authenticationProvider'] {
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
