/** The link under loss: a verifier that stops, dies or comes back is noticed and found again. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  type Forwarder,
  MILLISECOND_NS,
  midnightBefore,
  OutriderError,
  startForwarder,
  wallTimers,
} from '#engine';
import { createFrameWriter } from '../protocol/payload.ts';
import { encodeWelcome } from '../protocol/welcome.ts';
import { serveVerifier } from '../serve.ts';
import { ECHO_DESCRIPTION, ECHO_TERMS } from '../testing/echo-edge.ts';
import { clockOf, type EchoLink, openEchoLink } from '../testing/echo-link.ts';
import { openEchoSession } from '../testing/echo-session.ts';
import { createBackOff } from './back-off.ts';
import { connectVerifier } from './connect.ts';

const WAIT = { timeout: 30_000, interval: 5 };
const todayNs = BigInt(Date.now()) * 1_000_000n;
const clock = clockOf(todayNs);
const opened: { close(): unknown }[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

type VerifierProcess = { port: number; child: ChildProcess };

async function startVerifier(port = 0): Promise<VerifierProcess> {
  const script = fileURLToPath(new URL('../testing/echo-server.ts', import.meta.url));
  const child = spawn(process.execPath, [script, `${port}`, `${midnightBefore(todayNs)}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  opened.push({ close: () => child.kill('SIGKILL') });
  const [line] = (await once(child.stdout!, 'data')) as [Buffer];
  return { port: Number(line.toString()), child };
}

function openLink(port: number, settings = {}): EchoLink {
  const echo = openEchoLink({ port, clock, settings });
  opened.push(echo.link);
  return echo;
}

const stateIs = ({ link }: EchoLink, state: 'up' | 'down') =>
  vi.waitFor(() => expect(link.state).toBe(state), WAIT);

const reasons = ({ changes }: EchoLink) =>
  changes.map(change => (change.state === 'up' ? 'up' : change.error.message.split(': ')[1]));

/** Asks and waits for an answer: a verdict of the context asked about, or the refusal's reason. */
async function outcomeOf(echo: EchoLink): Promise<string> {
  const requestId = echo.ask(0)!;
  const before = echo.answers.length;
  await vi.waitFor(() => expect(echo.answers.length).toBeGreaterThan(before), WAIT);
  const answer = echo.answers[before]!;
  if (answer.kind === 'refusal') return answer.refusal.reason;
  expect(answer.verdict.contexts).toEqual(echo.asked.get(requestId)!.expected);
  return 'verdict';
}

describe('a verifier in a process of its own', () => {
  it('is noticed when it is stopped, and works again when it goes on, told all anew', async () => {
    const { port, child } = await startVerifier();
    const echo = openLink(port);
    await stateIs(echo, 'up');
    expect(await outcomeOf(echo)).toBe('verdict');
    expect(await outcomeOf(echo)).toBe('verdict');
    const stoppedNs = clock.nowNs();
    child.kill('SIGSTOP');
    expect(echo.ask(0)).toBeTypeOf('number');
    await stateIs(echo, 'down');
    const noticedMs = (clock.nowNs() - stoppedNs) / MILLISECOND_NS;
    expect(noticedMs).toBeGreaterThan(450);
    expect(noticedMs).toBeLessThan(5000);
    expect(reasons(echo)).toEqual(['up', '3 heartbeats in a row were not answered']);
    expect(echo.ask(0)).toBeUndefined();
    child.kill('SIGCONT');
    await stateIs(echo, 'up');
    expect(await outcomeOf(echo)).toBe('resync');
    echo.loseVerifier();
    expect(await outcomeOf(echo)).toBe('verdict');
    expect(await outcomeOf(echo)).toBe('verdict');
  });

  it('is noticed at once when it is killed, and found again when it is restarted', async () => {
    const first = await startVerifier();
    const echo = openLink(first.port);
    await stateIs(echo, 'up');
    expect(await outcomeOf(echo)).toBe('verdict');
    first.child.kill('SIGKILL');
    await stateIs(echo, 'down');
    await vi.waitFor(() => expect(reasons(echo)).toContain('ECONNREFUSED'), WAIT);
    await startVerifier(first.port);
    await stateIs(echo, 'up');
    echo.loseVerifier();
    expect(await outcomeOf(echo)).toBe('verdict');
    expect(reasons(echo).at(-1)).toBe('up');
  });
});

