/** Settings of a test's Kafka that asks for a certificate and takes all SASL mechanisms. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { wallClock } from '../../../clock.ts';
import { SECOND_NS } from '../../../nanoseconds.ts';

type Pem = { readonly certificateFile: string; readonly keyFile: string };

const wall = wallClock(0n);

/** User alice: `first-plain-secret` with PLAIN; SCRAM as formatted, tokens that nobody signs. */
export function brokerSettings(
  { authority, venue }: { readonly authority: Pem; readonly venue: Pem },
  directory: string,
  reauthenticationMs: number,
): Record<string, string> {
  const keyStore = join(directory, 'broker.pem');
  writeFileSync(
    keyStore,
    readFileSync(venue.keyFile, 'utf8') + readFileSync(venue.certificateFile, 'utf8'),
  );
  const own: Record<string, string> = {
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': keyStore,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': authority.certificateFile,
    'ssl.client.auth': 'required',
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER',
    'plain.sasl.jaas.config': login('plain.Plain', 'user_alice="first-plain-secret"'),
    'scram-sha-256.sasl.jaas.config': login('scram.Scram'),
    'scram-sha-512.sasl.jaas.config': login('scram.Scram'),
    'oauthbearer.sasl.jaas.config': login(
      'oauthbearer.OAuthBearer',
      'unsecuredLoginStringClaim_sub="broker"',
    ),
  };
  const named = Object.entries(own).map(([name, value]) => [
    `listener.name.clients.${name}`,
    value,
  ]);
  return {
    ...Object.fromEntries(named),
    'connections.max.reauth.ms': String(reauthenticationMs),
  };
}

const login = (module: string, options = '') =>
  `org.apache.kafka.common.security.${module}LoginModule required ${options};`;

/** A token of the algorithm `none`, which Kafka's validator for tests takes. */
export function unsecuredToken(subject: string, lifetimeSeconds: number): string {
  const nowSeconds = wall.nowNs() / SECOND_NS;
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const issued = Math.min(nowSeconds, nowSeconds + lifetimeSeconds - 1);
  const claims = { sub: subject, iat: issued, exp: nowSeconds + lifetimeSeconds };
  return `${part({ alg: 'none' })}.${part(claims)}.`;
}
