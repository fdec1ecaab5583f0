/** Connections over loopback sockets: both ends, their bounds and their errors. */
import { once } from 'node:events';
import net from 'node:net';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { SECOND_NS, wallClock, wallTimers } from '#engine';
import { loadedKernels, twinKernels } from '#native';
import type { FixConnection, TcpOptions } from './fix-connection.ts';
import { connectFix, listenFix } from './tcp.ts';

const clock = wallClock(0n);
const options: TcpOptions = { clock, timers: wallTimers(clock) };
const sockets: Record<string, Partial<TcpOptions>> = { node: { kernels: twinKernels } };
const { kernels } = loadedKernels;
const isNative = kernels.openSocket !== undefined;
if (isNative) {
  sockets.native = { kernels };
  sockets.lingering = { kernels, lingerUs: 200 };
}
const ends = Object.keys(sockets).flatMap(one => Object.keys(sockets).map(other => [one, other]));

/** A listener whose first connection is handed out, with what it receives and how it ends. */
async function listener(given: Partial<TcpOptions> = {}) {
  const accepted = Promise.withResolvers<FixConnection>();
  const closed = Promise.withResolvers<string>();
  let received = '';
  const server = await listenFix(
    { port: 0 },
    connection => {
      accepted.resolve(connection);
      return {
        onBytes: bytes => {
          received += bytes.toString('latin1');
        },
        onClose: reason => closed.resolve(reason),
      };
    },
    { ...options, ...given },
  );
  const { promise: connection } = accepted;
  return { server, connection, closed: closed.promise, received: () => received };
}

async function client(port: number, given: Partial<TcpOptions> = {}) {
  const closed = Promise.withResolvers<string>();
  let received = '';
  let lastNs = 0;
  const connection = await connectFix(
    { port },
    {
      onBytes(bytes, timeNs) {
        received += bytes.toString('latin1');
        lastNs = timeNs;
      },
      onClose: reason => closed.resolve(reason),
    },
    { ...options, ...given },
  );
  return { connection, closed: closed.promise, received: () => received, lastNs: () => lastNs };
}

