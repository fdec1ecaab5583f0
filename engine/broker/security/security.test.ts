/** Who may speak with a real broker: what is refused says why, what rotates must not stop. */
import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { alterUserScramCredentialsV0 } from '@platformatic/kafka';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hasOpenssl, makeCertificates } from '#gateway/testing';
import { clockFrom, wallTimers } from '../../clock.ts';
import { type KafkaCluster, kafkaNeeds, startKafka } from '../../testing/kafka/start-kafka.ts';
import { connectKafkajs } from '../kafkajs/connect.ts';
import { connectPlatformatic } from '../platformatic/connect.ts';
import { openLinks } from '../platformatic/links.ts';
import { nowMs, waitMs } from '../wait.ts';
import { oauthTokens } from './oauth-tokens.ts';
import { knownSecrets, type SecretSource } from './secret.ts';
import { brokerSecurity, type SaslSettings, type TlsSettings } from './security.ts';
import { brokerSettings, unsecuredToken } from './testing/broker-settings.ts';

const real = kafkaNeeds();
const isMissing = real.isMissing || !hasOpenssl();
const SCRAM_256 = 1;
const REAUTHENTICATION_MS = 3_000;
const WAIT_MS = 10_000;
const TOKEN_SECONDS = 6;

type Open = typeof connectPlatformatic | typeof connectKafkajs;

