/** The file of `--brokers-security`: how brokers are spoken with, and where the secrets are. */
import { z } from 'zod';
import { clockFrom, OutriderError, wallTimers } from '#engine';
import type { BrokerSecurity, SecretSource, SecuritySettings } from '#engine/broker';
import { readJsonOption } from './option-file.ts';

const BYTES_MAX = 16 * 1024;
const text = z.string().min(1).max(1024);

/** No field holds a secret: files and variables do. */
const securitySchema = z.strictObject({
  tls: z
    .strictObject({
      authorities: text.optional(),
      certificate: text.optional(),
      key: text.optional(),
    })
    .optional(),
  sasl: z
    .discriminatedUnion('mechanism', [
      z.strictObject({
        mechanism: z.enum(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512']),
        username: text,
        passwordFile: text.optional(),
        passwordEnvironment: text.optional(),
      }),
      z.strictObject({
        mechanism: z.literal('OAUTHBEARER'),
        tokenFile: text.optional(),
        tokenUrl: text.optional(),
        clientId: text.optional(),
        clientSecretFile: text.optional(),
        scope: text.optional(),
      }),
    ])
    .optional(),
});

type Sasl = NonNullable<z.output<typeof securitySchema>['sasl']>;

/** Throws `bad-config` naming the file, the field and the remedy; no secret is ever shown. */
export async function readBrokerSecurity(path: string): Promise<BrokerSecurity> {
  const read = securitySchema.safeParse(readJsonOption(path, BYTES_MAX));
  if (!read.success) {
    const problems = read.error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`);
    throw new OutriderError('bad-config', `${path}: ${problems.join('; ')}; docs/operations.md`);
  }
  const { tls, sasl } = read.data;
  const { brokerSecurity } = await import('#engine/broker');
  const settings = { ...(tls && { tls }), ...(sasl && { sasl: await saslOf(path, sasl) }) };
  return brokerSecurity(settings as SecuritySettings);
}

async function saslOf(path: string, sasl: Sasl): Promise<SecuritySettings['sasl']> {
  if (sasl.mechanism !== 'OAUTHBEARER') {
    const { mechanism, username, passwordFile, passwordEnvironment } = sasl;
    const password = sourceOf(passwordFile, passwordEnvironment);
    if (password === undefined) throw missing(path, 'passwordFile or passwordEnvironment');
    return { mechanism, username, password };
  }
  const { mechanism, tokenFile, tokenUrl: url, clientId, clientSecretFile, scope } = sasl;
  if (tokenFile !== undefined) return { mechanism, token: { file: tokenFile } };
  if (url === undefined || clientId === undefined || clientSecretFile === undefined) {
    throw missing(path, 'tokenFile, or tokenUrl with clientId and clientSecretFile');
  }
  const { oauthTokens } = await import('#engine/broker');
  const clock = clockFrom(0);
  const clientSecret = { file: clientSecretFile };
  const ports = { clock, timers: wallTimers(clock) };
  return {
    mechanism,
    token: oauthTokens({ url, clientId, clientSecret, ...(scope && { scope }), ...ports }),
  };
}

/** One of both, or none that counts. */
function sourceOf(file?: string, environment?: string): SecretSource | undefined {
  if ((file === undefined) === (environment === undefined)) return undefined;
  return file === undefined ? { environment: environment! } : { file };
}

const missing = (path: string, fields: string) =>
  new OutriderError('bad-config', `${path}: sasl: give ${fields}`);