describe.each(ends)('FIX over TCP, %s to %s', (one, other) => {
  const ours = sockets[one!]!;
  const theirs = sockets[other!]!;

  it('carries bytes both ways, lets the last ones leave, and says which side closed', async () => {
    const { server, connection, closed, received } = await listener(ours);
    const side = await client(server.port, theirs);
    const accepted = await connection;
    accepted.write(Buffer.from('hello'));
    side.connection.write(Buffer.from('good'));
    side.connection.write(Buffer.from('bye'));
    side.connection.end();
    expect(await closed).toBe('closed by the other side');
    expect(received()).toBe('goodbye');
    expect(await side.closed).toBe('closed by this side');
    expect(side.received()).toBe('hello');
    expect(side.lastNs()).toBeLessThanOrEqual(clock.nowNs());
    side.connection.write(Buffer.from('late'));
    await server.close();
  });

  it('cuts a peer that stopped reading instead of storing for it without end', async () => {
    const { server, connection, closed } = await listener({ ...ours, unsentBytesMax: 100_000 });
    const deaf = net.connect({ port: server.port, host: '127.0.0.1' }).pause();
    deaf.on('error', () => {});
    const accepted = await connection;
    const chunk = Buffer.alloc(50_000);
    let isClosed = false;
    void closed.then(() => {
      isClosed = true;
    });
    for (let writes = 0; writes < 2_000 && !isClosed; writes++) {
      accepted.write(chunk);
      await setImmediate();
    }
    expect(await closed).toMatch(/^unsent bytes: more than 100000/);
    deaf.destroy();
    await server.close();
  });

  it('names host, port and cause when nobody listens', async () => {
    const { server } = await listener(ours);
    await server.close();
    await expect(client(server.port, theirs)).rejects.toMatchObject({
      code: 'network',
      message: expect.stringMatching(`connect to 127.0.0.1:${server.port}: .*ECONNREFUSED`),
    });
  });

  it('names host and port when the port is taken', async () => {
    const { server } = await listener(ours);
    const onSession = () => ({ onBytes() {}, onClose() {} });
    await expect(
      listenFix({ port: server.port }, onSession, { ...options, ...ours }),
    ).rejects.toMatchObject({
      code: 'network',
      message: expect.stringMatching(`listen on 127.0.0.1:${server.port}: .*EADDRINUSE`),
    });
    await server.close();
  });

  it('gives up on a connection that does not stand in time', async () => {
    const never: TcpOptions = {
      ...ours,
      clock,
      timers: {
        at(_, callback) {
          queueMicrotask(callback);
          return { cancel() {} };
        },
      },
    };
    await expect(client(1, never)).rejects.toThrow(/no answer in time/);
  });

  it('cuts every connection when it closes', async () => {
    const { server, connection, closed } = await listener(ours);
    const side = await client(server.port, theirs);
    await connection;
    await server.close();
    await Promise.all([closed, side.closed]);
  });

  it('keeps the order of bytes that had to wait, or messages would be torn', async () => {
    const { server, connection, received } = await listener(ours);
    const side = await client(server.port, theirs);
    await connection;
    const expected = Array.from({ length: 3_000 }, (_, at) => `${at},`.repeat(500)).join('');
    for (let at = 0; at < 3_000; at++) side.connection.write(Buffer.from(`${at},`.repeat(500)));
    side.connection.end();
    expect(await side.closed).toBe('closed by this side');
    expect(received() === expected).toBe(true);
    await server.close();
  });

  it('takes a connection that is cut while bytes wait for it as the end of it', async () => {
    const { server, connection, closed } = await listener(ours);
    const side = await client(server.port, theirs);
    const accepted = await connection;
    accepted.write(Buffer.alloc(8_000_000));
    accepted.end();
    await server.close();
    expect(await closed).toBe('closed by this side');
    await side.closed;
  });

  it('passes an error of its handler on as uncaught, or it would be lost', async () => {
    const server = await listenFix(
      { port: 0 },
      () => ({
        onBytes() {
          throw new Error('from the handler');
        },
        onClose() {},
      }),
      { ...options, ...ours },
    );
    const uncaught = Promise.withResolvers<Error>();
    const others = process.rawListeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.once('uncaughtException', uncaught.resolve);
    const side = await client(server.port, theirs);
    side.connection.write(Buffer.from('x'));
    expect((await uncaught.promise).message).toBe('from the handler');
    for (const each of others) process.on('uncaughtException', each as () => void);
    await server.close();
  });
});

/** Answers each byte at once, on a thread of its own. */
const ECHO = `
  const { createServer } = require('node:net');
  const server = createServer({ noDelay: true }, socket => socket.pipe(socket));
  const { parentPort } = require('node:worker_threads');
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

describe.skipIf(!isNative)('a connection that lingers (needs the addon)', () => {
  it('lets timers fire while bytes keep coming, or a busy peer would stop the clock', async () => {
    const echo = new Worker(ECHO, { eval: true });
    const [port] = (await once(echo, 'message')) as [number];
    let exchanges = 0;
    let isOver = false;
    const connection: FixConnection = await connectFix(
      { port },
      {
        onBytes(bytes) {
          exchanges++;
          if (!isOver) connection.write(Buffer.from(bytes));
        },
        onClose() {},
      },
      { ...options, kernels, lingerUs: 200_000 },
    );
    connection.write(Buffer.from('x'));
    const startedNs = clock.nowNs();
    for (let count = 0; count < 5; count++) await setTimeout(10);
    expect(clock.nowNs() - startedNs).toBeLessThan(5 * SECOND_NS);
    expect(exchanges).toBeGreaterThan(10);
    isOver = true;
    connection.end();
    await echo.terminate();
  });
});
