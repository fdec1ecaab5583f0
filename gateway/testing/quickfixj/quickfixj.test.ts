/** Both roles against QuickFIX/J 2.3.2 over loopback, with TLS and without. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { freePort, MILLISECOND_NS, SECOND_NS, wallClock, wallTimers } from '#engine';
import { listenEcho } from '../../echo/echo-acceptor.ts';
import { readSessionSettings } from '../../echo/session-settings.ts';
import { validateMessage } from '../../fix/dictionary/validate.ts';
import type { FixConnection } from '../../fix/fix-connection.ts';
import type { NewOrderSingle } from '../../fix/new-order-single.ts';
import { connectFix, type TlsIdentity } from '../../fix/tcp.ts';
import { formatUtcTimestamp } from '../../fix/timestamp.ts';
import { sessionConfig } from '../../session/config.ts';
import { connectSession } from '../../session/connection.ts';
import { memoryStore } from '../../session/memory-store.ts';
import { newSession } from '../../session/state.ts';
import {
  type Certificate,
  type Certificates,
  hasOpenssl,
  makeCertificates,
} from '../certificates.ts';
import { type Counterparty, quickfixClassPath, startCounterparty } from './start-quickfixj.ts';

const found = hasOpenssl() ? quickfixClassPath() : { missing: 'openssl' };
const jars = 'jars' in found ? found.jars : '';
const needs = 'missing' in found ? found.missing : 'java 17, mvn, openssl';
const PASSWORD = 'changeit';
const WAIT = { timeout: 180_000, interval: 20 };
const originNs = BigInt(Date.now()) * BigInt(MILLISECOND_NS);
const clock = wallClock(originNs);
const timers = wallTimers(clock);

describe.skipIf(jars === '')(`QuickFIX/J 2.3.2 (needs ${needs})`, () => {
  let directory: string;
  let made: Certificates;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'outrider-quickfixj-'));
    made = makeCertificates();
  });
  const open: { stop(): unknown }[] = [];
  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each.stop();
  });
  afterAll(() => {
    for (const each of [directory, made.directory]) rmSync(each, { recursive: true });
  });

  function start(role: 'acceptor' | 'initiator', settings: Record<string, string | number>) {
    const names = role === 'acceptor' ? ['VENUE', 'GATEWAY'] : ['GATEWAY', 'VENUE'];
    const counterparty = startCounterparty(jars, role, {
      ...{ directory, ConnectionType: role, SenderCompID: names[0]!, TargetCompID: names[1]! },
      ...{ StartTime: '00:00:00', EndTime: '00:00:00', HeartBtInt: 5, ReconnectInterval: 1 },
      ...settings,
    });
    open.push(counterparty);
    return counterparty;
  }

  /** QuickFIX's settings for TLS with a certificate of its own. */
  function secured(own: Certificate) {
    const keys = own.certificateFile.replace(/pem$/, 'p12');
    const trusted = join(directory, 'trusted.p12');
    const pair = ['-in', own.certificateFile, '-inkey', own.keyFile, '-out', keys];
    openssl(['pkcs12', '-export', ...pair, '-passout', `pass:${PASSWORD}`]);
    rmSync(trusted, { force: true });
    const store = ['-keystore', trusted, '-storetype', 'PKCS12', '-storepass', PASSWORD];
    const importing = ['-importcert', '-noprompt', '-alias', 'authority'];
    execFileSync('keytool', [...importing, '-file', made.authority.certificateFile, ...store], {
      stdio: 'ignore',
    });
    return {
      ...{ SocketUseSSL: 'Y', NeedClientAuth: 'Y' },
      ...{ SocketKeyStore: keys, SocketKeyStorePassword: PASSWORD, KeyStoreType: 'PKCS12' },
      ...{ SocketTrustStore: trusted, SocketTrustStorePassword: PASSWORD },
      TrustStoreType: 'PKCS12',
    };
  }

  /** Our initiator, with what its venue reports. */
  function initiator(port: number, tls: TlsIdentity | undefined) {
    const names = { senderCompId: 'GATEWAY', targetCompId: 'VENUE', heartbeatNs: 5 * SECOND_NS };
    const config = sessionConfig({
      role: 'initiator',
      originNs,
      ...names,
      validate: validateMessage,
    });
    const state = newSession(config, memoryStore());
    const notices: string[] = [];
    const session = connectSession(state, {
      ...{ clock, timers },
      onNotice(notice) {
        if (notice.kind !== 'deliver') notices.push(notice.kind);
        else if (notice.message.msgType === '8') notices.push(`filled ${notice.message.clOrdId}`);
      },
      onDisconnect: reason => notices.push(reason),
    });
    let connection: FixConnection | undefined;
    const connect = async () => {
      let handler: ReturnType<typeof session.opened> | undefined;
      const onBytes = (bytes: Uint8Array) => handler?.onBytes(bytes);
      const onClose = () => handler?.onClose();
      connection = await connectFix({ port, tls }, { onBytes, onClose }, { clock, timers });
      handler = session.opened(connection);
    };
    open.push({ stop: () => connection?.end() });
    return { session, state, notices, connect, cut: () => connection?.end() };
  }

  const order = (clOrdId: string): NewOrderSingle => ({
    ...{ msgType: 'D', clOrdId, postOnly: false, orderQty: '1000', price: '1.25000', side: '1' },
    ...{ symbol: 'EURUSD', transactTime: formatUtcTimestamp(originNs, clock.nowNs()) },
  });

  const started = (counterparty: Counterparty) =>
    vi.waitFor(() => expect(counterparty.events).toContain('started'), WAIT);

  it.each([false, true])(
    'fills our orders, each once, over a lost connection; TLS %s',
    async isTls => {
      const SocketAcceptPort = await freePort();
      const settings = { SocketAcceptPort, ...(isTls ? secured(made.venue) : undefined) };
      const acceptor = start('acceptor', settings);
      await started(acceptor);
      const { certificate, key } = made.client;
      const tls = isTls ? { authorities: made.authority.certificate, certificate, key } : undefined;
      const { session, state, notices, connect, cut } = initiator(SocketAcceptPort, tls);
      await connect();
      session.send(order('a'));
      await vi.waitFor(() => expect(notices).toEqual(['logged-on', 'filled a']), WAIT);
      cut();
      await vi.waitFor(() => expect(acceptor.events).toContain('logout'), WAIT);
      await vi.waitFor(() => expect(state.status).toBe('disconnected'), WAIT);
      session.send(order('b'));
      session.send(order('c'));
      await connect();
      const filled = ['logged-on', 'filled a', 'logged-on', 'filled b', 'filled c'];
      await vi.waitFor(() => expect(notices).toEqual(filled), WAIT);
      session.logout();
      await vi.waitFor(() => expect(state.status).toBe('disconnected'), WAIT);
      expect(acceptor.events.filter(event => /^D |reject|failed/.test(event))).toEqual([
        ...['D a', 'D b', 'D c'],
      ]);
    },
  );

  it.each([false, true])('is answered by our acceptor, TLS %s', async isTls => {
    const names = { SenderCompID: 'VENUE', TargetCompID: 'GATEWAY' };
    const { certificate, key } = made.venue;
    const tls = isTls ? { authorities: made.authority.certificate, certificate, key } : undefined;
    const acceptor = await listenEcho({
      ...{ listen: { port: 0, tls }, originNs, clock, timers, onEnd() {} },
      sessions: [readSessionSettings(names)],
    });
    open.push({ stop: () => acceptor.close() });
    const address = { SocketConnectHost: '127.0.0.1', SocketConnectPort: acceptor.port };
    const desk = start('initiator', { ...address, ...(isTls ? secured(made.client) : undefined) });
    await vi.waitFor(() => expect(desk.events).toContain('logon'), WAIT);
    for (const id of ['a', 'b', 'c']) desk.order(id);
    await vi.waitFor(() => expect(desk.events).toContain('D c'), WAIT);
    expect(desk.events.filter(event => /^[Dj] |reject|error/.test(event))).toEqual([
      ...['D a', 'D b', 'D c'],
    ]);
  });
});

function openssl(parameters: readonly string[]): void {
  execFileSync('openssl', parameters, { stdio: 'ignore' });
}