describe.skipIf(isMissing)(`SASL and TLS (needs ${real.needs}, openssl)`, () => {
  let kafka: KafkaCluster;
  let tls: TlsSettings;
  const certificates = makeCertificates();
  const directory = mkdtempSync(join(tmpdir(), 'outrider-secrets-'));
  const secretFile = (name: string, text: string): SecretSource => {
    const file = join(directory, name);
    writeFileSync(file, text);
    return { file };
  };
  beforeAll(async () => {
    tls = {
      authorities: certificates.authority.certificateFile,
      certificate: certificates.client.certificateFile,
      key: certificates.client.keyFile,
    };
    kafka = await startKafka({
      listener: 'SASL_SSL',
      settings: brokerSettings(certificates, directory, REAUTHENTICATION_MS),
      format: [
        ...['--add-scram', 'SCRAM-SHA-256=[name=alice,password=first-256-secret]'],
        ...['--add-scram', 'SCRAM-SHA-512=[name=alice,password=first-512-secret]'],
      ],
    });
  });
  afterAll(async () => {
    await kafka.stop();
    rmSync(directory, { recursive: true });
  });
  const connect = (sasl: SaslSettings, by: TlsSettings = tls) =>
    connectPlatformatic({ addresses: kafka.addresses, ...brokerSecurity({ tls: by, sasl }) });
  const scram = (password: SecretSource): SaslSettings => ({
    mechanism: 'SCRAM-SHA-256',
    username: 'alice',
    password,
  });

  const ways: Readonly<Record<string, () => SaslSettings>> = {
    PLAIN: () => ({
      mechanism: 'PLAIN',
      username: 'alice',
      password: secretFile('plain', 'first-plain-secret\n'),
    }),
    'SCRAM-SHA-256': () => scram(secretFile('256', 'first-256-secret')),
    'SCRAM-SHA-512': () => ({
      mechanism: 'SCRAM-SHA-512',
      username: 'alice',
      password: secretFile('512', 'first-512-secret'),
    }),
    OAUTHBEARER: () => ({
      mechanism: 'OAUTHBEARER',
      token: secretFile('token', unsecuredToken('alice', 60)),
    }),
  };

  describe.each(Object.entries({ connectPlatformatic, connectKafkajs }))('%s', (client, open) => {
    it.each(Object.keys(ways))(
      'with %s and certificates carries records',
      async name => {
        const security = brokerSecurity({ tls, sasl: ways[name]!() });
        const broker = await open({ addresses: kafka.addresses, ...security });
        const topic = `${client}-${name}`;
        await broker.admin.createTopics([{ topic, partitions: 1, replicas: 1, config: {} }]);
        const producer = await broker.producer({});
        const value = Buffer.from(name);
        const record = {
          topic,
          partition: 0,
          key: null,
          value,
          headers: [],
          timestampMs: Date.now(),
        };
        await producer.send([record]);
        const from = [{ topic, partition: 0, offset: 0 }];
        const reader = await broker.reader({ isolation: 'read-committed', from });
        const [batch] = await vi.waitUntil(async () => {
          const batches = await reader.poll();
          return batches.length > 0 && batches;
        }, WAIT_MS);
        expect(Buffer.from(batch!.records[0]!.value!).toString()).toBe(name);
        await broker.close();
      },
      60_000,
    );

    it('says what to do where the password is wrong or the token has expired', async () => {
      const attempt = (sasl: SaslSettings) => () =>
        open({ addresses: kafka.addresses, ...brokerSecurity({ tls, sasl }) });
      const wrong = scram(secretFile('wrong', 'planted-wrong-secret'));
      expect(await refusalOf(attempt(wrong))).toMatch(/bad-config.*check user and password/s);
      const token = secretFile('old', unsecuredToken('alice', -60));
      const old = attempt({ mechanism: 'OAUTHBEARER', token });
      expect(await refusalOf(old)).toMatch(/bad-config.*is not valid or has expired/s);
    }, 60_000);
  });

  describe.each(Object.entries({ connectPlatformatic, connectKafkajs }))('%s', (client, open) => {
    it('ends by what is to be done where a token is not renewed under load', async () => {
      const token = secretFile(`short-${client}`, unsecuredToken('alice', TOKEN_SECONDS));
      const security = brokerSecurity({ tls, sasl: { mechanism: 'OAUTHBEARER', token } });
      const settings = { addresses: kafka.addresses, ...security, refusalMsMax: 1_000 };
      const broker = await open(settings);
      const topic = `not-renewed-${client}`;
      await broker.admin.createTopics([{ topic, partitions: 1, replicas: 1, config: {} }]);
      const producer = await broker.producer({});
      let sent = 0;
      const load = async () => {
        for (;;) {
          const value = Buffer.from(String(sent));
          const record = { topic, partition: 0, key: null, value, headers: [] };
          // On a busy machine kafkajs is late now and then: its session has run out.
          const sending = producer.send([{ ...record, timestampMs: Date.now() }]);
          await sending.then(
            () => sent++,
            error => {
              if (error.code !== 'network') throw error;
            },
          );
          await waitMs(10);
        }
      };
      expect(await refusalOf(load)).toMatch(/bad-config.*fetch a new one/s);
      expect(sent).toBeGreaterThan(10);
      await broker.close();
      const other = await connect(scram(secretFile('256', 'first-256-secret')));
      const [bounds] = await other.admin.bounds([{ topic, partition: 0 }], 'read-committed');
      expect(bounds!.end).toBeGreaterThanOrEqual(sent);
      await other.close();
    }, 60_000);
  });

  it('says what to do where the password is wrong, and does not say the password', async () => {
    const attempt = connect(scram(secretFile('wrong', 'planted-wrong-secret')));
    const error = await attempt.then(
      () => undefined,
      (refused: Error) => refused,
    );
    expect(error).toMatchObject({ code: 'bad-config' });
    expect(error!.message).toContain('check user and password');
    expect(everyText(error)).not.toContain('planted-wrong-secret');
    expect(knownSecrets()).toContain('planted-wrong-secret');
  });

  it('says what to do where certificates are missing, expired or of a stranger', async () => {
    const sasl = scram(secretFile('256', 'first-256-secret'));
    const { authorities } = tls as Required<TlsSettings>;
    const of = ({ certificateFile, keyFile }: { certificateFile: string; keyFile: string }) => ({
      ...{ authorities, certificate: certificateFile, key: keyFile },
    });
    const others = { ...tls, authorities: certificates.stranger.certificateFile };
    const refusals: readonly (readonly [remedy: string, by: TlsSettings | undefined])[] = [
      ['bad-config.*the broker asks for a certificate: give ours', { authorities }],
      ['bad-config.*is valid from .* to .*; renew it', of(certificates.expired)],
      ['bad-config.*takes our certificate neither', of(certificates.stranger)],
      ['bad-config.*give the authority that signed', others],
      ['network.*where it speaks TLS, give tls settings', undefined],
    ];
    for (const [remedy, by] of refusals) {
      const said = await refusalOf(async () => {
        const security = brokerSecurity(by === undefined ? { sasl } : { tls: by, sasl });
        await connectPlatformatic({ addresses: kafka.addresses, ...security });
      });
      expect(said).toMatch(new RegExp(remedy, 's'));
    }
  });

  it('loses no record while the password changes at the broker and later in its file', async () => {
    const password = secretFile('rotated', 'first-256-secret');
    const startMs = nowMs();
    // Meanwhile each connection shows its old password and is refused.
    const rotation = waitMs(REAUTHENTICATION_MS / 2)
      .then(() => setScramPassword('second-256-secret'))
      .then(() => waitMs(2 * REAUTHENTICATION_MS))
      .then(() => writeFileSync((password as { file: string }).file, 'second-256-secret'));
    const untilMs = startMs + 5 * REAUTHENTICATION_MS;
    const clients = Object.entries({ connectPlatformatic, connectKafkajs });
    await Promise.all([
      rotation,
      ...clients.map(([client, open]) => carryUntil(open, { client, password, untilMs })),
    ]);
    await expect(connect(scram(secretFile('before', 'first-256-secret')))).rejects.toMatchObject({
      code: 'bad-config',
    });
    await setScramPassword('first-256-secret');
  }, 60_000);

  type Carrying = { client: string; password: SecretSource; untilMs: number };

  async function carryUntil(open: Open, { client, password, untilMs }: Carrying) {
    const security = brokerSecurity({ tls, sasl: scram(password) });
    const broker = await open({ addresses: kafka.addresses, ...security });
    const topic = `rotated-${client}`;
    await broker.admin.createTopics([{ topic, partitions: 1, replicas: 1, config: {} }]);
    const producer = await broker.producer({});
    const from = [{ topic, partition: 0, offset: 0 }];
    const reader = await broker.reader({ isolation: 'read-committed', from, pollWaitMs: 10 });
    const read: number[] = [];
    let sent = 0;
    while (nowMs() < untilMs || read.length < sent) {
      if (nowMs() < untilMs) {
        const value = Buffer.from(String(sent++));
        const record = { topic, partition: 0, key: null, value, headers: [] };
        await producer.send([{ ...record, timestampMs: Date.now() }]);
      }
      for (const { records } of await reader.poll()) {
        for (const record of records) read.push(Number(Buffer.from(record.value!).toString()));
      }
    }
    expect(read).toEqual(Array.from({ length: sent }, (_, index) => index));
    await broker.close();
  }

  /** As an operator would, by another user's session. */
  async function setScramPassword(password: string): Promise<void> {
    const sasl: SaslSettings = {
      mechanism: 'PLAIN',
      username: 'alice',
      password: secretFile('plain', 'first-plain-secret'),
    };
    const security = brokerSecurity({ tls, sasl });
    const links = openLinks({ addresses: [], ...security, requestTimeoutMs: 10_000 });
    const [host, port] = kafka.addresses[0]!.split(':');
    const salt = randomBytes(16);
    const iterations = 4096;
    const saltedPassword = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
    const upsert = { name: 'alice', mechanism: SCRAM_256, iterations, salt, saltedPassword };
    const node = { host: host!, port: Number(port) };
    const answer = await links.call(node, alterUserScramCredentialsV0.api, [], [upsert]);
    expect(answer.results.map(({ errorCode }) => errorCode)).toEqual([0]);
    await links.close();
  }

  describe('tokens from an endpoint', () => {
    const LIFETIME_SECONDS = 4;
    let endpoint: Server;
    let fetched = 0;
    beforeAll(async () => {
      endpoint = createServer((request, response) => {
        const basic = Buffer.from(String(request.headers.authorization).slice(6), 'base64');
        if (basic.toString() !== 'outrider:planted-client-secret') {
          response.writeHead(401).end('planted-client-secret');
          return;
        }
        fetched += 1;
        const access_token = unsecuredToken('alice', LIFETIME_SECONDS);
        response.end(JSON.stringify({ access_token, expires_in: LIFETIME_SECONDS }));
      });
      await new Promise<void>(resolve => endpoint.listen(0, '127.0.0.1', resolve));
    });
    afterAll(() => void endpoint.close());
    const tokensOf = (secret: string) => {
      const clock = clockFrom(0);
      const { port } = endpoint.address() as AddressInfo;
      return oauthTokens({
        ...{ url: `http://127.0.0.1:${port}/token`, clientId: 'outrider' },
        clientSecret: secretFile('client', secret),
        ...{ clock, timers: wallTimers(clock) },
      });
    };

    it('are fetched again before they expire, while records flow by both', async () => {
      await Promise.all([carry(connectPlatformatic), carry(connectKafkajs)]);
    }, 60_000);

    async function carry(open: Open) {
      const token = tokensOf('planted-client-secret');
      const security = brokerSecurity({ tls, sasl: { mechanism: 'OAUTHBEARER', token } });
      const before = fetched;
      const broker = await open({ addresses: kafka.addresses, ...security });
      const topic = `by-endpoint-${open.name}`;
      await broker.admin.createTopics([{ topic, partitions: 1, replicas: 1, config: {} }]);
      const producer = await broker.producer({});
      const startMs = nowMs();
      let sent = 0;
      for (; nowMs() - startMs < 2 * LIFETIME_SECONDS * 1_000; sent++) {
        const value = Buffer.from(String(sent));
        await producer.send([
          { topic, partition: 0, key: null, value, headers: [], timestampMs: Date.now() },
        ]);
        await waitMs(20);
      }
      const [bounds] = await broker.admin.bounds([{ topic, partition: 0 }], 'read-committed');
      expect(bounds!.end).toBe(sent);
      // By each of the two.
      expect(fetched - before).toBeGreaterThanOrEqual(4);
      await broker.close();
    }

    it('say what to do where the client secret is wrong, and do not say it', async () => {
      const refused = await tokensOf('planted-bad-secret')
        .token()
        .catch((error: Error) => error);
      expect(refused).toMatchObject({ code: 'bad-config' });
      expect(everyText(refused)).toMatch(/answers 401; check client id, client secret and scope/);
      expect(everyText(refused)).not.toMatch(/planted/);
    });

    it('are not fetched over a line that others read', () => {
      const clock = clockFrom(0);
      const clientSecret = { environment: 'UNUSED' };
      const ports = { clock, timers: wallTimers(clock), clientId: 'x', clientSecret };
      expect(() => oauthTokens({ ...ports, url: 'http://example.com/token' })).toThrow(/https/);
    });
  });
});

async function refusalOf(attempt: () => Promise<unknown>): Promise<string> {
  return await attempt().then(
    () => 'not refused',
    ({ code, message }) => `${code}: ${message}`,
  );
}

/** All that a log could print of an error. */
function everyText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { errors = [] } = error as Error & { errors?: readonly unknown[] };
  return [
    error.stack,
    JSON.stringify(error),
    ...[...errors, error.cause].map(each => (each ? everyText(each) : '')),
  ].join('\n');
}
