/** Whatever a process prints or keeps of a broker's password, somebody reads who must not. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { freePorts } from '#engine';
import { type KafkaCluster, kafkaNeeds, startKafka } from '#engine/testing/kafka';
import { runCommand, startCommand } from './command.ts';

const { needs, isMissing } = kafkaNeeds();
const TEST_MS = 300_000;
const SECRET = 'right-Horse-4711';
const WRONG = 'wrong-Mule-0815';
const LOGIN = 'org.apache.kafka.common.security.plain.PlainLoginModule required';

/** As it is, and as clients and tools would write it. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const inLogin = Buffer.from(`\0alice\0${secret}`);
  const texts = [bytes, inLogin].flatMap(each => [each.toString('base64'), each.toString('hex')]);
  return [secret, ...texts.map(text => text.replace(/=+$/, ''))];
}

/** The metrics of a run that has had ticks by way of the topic; false before. */
async function scraped(door: string): Promise<string | false> {
  const answer = await fetch(`http://${door}/metrics`).catch(() => undefined);
  const text = (await answer?.text()) ?? '';
  return text.includes('segment="topic"') && text;
}

/** Which of the secrets a text has, in any form. */
const secretsIn = (text: string) =>
  [SECRET, WRONG].filter(secret => formsOf(secret).some(form => text.includes(form)));

describe.skipIf(isMissing)(`the password of a broker (needs ${needs})`, () => {
  const directory = mkdtempSync(join(tmpdir(), 'outrider-secrets-'));
  let kafka: KafkaCluster;
  beforeAll(async () => {
    kafka = await startKafka({
      listener: 'SASL_PLAINTEXT',
      settings: {
        'listener.name.clients.sasl.enabled.mechanisms': 'PLAIN',
        'listener.name.clients.plain.sasl.jaas.config': `${LOGIN} user_alice="${SECRET}";`,
      },
    });
  }, TEST_MS);
  afterAll(async () => {
    await kafka?.stop();
    rmSync(directory, { recursive: true });
  });

  /** Options of a process that has the secret from a file, or from its environment. */
  function access(secret: string, from: 'file' | 'environment') {
    const place = join(directory, `${from}-${secret.length}.json`);
    const passwordFile = join(directory, `${secret.length}.secret`);
    writeFileSync(passwordFile, secret);
    const password = from === 'file' ? { passwordFile } : { passwordEnvironment: 'DESK_PASSWORD' };
    const sasl = { mechanism: 'PLAIN', username: 'alice', ...password };
    writeFileSync(place, JSON.stringify({ sasl }));
    const options = ['--brokers', kafka.addresses.join(','), '--brokers-security', place];
    return { options, environment: { DESK_PASSWORD: secret } };
  }

  it(
    'is in nothing that processes print, log, count or keep, right or wrong',
    async () => {
      const right = access(SECRET, 'file');
      const created = await runCommand(['topics', 'create', ...right.options]);
      expect(created.stderr).toBe('');
      expect(created.status).toBe(0);

      const wrong = access(WRONG, 'environment');
      const refused = await runCommand(['topics', 'check', ...wrong.options], wrong);
      expect(refused.status).not.toBe(0);
      expect(refused.stderr).toMatch(/password|credential|authentication/i);

      const [port] = await freePorts(1);
      const door = `127.0.0.1:${port}`;
      const out = join(directory, 'run');
      const run = startCommand(
        [
          ...['run', '--duration', '60s', '--json', '--out', out],
          ...['--operations', door, '--log-level', 'debug'],
          ...access(SECRET, 'environment').options,
        ],
        { environment: { DESK_PASSWORD: SECRET } },
      );
      // What ends too early says why.
      const metrics = await Promise.race([
        vi.waitUntil(() => scraped(door), { timeout: TEST_MS, interval: 100 }),
        run.done.then(({ stdout, stderr }) => Promise.reject(new Error(`${stdout}\n${stderr}`))),
      ]);
      run.kill('SIGTERM');
      const ended = await run.done;
      expect(ended.status).toBe(0);

      const kept = readdirSync(out, { recursive: true, withFileTypes: true })
        .filter(entry => entry.isFile())
        .map(entry => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
      expect(kept.length).toBeGreaterThan(3);
      const said = [created, refused, ended].flatMap(({ stdout, stderr }) => [stdout, stderr]);
      for (const text of [...said, metrics, ...kept]) expect(secretsIn(text)).toEqual([]);
    },
    TEST_MS,
  );

  it('would be found in whatever form it leaked', () => {
    for (const form of formsOf(SECRET)) expect(secretsIn(`login ${form}==`)).toEqual([SECRET]);
  });
});
