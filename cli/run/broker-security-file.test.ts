/** Settings of brokers from a file: what is wrong is named, and a secret is never shown. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readBrokerSecurity } from './broker-security-file.ts';

const directory = mkdtempSync(join(tmpdir(), 'outrider-security-'));
afterAll(() => rmSync(directory, { recursive: true }));
const file = (name: string, text: string) => {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
};
const read = (settings: object) => readBrokerSecurity(file('s.json', JSON.stringify(settings)));

it('reads the password where it is now, so that it may rotate', async () => {
  const passwordFile = file('password', 'first\n');
  const { sasl } = await read({ sasl: { mechanism: 'PLAIN', username: 'a', passwordFile } });
  const password = sasl!.password as () => string;
  expect(password()).toBe('first');
  file('password', 'second\n');
  expect(password()).toBe('second');
});

it('takes a token from a file', async () => {
  const tokenFile = file('token', 'abc');
  const { sasl, tls } = await read({ sasl: { mechanism: 'OAUTHBEARER', tokenFile } });
  expect((sasl!.token as () => string)()).toBe('abc');
  expect(tls).toBeUndefined();
});

it.each<[RegExp, object]>([
  [/sasl.mechanism/, { sasl: { mechanism: 'GSSAPI' } }],
  [/give passwordFile or passwordEnvironment/, { sasl: { mechanism: 'PLAIN', username: 'a' } }],
  [
    /give tokenFile, or tokenUrl with/,
    { sasl: { mechanism: 'OAUTHBEARER', tokenUrl: 'https://x' } },
  ],
  [/[Uu]nrecognized key/, { tls: { authority: 'x' } }],
  [/tls: ca file .*missing.pem: ENOENT/, { tls: { authorities: '/missing.pem' } }],
  [/tls: key is missing/, { tls: { certificate: '/missing.pem' } }],
])('names what is wrong: %s', async (problem, settings) => {
  await expect(read(settings)).rejects.toThrow(problem);
});

it('shows no password that was written where none belongs', async () => {
  const sasl = { mechanism: 'PLAIN', username: 'a', password: 'planted-secret' };
  const said = await read({ sasl }).catch((error: Error) => error.message);
  expect(said).toContain('password');
  expect(said).not.toContain('planted-secret');
  const text = await readBrokerSecurity(file('t.json', '{planted-secret')).catch(String);
  expect(text).not.toContain('planted-secret');
});
