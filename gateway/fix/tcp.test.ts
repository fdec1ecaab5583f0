/** Connections over loopback sockets: both ends, their bounds and their errors. */
import net from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { wallClock, wallTimers } from '#engine';
import { connectFix, type FixConnection, listenFix, type TcpOptions } from './tcp.ts';

const clock = wallClock(0n);
const options: TcpOptions = { clock, timers: wallTimers(clock) };

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

describe('FIX over TCP', () => {
  it('carries bytes both ways, lets the last ones leave, and says which side closed', async () => {
    const { server, connection, closed, received } = await listener();
    const side = await client(server.port);
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
    const { server, connection, closed } = await listener({ unsentBytesMax: 100_000 });
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
    const { server } = await listener();
    await server.close();
    await expect(client(server.port)).rejects.toMatchObject({
      code: 'network',
      message: expect.stringMatching(`connect to 127.0.0.1:${server.port}: .*ECONNREFUSED`),
    });
  });

  it('names host and port when the port is taken', async () => {
    const { server } = await listener();
    const onSession = () => ({ onBytes() {}, onClose() {} });
    await expect(listenFix({ port: server.port }, onSession, options)).rejects.toMatchObject({
      code: 'network',
      message: expect.stringMatching(`listen on 127.0.0.1:${server.port}: .*EADDRINUSE`),
    });
    await server.close();
  });

  it('gives up on a connection that does not stand in time', async () => {
    const never: TcpOptions = {
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
    const { server, connection, closed } = await listener();
    const side = await client(server.port);
    await connection;
    await server.close();
    await Promise.all([closed, side.closed]);
  });
});