describe('a verifier far away', () => {
  const settings = { heartbeatNs: 30 * MILLISECOND_NS };

  /** An edge whose verifier is 4 ms away. */
  async function openFar(): Promise<{ echo: EchoLink; forwarder: Forwarder }> {
    const server = await serveVerifier({
      ...{ port: 0, describe: ECHO_DESCRIPTION, clock, createSession: openEchoSession },
      limits: { watchNs: 40 * MILLISECOND_NS, quietLooksMax: 4 },
    });
    opened.push(server);
    const forwarder = await startForwarder({
      ...{ listen: { port: 0 }, target: { port: server.port }, clock, timers: wallTimers(clock) },
      delayNs: { up: 2 * MILLISECOND_NS, down: 2 * MILLISECOND_NS },
    });
    opened.push(forwarder);
    const echo = openLink(forwarder.port, settings);
    await stateIs(echo, 'up');
    return { echo, forwarder };
  }

  it('keeps the link while only heartbeats pass, and they measure the way', async () => {
    const { echo } = await openFar();
    await new Promise(resolve => setTimeout(resolve, 400));
    expect(reasons(echo)).toEqual(['up']);
    expect(echo.link.roundTripNs).toBeGreaterThanOrEqual(4 * MILLISECOND_NS);
    expect(await outcomeOf(echo)).toBe('verdict');
  });

  it.each<[string, (forwarder: Forwarder) => void]>([
    ['its answers stall', forwarder => forwarder.stall('down', 200 * MILLISECOND_NS)],
    ['its side alone is cut', forwarder => forwarder.halfOpen()],
  ])('is given up and found again when %s', async (_, fault) => {
    const { echo, forwarder } = await openFar();
    fault(forwarder);
    await stateIs(echo, 'down');
    expect(reasons(echo)[1]).toBe('3 heartbeats in a row were not answered');
    await stateIs(echo, 'up');
    echo.loseVerifier();
    expect(await outcomeOf(echo)).toBe('verdict');
  });
});

/** A server of bare sockets, each given to `take`. */
async function listen(take: (socket: Socket) => void): Promise<{ port: number; server: Server }> {
  const server = createServer(socket => {
    opened.push({ close: () => socket.destroy() });
    socket.on('error', () => {});
    take(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  opened.push(server);
  return { port: (server.address() as { port: number }).port, server };
}

describe('the link', () => {
  it('reports a verifier of another version once and does not try again', async () => {
    let connections = 0;
    const { port } = await listen(socket => {
      connections++;
      const frame = encodeWelcome(createFrameWriter(0n), ECHO_DESCRIPTION);
      frame[2] = 9;
      socket.write(frame);
    });
    const echo = openLink(port);
    await vi.waitFor(() => expect(echo.changes).toHaveLength(1), WAIT);
    expect(echo.changes[0]).toMatchObject({ permanent: true, error: { code: 'protocol' } });
    expect(reasons(echo)[0]).toContain('version is 9, this side speaks 4; bring both sides to');
    await new Promise(resolve => setTimeout(resolve, 150));
    expect(connections).toBe(1);
    expect(echo.changes).toHaveLength(1);
  });

  it('waits longer and longer for a verifier that throws it out, and says so once', async () => {
    const timesNs: number[] = [];
    const { port } = await listen(socket => {
      timesNs.push(clock.nowNs());
      socket.end('this is no verifier');
    });
    const echo = openLink(port, { retryFirstNs: 20 * MILLISECOND_NS });
    await vi.waitFor(() => expect(timesNs.length).toBe(5), WAIT);
    const gapsMs = timesNs.slice(1).map((timeNs, at) => (timeNs - timesNs[at]!) / MILLISECOND_NS);
    for (const [at, leastMs] of [20, 40, 80, 160].entries()) {
      expect(gapsMs[at]).toBeGreaterThanOrEqual(leastMs - 1);
    }
    expect(reasons(echo)).toHaveLength(1);
    expect(reasons(echo)[0]).toContain('magic is 0x6874, not 0x524f; check that host and port');
  });

  it('takes no more than its bounds while the verifier does not answer', async () => {
    const server = await serveVerifier({
      ...{ port: 0, describe: ECHO_DESCRIPTION, clock, createSession: openEchoSession },
      nextTurn: () => {},
    });
    opened.push(server);
    const echo = openLink(server.port, { outstandingMax: 3 });
    await stateIs(echo, 'up');
    const taken = Array.from({ length: 5 }, () => echo.ask(0) !== undefined);
    expect(taken).toEqual([true, true, true, false, false]);
    const narrow = openLink(server.port, { unsentBytesMax: 400 });
    await stateIs(narrow, 'up');
    let sent = 0;
    while (narrow.ask(0) !== undefined && sent < 1000) sent++;
    expect(sent).toBeLessThan(1000);
  });

  it('lets errors of its owner pass, or they would be taken for the verifier’s', async () => {
    const server = await serveVerifier({
      ...{ port: 0, describe: ECHO_DESCRIPTION, clock, createSession: openEchoSession },
    });
    opened.push(server);
    const caught = once(process, 'uncaughtException');
    const listeners = process.listeners('uncaughtException').slice(0, -1);
    for (const listener of listeners) process.off('uncaughtException', listener);
    const link = connectVerifier({
      ...{ port: server.port, terms: ECHO_TERMS, clock, timers: wallTimers(clock) },
      onAnswer: () => {},
      onState: () => {
        throw new OutriderError('disk', 'the log is full');
      },
    });
    const [error] = await caught;
    for (const listener of listeners) process.on('uncaughtException', listener);
    expect((error as Error).message).toBe('the log is full');
    expect(link.state).toBe('up');
    link.close();
  });

  it('refuses a port that cannot be', () => {
    expect(() => openLink(0)).toThrow('port 0: use an integer from 1 to 65535');
  });
});

describe('the waits between tries', () => {
  it('double up to their bound and begin anew', () => {
    const backOff = createBackOff({ retryFirstNs: 50, retryMostNs: 1000 });
    const waits = Array.from({ length: 7 }, () => backOff.nextNs());
    expect(waits).toEqual([50, 100, 200, 400, 800, 1000, 1000]);
    backOff.restart();
    expect(backOff.nextNs()).toBe(50);
  });
});
