/** A verifier against peers that send what no edge would: each is told why, none does harm. */

import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { MILLISECOND_NS, seededRandom } from '#engine';
import type { Frame } from '../protocol/frame.ts';
import { createFrameDecoder } from '../protocol/frame-decoder.ts';
import { decodeGoodbye } from '../protocol/goodbye.ts';
import { decodeHeartbeat, encodeHeartbeat } from '../protocol/heartbeat.ts';
import { encodeHello } from '../protocol/hello.ts';
import { decodeHelloRefusal } from '../protocol/hello-refusal.ts';
import { createFrameWriter, type FrameWriter } from '../protocol/payload.ts';
import { decodeRefusal } from '../protocol/refusal.ts';
import { encodeSpeculation } from '../protocol/request.ts';
import { termsHash } from '../protocol/terms.ts';
import { decodeVerdict } from '../protocol/verdict.ts';
import { serveVerifier, type VerifierServer } from '../serve.ts';
import { createEchoEdge, ECHO_DESCRIPTION, ECHO_TERMS } from '../testing/echo-edge.ts';
import { clockOf } from '../testing/echo-link.ts';
import { openEchoSession } from '../testing/echo-session.ts';
import type { ServerLimits } from './limits.ts';

const WAIT = { timeout: 30_000, interval: 5 };
const clock = clockOf(BigInt(Date.now()) * 1_000_000n);
const frames = createFrameWriter(termsHash(ECHO_TERMS));
const hello = encodeHello(frames, ECHO_TERMS);
const opened: { close(): unknown }[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

type Peer = { socket: Socket; received: Frame[]; isClosed(): boolean };

async function serve(limits: Partial<ServerLimits> = {}): Promise<VerifierServer> {
  const server = await serveVerifier({
    ...{ port: 0, createSession: openEchoSession, describe: ECHO_DESCRIPTION, clock, limits },
  });
  opened.push(server);
  return server;
}

/** A bare socket; `received` are the frames that came back. */
async function openPeer({ port }: VerifierServer): Promise<Peer> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  opened.push({ close: () => socket.destroy() });
  const received: Frame[] = [];
  const decoder = createFrameDecoder();
  socket.on('error', () => {});
  socket.on('data', chunk => {
    decoder.push(chunk, frame => received.push({ ...frame, payload: frame.payload.slice() }));
  });
  let closed = false;
  socket.on('close', () => {
    closed = true;
  });
  await new Promise(resolve => socket.once('connect', resolve));
  return { socket, received, isClosed: () => closed };
}

const last = ({ received }: Peer) => received.at(-1)!;
/** The server hears of the end of a connection after the peer, or before. */
const hasLeft = (server: VerifierServer) =>
  vi.waitFor(() => expect(server.counters()).toMatchObject({ quiet: 1, connectionsOpen: 0 }), WAIT);
const wasDropped = (peer: Peer) => vi.waitFor(() => expect(peer.isClosed()).toBe(true), WAIT);

/** Sends after the hello was welcomed, and gives the verifier's parting words. */
async function partingWords(server: VerifierServer, bytes: Uint8Array): Promise<string> {
  const peer = await openPeer(server);
  peer.socket.write(Buffer.concat([hello, bytes]));
  await wasDropped(peer);
  expect(peer.received.map(({ name }) => name)).toEqual(['welcome', 'goodbye']);
  return decodeGoodbye(last(peer));
}

function patched(frame: Uint8Array, at: number, values: readonly number[]): Uint8Array {
  const bytes = Uint8Array.from(frame);
  bytes.set(values, at);
  return bytes;
}

const pingFrame = encodeHeartbeat(frames, 'ping', 5);
const askEchoEdge = () => createEchoEdge(ECHO_TERMS, seededRandom(1)).ask(0).request;

describe('before the terms are agreed', () => {
  it.each<[string, Uint8Array, string, string]>([
    ['another version', patched(hello, 2, [2, 0]), 'version', 'version is 2, this side speaks 4'],
    ['no frame', Buffer.from('GET / HTTP/1.1\r\n\r\n'), 'terms', 'magic is 0x4547, not 0x524f'],
    ['4 GiB', patched(hello, 6, [255, 255, 255, 255]), 'terms', 'length is 4294967295 bytes'],
    ['a ping', pingFrame, 'terms', 'ping came before hello; begin with hello'],
    ['other terms than hashed', patched(hello, 10, [0]), 'terms', 'terms hash is'],
    ['a damaged hello', patched(hello, 18, [200]), 'terms', 'terms.modelHash has'],
  ])('%s is refused by name', async (_, bytes, field, words) => {
    const server = await serve();
    const peer = await openPeer(server);
    peer.socket.write(bytes);
    await wasDropped(peer);
    const refusal = decodeHelloRefusal(last(peer));
    expect(refusal).toMatchObject({ field, permanent: true });
    expect(refusal.detail).toContain(words);
    expect(server.counters()).toMatchObject({ badFrames: 1, hellosRefused: { [field]: 1 } });
  });
});

