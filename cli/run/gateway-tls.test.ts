/** `outrider gateway` under TLS: before the venue it means, as the desk the venue knows. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { clockFrom, wallTimers } from '#engine';
import { connectGateway } from '#gateway';
import {
  type Certificate,
  type Certificates,
  hasOpenssl,
  makeCertificates,
} from '#gateway/testing';
import { loadReferenceData, referenceInstrument } from '#market';
import { SENDER, TARGET } from './comp-ids.ts';
import { compareRun } from './compare.ts';
import { openProcesses } from './remote-processes.ts';

const WAIT = { timeout: 30_000, interval: 20 };
const TEST_MS = 600_000;
const SIMA = referenceInstrument(loadReferenceData(), { symbol: 'SIMA', date: '2026-01-02' })!;

describe.skipIf(!hasOpenssl())('a gateway process under TLS (needs openssl)', () => {
  let made: Certificates;
  const opened: { close(): unknown }[] = [];
  beforeAll(() => {
    made = makeCertificates();
  });
  afterAll(() => rmSync(made.directory, { recursive: true }));
  afterEach(async () => {
    for (const each of opened.splice(0).reverse()) await each.close();
  });

  /** A venue that asks its desks for a certificate, and a gateway that shows what it is given. */
  async function start(shown: { authority?: Certificate; own?: Certificate }) {
    const world = openProcesses();
    opened.push(world);
    const config = join(world.directory, 'echo.json');
    const settings = { listen: '127.0.0.1:0', SenderCompID: TARGET, TargetCompID: SENDER };
    const { venue, authority } = made;
    const tls = { TlsCertificateFile: venue.certificateFile, TlsKeyFile: venue.keyFile };
    const asking = { ...tls, TlsAuthoritiesFile: authority.certificateFile };
    writeFileSync(config, JSON.stringify({ ...settings, ...asking }));
    const echo = await world.start(['venue', '--echo', '--config', config]);
    const options = ['--venue-authorities', (shown.authority ?? authority).certificateFile];
    const { own } = shown;
    if (own) options.push('--certificate', own.certificateFile, '--key', own.keyFile);
    const at = ['--listen', '127.0.0.1:0', '--venue', `127.0.0.1:${echo.port}`];
    const gateway = await world.start(['gateway', ...at, '--out', world.directory, ...options]);
    const clock = clockFrom(0);
    const edge = connectGateway({
      ...{ port: gateway.port, instruments: [SIMA], clock, timers: wallTimers(clock) },
      ...{ onPosition() {}, onProblem() {} },
    });
    opened.push(edge);
    return { ...world, gateway };
  }

  /** What came from the venue, as the log has it. */
  function heard(directory: string): string {
    const log = join(directory, 'gateway.log');
    if (!existsSync(log)) return '';
    const segments = readdirSync(log).filter(name => name.endsWith('.segment'));
    return segments.map(name => readFileSync(join(log, name), 'latin1')).join('');
  }

  it(
    'logs on and out with a certificate that the venue asks for',
    async () => {
      const { gateway, directory } = await start({ own: made.client });
      await vi.waitFor(() => expect(heard(directory)).toContain(`49=${TARGET}`), WAIT);
      gateway.kill('SIGTERM');
      expect(await gateway.exited).toBe(0);
      expect(heard(directory).match(/35=[A5]/g)).toEqual(['35=A', '35=5']);
      expect(compareRun(directory)).toMatchObject({ kind: 'identical', messages: 2 });
    },
    TEST_MS,
  );

  it.each<[string, () => Parameters<typeof start>[0]]>([
    ['without a certificate', () => ({})],
    ['with one that another authority vouches for', () => ({ own: made.stranger })],
  ])(
    'hears nothing from the venue %s, and tries again',
    async (_, shown) => {
      const { directory, gateway } = await start(shown());
      const tries = () => readFileSync(join(directory, 'fix', 'outbound.fix'), 'latin1');
      const failed = () => (gateway.stderr.match(/connect to/g) ?? []).length;
      const logons = () => tries().split('\u000135=A\u0001').length - 1;
      await vi.waitFor(() => expect(failed() + logons()).toBeGreaterThan(1), WAIT);
      expect(heard(directory)).not.toContain(`49=${TARGET}`);
    },
    TEST_MS,
  );

  it(
    'says nothing to a venue that its authorities do not vouch for',
    async () => {
      const { directory, gateway } = await start({ authority: made.client, own: made.client });
      await vi.waitFor(() => expect(gateway.stderr).toMatch(/connect to .*certificate/), WAIT);
      expect(readFileSync(join(directory, 'fix', 'outbound.fix'), 'latin1')).toBe('');
      expect(heard(directory)).not.toContain(`49=${TARGET}`);
    },
    TEST_MS,
  );

  it('is not begun with a file that is not there', async () => {
    const world = openProcesses();
    opened.push(world);
    const at = ['--listen', '127.0.0.1:0', '--venue', '127.0.0.1:1', '--out', world.directory];
    const missing = ['--certificate', made.client.certificateFile, '--key', '/none.pem'];
    const { exited, stderr } = await world.start(['gateway', ...at, ...missing]);
    expect(await exited).toBe(2);
    expect(stderr).toContain('/none.pem: ENOENT');
  });
});
