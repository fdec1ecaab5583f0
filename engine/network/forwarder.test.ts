/** The forwarder over real sockets: never early, hardly late, every fault ends when it should. */

import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { wallClock, wallTimers } from '../clock.ts';
import { MILLISECOND_NS, midnightBefore } from '../nanoseconds.ts';
import { type ForwarderOptions, startForwarder } from './forwarder.ts';

const WAIT = { timeout: 30_000, interval: 5 };
const clock = wallClock(midnightBefore(BigInt(Date.now()) * 1_000_000n));
const opened: { close(): unknown }[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

/** A server that sends back what it gets, behind a forwarder; `accepted` are its sockets. */
async function startEcho(options: Partial<ForwarderOptions> = {}) {
  const accepted: Socket[] = [];
  const server = createServer(socket => {
    accepted.push(socket);
    opened.push({ close: () => socket.destroy() });
    socket.on('error', () => {});
    socket.setNoDelay(true);
    socket.pipe(socket);
  }).listen(0, '127.0.0.1');
  opened.push(server);
  await once(server, 'listening');
  const forwarder = await startForwarder({
    ...{ listen: { port: 0 }, target: { port: (server.address() as { port: number }).port } },
    ...{ delayNs: { up: 0, down: 0 }, clock, timers: wallTimers(clock) },
    ...options,
  });
  opened.push(forwarder);
  return { forwarder, accepted };
}

async function open(port: number) {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true, allowHalfOpen: true });
  opened.push({ close: () => socket.destroy() });
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** Sends and waits until as many bytes came back; gives the time it took. */
async function roundTripNs(socket: Socket, bytes: Uint8Array): Promise<number> {
  const startNs = clock.nowNs();
  let left = bytes.length;
  const back = new Promise<void>(resolve => {
    socket.on('data', function count(chunk: Buffer) {
      left -= chunk.length;
      if (left > 0) return;
      socket.off('data', count);
      resolve();
    });
  });
  socket.write(bytes);
  await back;
  return clock.nowNs() - startNs;
}

const receivedBy = (socket: Socket) => {
  const received: Buffer[] = [];
  socket.on('data', chunk => received.push(chunk));
  return () => Buffer.concat(received);
};

describe('the delay', () => {
  it('is there in both directions, never less, or figures would mislead', async () => {
    const latenessNs: number[] = [];
    const delayNs = { up: 4 * MILLISECOND_NS, down: 6 * MILLISECOND_NS };
    const { forwarder } = await startEcho({
      delayNs,
      onDelivered: (_, late) => latenessNs.push(late),
    });
    const socket = await open(forwarder.port);
    await roundTripNs(socket, Uint8Array.of(1));
    const times: number[] = [];
    for (let ping = 0; ping < 40; ping++) times.push(await roundTripNs(socket, Uint8Array.of(1)));
    times.sort((a, b) => a - b);
    expect(times[0]).toBeGreaterThanOrEqual(10 * MILLISECOND_NS);
    // The others wait for a machine that is busy.
    expect(times[0]).toBeLessThan(20 * MILLISECOND_NS);
    expect(latenessNs).toHaveLength(82);
    expect(Math.min(...latenessNs)).toBeGreaterThanOrEqual(0);
  });

  it('keeps the order of bytes, bounded, also where the other end is slow', async () => {
    const delayNs = { up: MILLISECOND_NS, down: MILLISECOND_NS };
    const { forwarder } = await startEcho({ delayNs, bytesInFlightMax: 64 * 1024 });
    const socket = await open(forwarder.port);
    const bytes = Buffer.allocUnsafe(3_000_000);
    for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32LE(at, at);
    const received = receivedBy(socket);
    socket.write(bytes);
    socket.pause();
    await new Promise(resolve => setTimeout(resolve, 50));
    socket.resume();
    await vi.waitFor(() => expect(received().length).toBe(bytes.length), WAIT);
    expect(received().equals(bytes)).toBe(true);
  });

  it('holds for the end of a stream too, so that its last bytes arrive', async () => {
    const delayNs = { up: 5 * MILLISECOND_NS, down: 5 * MILLISECOND_NS };
    const { forwarder } = await startEcho({ delayNs });
    const socket = await open(forwarder.port);
    const received = receivedBy(socket);
    const startNs = clock.nowNs();
    socket.end('the last words');
    await once(socket, 'end');
    expect(clock.nowNs() - startNs).toBeGreaterThanOrEqual(10 * MILLISECOND_NS);
    expect(received().toString()).toBe('the last words');
    await vi.waitFor(() => expect(forwarder.connections).toBe(0), WAIT);
  });
});