describe('once the terms are agreed', () => {
  it.each<[string, Uint8Array, string]>([
    ['2^32 - 1 bytes', patched(pingFrame, 6, [255, 255, 255, 255]), 'length is 4294967295 bytes'],
    ['other terms', patched(pingFrame, 10, [1, 2, 3, 4, 5, 6, 7, 8]), 'hash is 807060504030201;'],
    ['a second hello', hello, 'hello came from an edge'],
    ['an empty request', frames({ name: 'speculation' }, () => {}), 'requestId needs 1 bytes'],
  ])('%s ends the connection with its reason', async (_, bytes, words) => {
    const server = await serve();
    expect(await partingWords(server, bytes)).toContain(words);
    expect(server.counters().badFrames).toBe(1);
  });

  it('answers frames that come a byte at a time, or slow networks would be shut out', async () => {
    const server = await serve();
    const peer = await openPeer(server);
    const request = encodeSpeculation(frames, askEchoEdge());
    for (const byte of Buffer.concat([hello, pingFrame, request])) {
      peer.socket.write(Uint8Array.of(byte));
      await new Promise(resolve => setImmediate(resolve));
    }
    await vi.waitFor(() => expect(peer.received).toHaveLength(3), WAIT);
    const [, pong, verdict] = peer.received;
    expect(decodeHeartbeat(pong!)).toBe(5);
    expect(decodeVerdict(verdict!, ECHO_TERMS).contexts.length).toBeGreaterThan(0);
  });

  it('refuses invalid requests by name, and drops a peer that keeps sending them', async () => {
    const server = await serve({ badRequestsMax: 2 });
    const peer = await openPeer(server);
    const request = askEchoEdge();
    const send = (change: object) =>
      peer.socket.write(encodeSpeculation(frames, { ...request, ...change }));
    peer.socket.write(hello);
    send({ requestId: 4 });
    send({ requestId: 4 });
    send({ requestId: 5, branches: Uint8Array.of(70) });
    await vi.waitFor(() => expect(peer.received).toHaveLength(4), WAIT);
    const refusals = peer.received.filter(({ name }) => name === 'refusal').map(decodeRefusal);
    expect(refusals).toMatchObject([
      { requestId: 4, reason: 'bad-request', detail: 'requestId is 4; count up from 4' },
      { requestId: 5, reason: 'bad-request' },
    ]);
    expect(refusals[1]!.detail).toContain('branches[0] is 70; give values from 0 to 63');
    send({ requestId: 6, instrument: 9 });
    await wasDropped(peer);
    expect(decodeGoodbye(last(peer))).toContain('instrument is 9');
    expect(server.counters()).toMatchObject({ badRequests: 3, requests: 4, settled: 1 });
  });
});

describe('a peer that does not keep up', () => {
  const limits = { watchNs: 20 * MILLISECOND_NS, quietLooksMax: 4 };

  it('is dropped when it says nothing, or dead edges would hold their places', async () => {
    const server = await serve(limits);
    const peer = await openPeer(server);
    peer.socket.write(hello);
    await wasDropped(peer);
    expect(decodeGoodbye(last(peer))).toBe('no whole frame came for 80 ms');
    await hasLeft(server);
  });

  it('is dropped when its frames never end, a byte now and then', async () => {
    const server = await serve(limits);
    const peer = await openPeer(server);
    peer.socket.write(hello);
    const long = frames({ name: 'speculation' }, payload => {
      payload.bytes('tokens', new Uint8Array(3000), 3000);
    });
    let at = 0;
    const trickle = setInterval(() => peer.socket.write(long.subarray(at, ++at)), 5);
    opened.push({ close: () => clearInterval(trickle) });
    await wasDropped(peer);
    expect(at).toBeGreaterThan(3);
    await hasLeft(server);
  });

  it('is dropped when it does not read, or its verdicts would fill the memory', async () => {
    const server = await serve({ unsentBytesMax: 64 * 1024 });
    const peer = await openPeer(server);
    peer.socket.write(hello);
    await vi.waitFor(() => expect(peer.received).toHaveLength(1), WAIT);
    peer.socket.pause();
    const edge = createEchoEdge(ECHO_TERMS, seededRandom(2));
    const flood = async () => {
      while (!peer.isClosed() && server.counters().unread === 0) {
        peer.socket.write(encodeSpeculation(frames, edge.ask(0).request));
        await new Promise(resolve => setImmediate(resolve));
      }
    };
    await flood();
    expect(server.counters()).toMatchObject({ unread: 1 });
    await vi.waitFor(() => expect(server.counters().connectionsOpen).toBe(0), WAIT);
  });
});

/** Frames of another's making must not be taken for this test's. */
const otherFrames: FrameWriter = createFrameWriter(1n);

it('tells an edge of other terms apart by the frame alone', async () => {
  const server = await serve();
  const words = await partingWords(server, encodeSpeculation(otherFrames, askEchoEdge()));
  expect(words).toContain('terms hash is 1; open a new connection for other terms');
});
