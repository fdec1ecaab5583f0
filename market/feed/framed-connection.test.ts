/** Frames over sockets: hostile lengths, odd segments, peers that stall, and the reasons told. */
import { createConnection, createServer, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { clockFrom, listenOn, MILLISECOND_NS, OutriderError, wallTimers } from '#engine';
import { createFrameCutter, FRAME_BYTES_MAX } from './frame-cutter.ts';
import {
  createFrameEncoder,
  type FramedConnection,
  type FramedConnectionOptions,
  openFramedConnection,
} from './framed-connection.ts';

const encode = createFrameEncoder();
const textFrame = (text: string) => encode(7, fields => fields.text('text', text, 1 << 20));

describe('cutting frames', () => {
  it('gives the same frames whatever segments the bytes come in', () => {
    const texts = fc.array(fc.string({ maxLength: 300 }), { maxLength: 12 });
    fc.assert(
      fc.property(texts, fc.array(fc.nat({ max: 500 })), (given, sizes) => {
        const frames = given.map(textFrame);
        const stream = Buffer.concat(frames);
        const cut: Buffer[] = [];
        const cutter = createFrameCutter();
        for (let at = 0, turn = 0; at < stream.length; turn++) {
          const end = at + (sizes[turn % Math.max(1, sizes.length)] ?? 1) + (turn % 3);
          cutter.push(stream.subarray(at, end));
          for (let next = cutter.next(); next; next = cutter.next()) cut.push(Buffer.from(next));
          at = end;
        }
        expect(cut).toEqual(frames.map(frame => Buffer.from(frame.subarray(4))));
      }),
    );
  });

  it.each([0, FRAME_BYTES_MAX + 1, 2 ** 32 - 1])(
    'refuses an announced length of %i and allocates nothing for it',
    length => {
      const header = Buffer.alloc(5);
      header.writeUInt32LE(length);
      const cutter = createFrameCutter();
      const before = cutter.bufferBytes;
      cutter.push(header);
      expect(() => cutter.next()).toThrow(`announces ${length} bytes`);
      expect(cutter.bufferBytes).toBe(before);
    },
  );

  it('holds what came of a long frame, not what was announced', () => {
    const header = Buffer.alloc(5);
    header.writeUInt32LE(FRAME_BYTES_MAX);
    const cutter = createFrameCutter();
    cutter.push(header);
    expect(cutter.next()).toBe(undefined);
    expect(cutter.bufferBytes).toBe(4096);
  });
});

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
