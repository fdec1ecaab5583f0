/** Verifier and edge over real sockets: the same contexts on both sides, or plain words why not. */

import { createServer } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { MILLISECOND_NS, OutriderError } from '#engine';
import type { Answer, VerifierTerms } from './protocol/speculation.ts';
import { type ServeVerifierOptions, serveVerifier, type VerifierServer } from './serve.ts';
import { ECHO_DESCRIPTION } from './testing/echo-edge.ts';
import { clockOf, type EchoLink, openEchoLink } from './testing/echo-link.ts';
import { openEchoSession } from './testing/echo-session.ts';

const clock = clockOf(BigInt(Date.now()) * 1_000_000n);
const WAIT = { timeout: 30_000, interval: 5 };
const opened: { close(): unknown }[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

async function serve(options: Partial<ServeVerifierOptions> = {}): Promise<VerifierServer> {
  const server = await serveVerifier({
    ...{ port: 0, createSession: openEchoSession, describe: ECHO_DESCRIPTION, clock },
    ...options,
  });
  opened.push(server);
  return server;
}

function openLink(options: Omit<Parameters<typeof openEchoLink>[0], 'clock'>): EchoLink {
  const echo = openEchoLink({ ...options, clock });
  opened.push(echo.link);
  return echo;
}

const isUp = ({ link }: EchoLink) => vi.waitFor(() => expect(link.state).toBe('up'), WAIT);

/** Waits for an answer to every request and holds each verdict against what was expected. */
async function checkAnswers({ answers, asked }: EchoLink): Promise<Record<string, number>> {
  await vi.waitFor(() => expect(answers.length).toBe(asked.size), WAIT);
  const outcomes: Record<string, number> = {};
  for (const answer of answers) {
    const outcome = outcomeOf(answer);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    if (answer.kind === 'refusal') continue;
    expect(answer.verdict.contexts).toEqual(asked.get(answer.verdict.requestId)!.expected);
  }
  return outcomes;
}

const outcomeOf = (answer: Answer) =>
  answer.kind === 'verdict' ? 'verdict' : answer.refusal.reason;

describe('a verifier and its edges', () => {
  it('keep the same contexts over thousands of moves, or verdicts would be of others', async () => {
    const server = await serve();
    const edges = [openLink({ port: server.port }), openLink({ port: server.port })];
    for (const edge of edges) {
      await isUp(edge);
      for (let round = 0; round < 20; round++) {
        for (let each = 0; each < 60; each++) edge.ask(each % 2);
        await vi.waitFor(() => expect(edge.answers.length).toBe(edge.asked.size), WAIT);
      }
      // Of a burst only the latest are worth a pass; what the others moved counts all the same.
      const { verdict = 0, superseded = 0 } = await checkAnswers(edge);
      expect(verdict + superseded).toBe(1200);
      expect(verdict).toBeGreaterThanOrEqual(40);
      expect(superseded).toBeGreaterThan(100);
      expect(edge.link.roundTripNs).toBeGreaterThan(0);
    }
    expect(server.counters()).toMatchObject({ requests: 2400, resyncs: 0, badRequests: 0 });
  });

  it('drop what is out of time and still follow the market', async () => {
    const server = await serve();
    const edge = openLink({ port: server.port });
    await isUp(edge);
    for (let each = 0; each < 60; each++) {
      edge.ask(0, { budgetNs: each % 3 === 2 ? 60e9 : 0 });
      await vi.waitFor(() => expect(edge.answers.length).toBe(each + 1), WAIT);
    }
    expect(await checkAnswers(edge)).toEqual({ verdict: 20, expired: 40 });
    expect(server.counters()).toMatchObject({ expired: 40, settled: 20, resyncs: 0 });
  });

  it('shed load by refusing, and recover without a resync', async () => {
    const server = await serve({ limits: { waitingMax: 5 } });
    const edge = openLink({ port: server.port });
    await isUp(edge);
    for (let each = 0; each < 40; each++) edge.ask(each % 2, { moves: each % 20 === 19 ? 1 : 0 });
    const outcomes = await checkAnswers(edge);
    expect(outcomes.overloaded).toBeGreaterThan(20);
    // What waits may be overtaken by the moves of the requests behind it.
    const { verdict = 0, superseded = 0 } = outcomes;
    expect(verdict).toBeGreaterThan(0);
    expect(verdict + superseded).toBeGreaterThanOrEqual(5);
    expect(outcomes.resync).toBeUndefined();
    const before = edge.answers.length;
    for (const instrument of [0, 1]) edge.ask(instrument, { moves: 1 });
    await checkAnswers(edge);
    expect(edge.answers.slice(before).map(outcomeOf)).toEqual(['verdict', 'verdict']);
  });

  it('refuse to be too many, by name, until there is room again', async () => {
    const server = await serve({ limits: { connectionsMax: 1 } });
    const first = openLink({ port: server.port });
    await isUp(first);
    const second = openLink({ port: server.port });
    await vi.waitFor(() => expect(second.changes).toHaveLength(1), WAIT);
    expect(second.changes[0]).toMatchObject({ state: 'down', permanent: false });
    expect(messageOf(second)).toContain("refused the edge's connections: ");
    first.link.close();
    await isUp(second);
  });

  it('part with a goodbye when the verifier shuts down', async () => {
    const server = await serve();
    const edge = openLink({ port: server.port });
    await isUp(edge);
    await server.close();
    await vi.waitFor(() => expect(edge.link.state).toBe('down'), WAIT);
    expect(messageOf(edge)).toContain('the verifier is shutting down');
    expect(server.counters().connectionsOpen).toBe(0);
  });
});

const messageOf = ({ changes }: EchoLink) => {
  const last = changes.findLast(change => change.state === 'down');
  return last?.error.message ?? '';
};

describe('terms that differ are named once and not tried again', () => {
  it.each<[keyof VerifierTerms, Partial<VerifierTerms>, string]>([
    ['modelHash', { modelHash: 'b' }, `the edge has b, the verifier ${'a'.repeat(64)}`],
    ['kernel', { kernel: 'b' }, 'the edge has b, the verifier echo'],
    ['draftHash', { draftHash: 'b' }, `the edge has b, the verifier ${'d'.repeat(64)}`],
    ['paths', { paths: 17 }, 'the edge asks for 17, allowed are 16'],
    ['moves', { moves: 9 }, 'the edge asks for 9, allowed are 8'],
    ['branchesMax', { branchesMax: 17 }, 'the edge asks for 17, allowed are 16'],
  ])('%s', async (field, terms, detail) => {
    const server = await serve();
    const { link, changes } = openLink({ port: server.port, terms });
    await vi.waitFor(() => expect(changes).toHaveLength(1), WAIT);
    const [change] = changes;
    expect(change).toMatchObject({ state: 'down', permanent: true, error: { code: 'protocol' } });
    const { message } = (change as { error: OutriderError }).error;
    expect(message).toContain(`verifier 127.0.0.1:${server.port}: `);
    expect(message).toContain(`refused the edge's ${field}: ${field}: ${detail}`);
    await new Promise(resolve => setTimeout(resolve, 150));
    expect(server.counters()).toMatchObject({ connectionsTaken: 1, hellosRefused: { [field]: 1 } });
    expect(link.state).toBe('down');
    expect(changes).toHaveLength(1);
  });

  it('takes an edge that drafts nothing', async () => {
    const server = await serve();
    await isUp(openLink({ port: server.port, terms: { draftHash: '' } }));
  });

  it.each([
    [new OutriderError('bad-model', 'contextMoves is 8, the model reads 64'), true],
    [new OutriderError('limit', 'no memory for another session'), false],
    [new Error('a bug'), false],
  ])('says why no session could be opened: %s', async (error, permanent) => {
    const createSession = () => {
      throw error;
    };
    const server = await serve({ createSession });
    const edge = openLink({ port: server.port });
    await vi.waitFor(() => expect(edge.changes).toHaveLength(1), WAIT);
    expect(edge.changes[0]).toMatchObject({ state: 'down', permanent });
    expect(messageOf(edge)).toContain(error.message);
  });
});

describe('listening', () => {
  it('names host, port and remedy where the port is taken', async () => {
    const server = await serve();
    const again = serve({ port: server.port });
    await expect(again).rejects.toThrow(OutriderError);
    await expect(again).rejects.toThrow(
      `listen on 127.0.0.1:${server.port}: EADDRINUSE: another process listens there: stop it`,
    );
  });

  it('names an address that this machine has not', async () => {
    await expect(serve({ host: '192.0.2.1' })).rejects.toThrow('listen on 192.0.2.1:0: EADDRNOT');
    await expect(serve({ port: 65_536 })).rejects.toThrow('port 65536: use an integer from 0');
  });
});

describe('a verifier that misbehaves', () => {
  it('is left and tried again when a verdict answers what was not asked', async () => {
    const server = await serve({
      createSession(terms) {
        const session = openEchoSession(terms);
        return {
          ...session,
          settle: request => ({ ...session.settle(request), identity: 'ff'.repeat(16) }),
        };
      },
    });
    const edge = openLink({ port: server.port });
    await isUp(edge);
    edge.ask(0);
    await vi.waitFor(() => expect(edge.changes.length).toBeGreaterThan(2), WAIT);
    expect(edge.changes[1]).toMatchObject({ state: 'down', error: { code: 'bad-frame' } });
    expect(messageOf(edge)).toContain(`identity of a verdict is ${'ff'.repeat(16)}`);
    expect(edge.answers).toHaveLength(0);
  });

  it('says that its session failed, and gives the edge a new one', async () => {
    let sessions = 0;
    const server = await serve({
      createSession(terms) {
        const session = openEchoSession(terms);
        const isBroken = sessions++ === 0;
        const settle: typeof session.settle = request => {
          if (isBroken) throw new Error('rows overflow');
          return session.settle(request);
        };
        return { ...session, settle };
      },
    });
    const edge = openLink({ port: server.port });
    await isUp(edge);
    edge.ask(0);
    await vi.waitFor(() => expect(edge.changes.length).toBe(3), WAIT);
    expect(messageOf(edge)).toContain('the session failed: Error: rows overflow');
    edge.asked.clear();
    edge.loseVerifier();
    edge.ask(0);
    expect(await checkAnswers(edge)).toEqual({ verdict: 1 });
  });

  it('that takes connections and says nothing is given up in time', async () => {
    const mute = createServer().listen(0, '127.0.0.1');
    await new Promise(resolve => mute.once('listening', resolve));
    opened.push(mute);
    const { port } = mute.address() as { port: number };
    const edge = openLink({
      port,
      settings: { heartbeatNs: 20 * MILLISECOND_NS, greetingBeatsMax: 3 },
    });
    await vi.waitFor(() => expect(edge.changes).toHaveLength(1), WAIT);
    expect(messageOf(edge)).toContain('no welcome within 60 ms');
    edge.link.close();
  });
});
