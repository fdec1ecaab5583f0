/** Frames over sockets: hostile lengths, peers that stall, and the reasons told. */
import { createConnection, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { clockFrom, wallTimers } from '../clock.ts';
import { OutriderError } from '../error.ts';
import { MILLISECOND_NS } from '../nanoseconds.ts';
import {
  createFrameEncoder,
  type FramedConnection,
  type FramedConnectionOptions,
  openFramedConnection,
} from './framed-connection.ts';
import { listenOn } from './listen.ts';

const encode = createFrameEncoder();
const textFrame = (text: string) => encode(7, fields => fields.text('text', text, 1 << 20));

const clock = clockFrom(0);
const timers = wallTimers(clock);
const opened: { close(): unknown }[] = [];

afterEach(() => {
  for (const each of opened.splice(0).reverse()) each.close();
});

type End = {
  socket: Socket;
  connection: FramedConnection;
  heard: string[];
  closed: Promise<string>;
};

function openEnd(socket: Socket, given: Partial<FramedConnectionOptions<string>> = {}): End {
  opened.push({ close: () => socket.destroy() });
  const heard: string[] = [];
  const closed = Promise.withResolvers<string>();
  const connection = openFramedConnection<string>(socket, {
    decode(kind, fields) {
      if (kind !== 7) throw new OutriderError('bad-frame', `kind ${kind} is none`);
      return fields.text('text', 1 << 20);
    },
    onMessage: text => heard.push(text),
    onClosed: closed.resolve,
    ...{ clock, timers, silenceNs: 10_000 * MILLISECOND_NS, ...given },
  });
  return { socket, connection, heard, closed: closed.promise };
}

/** Two ends of one connection; the near one listens. */
async function pair(given: { near?: object; far?: object } = {}): Promise<{ near: End; far: End }> {
  const near = Promise.withResolvers<End>();
  const server = createServer(socket => near.resolve(openEnd(socket, given.near)));
  opened.push(server);
  const port = await listenOn(server, { port: 0 });
  const far = openEnd(createConnection({ host: '127.0.0.1', port }), given.far);
  return { near: await near.promise, far };
}

describe('a framed connection', () => {
  it('tells the other side why it ends, after all that was sent before', async () => {
    const { near, far } = await pair();
    far.connection.send(textFrame('one'));
    far.connection.send(textFrame('two'));
    far.connection.end('enough');
    far.connection.send(textFrame('too late'));
    expect(await near.closed).toBe('the other side closed: enough');
    expect(near.heard).toEqual(['one', 'two']);
    expect(await far.closed).toBe('enough');
  });

  it('handles what came whole before damage, and says what the damage was', async () => {
    const { near, far } = await pair();
    far.connection.send(textFrame('good'));
    far.connection.send(encode(9));
    far.connection.send(textFrame('behind the damage'));
    expect(await near.closed).toBe('kind 9 is none');
    expect(near.heard).toEqual(['good']);
    expect(await far.closed).toBe('the other side closed: kind 9 is none');
  });

  it.each([0, 2 ** 20 + 1, 2 ** 32 - 1])('refuses an announced length of %i', async length => {
    const { near, far } = await pair();
    const header = Buffer.alloc(5);
    header.writeUInt32LE(length);
    far.socket.write(header);
    expect(await near.closed).toContain(`announces ${length} bytes, 1 to ${2 ** 20} are taken`);
  });

  it('takes the longest frame there may be', async () => {
    const { near, far } = await pair();
    const text = 'x'.repeat(2 ** 20 - 4);
    far.connection.send(textFrame(text));
    far.connection.end('enough');
    await near.closed;
    expect(near.heard).toEqual([text]);
  });

  it('refuses bytes that belong to no field', async () => {
    const { near, far } = await pair();
    far.connection.send(
      encode(7, fields => {
        fields.text('text', 'x', 9);
        fields.u8('more', 1);
      }),
    );
    expect(await near.closed).toContain('followed by 1 bytes');
  });

  it('cuts a peer that does not read once the bound is reached, and keeps no more', async () => {
    const { near, far } = await pair({ near: { unsentBytesMax: 100_000 } });
    far.socket.pause();
    const frame = textFrame('x'.repeat(50_000));
    for (let sent = 0; sent < 10_000 && !near.socket.destroyed; sent++) {
      near.connection.send(frame);
      expect(near.socket.writableLength).toBeLessThanOrEqual(100_000);
      if (sent % 20 === 0) await new Promise(setImmediate);
    }
    expect(await near.closed).toContain('more than 100000 bytes wait unsent');
  });

  it('ends a connection that stays silent, and not one that speaks', async () => {
    const near = { silenceNs: 200 * MILLISECOND_NS };
    const quiet = await pair({ near });
    const lively = await pair({ near });
    const speaking = setInterval(() => lively.far.connection.send(textFrame('')), 40);
    expect(await quiet.near.closed).toBe('nothing was heard for 200 ms');
    clearInterval(speaking);
    expect(lively.near.heard.length).toBeGreaterThan(3);
    expect(await lively.near.closed).toBe('nothing was heard for 200 ms');
  });

  it('names the cause where nobody listens', async () => {
    const server = createServer();
    const port = await listenOn(server, { port: 0 });
    await new Promise(resolve => server.close(resolve));
    const end = openEnd(createConnection({ host: '127.0.0.1', port }));
    expect(await end.closed).toBe('ECONNREFUSED');
  });
});