describe('faults', () => {
  it('a stall holds one direction back and loses nothing', async () => {
    const { forwarder, accepted } = await startEcho();
    const socket = await open(forwarder.port);
    const received = receivedBy(socket);
    forwarder.stall('down', 60 * MILLISECOND_NS);
    const startNs = clock.nowNs();
    socket.write('a');
    socket.write('b');
    await vi.waitFor(() => expect(accepted[0]?.bytesRead).toBe(2), WAIT);
    expect(received().length).toBe(0);
    await vi.waitFor(() => expect(received().toString()).toBe('ab'), WAIT);
    expect(clock.nowNs() - startNs).toBeGreaterThanOrEqual(60 * MILLISECOND_NS);
  });

  it('a stall of both directions ends when told to, for new connections too', async () => {
    const { forwarder, accepted } = await startEcho();
    forwarder.stall('both', 3600e9);
    const socket = await open(forwarder.port);
    const received = receivedBy(socket);
    socket.write('a');
    await new Promise(resolve => setTimeout(resolve, 30));
    expect(accepted[0]?.bytesRead ?? 0).toBe(0);
    forwarder.resume();
    await vi.waitFor(() => expect(received().toString()).toBe('a'), WAIT);
  });

  it('closeAll cuts both sides and takes new connections afterwards', async () => {
    const { forwarder, accepted } = await startEcho();
    const socket = await open(forwarder.port);
    await roundTripNs(socket, Uint8Array.of(1));
    forwarder.closeAll();
    await vi.waitFor(() => expect(socket.closed || socket.readableEnded).toBe(true), WAIT);
    await vi.waitFor(() => expect(accepted[0]!.destroyed).toBe(true), WAIT);
    await vi.waitFor(() => expect(forwarder.connections).toBe(0), WAIT);
    await roundTripNs(await open(forwarder.port), Uint8Array.of(1));
  });

  it('halfOpen leaves the near side without a word', async () => {
    const { forwarder, accepted } = await startEcho();
    const socket = await open(forwarder.port);
    await roundTripNs(socket, Uint8Array.of(1));
    const received = receivedBy(socket);
    forwarder.halfOpen();
    await vi.waitFor(() => expect(accepted[0]!.destroyed).toBe(true), WAIT);
    socket.write('is anyone there?');
    await new Promise(resolve => setTimeout(resolve, 50));
    expect(received().length).toBe(0);
    expect(socket.readableEnded).toBe(false);
    expect(forwarder.connections).toBe(1);
    socket.destroy();
    await vi.waitFor(() => expect(forwarder.connections).toBe(0), WAIT);
  });

  it('a target that is not there closes the connection', async () => {
    const { forwarder: gone } = await startEcho();
    const { port } = gone;
    await gone.close();
    const { forwarder } = await startEcho({ target: { port } });
    const socket = await open(forwarder.port);
    await vi.waitFor(() => expect(socket.readableEnded || socket.closed).toBe(true), WAIT);
    socket.destroy();
    await vi.waitFor(() => expect(forwarder.connections).toBe(0), WAIT);
  });

  it('a port that is taken is named with a remedy', async () => {
    const { forwarder } = await startEcho();
    const again = startEcho({ listen: { port: forwarder.port } });
    await expect(again).rejects.toThrow(`listen on 127.0.0.1:${forwarder.port}: EADDRINUSE`);
  });
});
