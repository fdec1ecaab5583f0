/** A TCP connection that carries frames: bounded both ways, and its end always has a reason. */
import type { Socket } from 'node:net';
import { ByteReader, ByteWriter } from '../bytes.ts';
import type { Clock, TimerHandle, Timers } from '../clock.ts';
import { OutriderError } from '../error.ts';
import { MILLISECOND_NS, SECOND_NS } from '../nanoseconds.ts';
import { createFrameCutter, type FrameCutter, type FrameFormat } from './frame-cutter.ts';

/*
   bytes  0                4       5
          +----------------+-------+--------------------
          | length, u32    | kind  | fields of the kind     length: kind and fields, 1 to
          | little endian  | u8    | (length - 1 bytes)     CONTENT_BYTES_MAX
          +----------------+-------+--------------------
*/
const HEADER_BYTES = 4;
const CONTENT_BYTES_MAX = 1024 * 1024;

const FORMAT: FrameFormat = {
  headerBytes: HEADER_BYTES,
  frameBytesMax: HEADER_BYTES + CONTENT_BYTES_MAX,
  frameBytes(header) {
    const length = new DataView(header.buffer, header.byteOffset).getUint32(0, true);
    if (length >= 1 && length <= CONTENT_BYTES_MAX) return HEADER_BYTES + length;
    throw new OutriderError(
      'bad-frame',
      `a frame announces ${length} bytes, 1 to ${CONTENT_BYTES_MAX} are taken; ` +
        'check that host and port are those of the process meant',
    );
  },
};

export type FramedConnectionOptions<Message> = {
  /** Reads the fields of a frame; what it throws as an OutriderError ends the connection. */
  decode(kind: number, fields: ByteReader): Message;
  onMessage(message: Message): void;
  /** Called once, whoever closed; nothing is called after it. */
  onClosed(reason: string): void;
  clock: Clock;
  timers: Timers;
  /** A connection without a whole frame for this long is ended. */
  silenceNs: number;
  /** Beyond so many bytes that the system did not take, the connection is cut. Default 4 MiB. */
  unsentBytesMax?: number | undefined;
};

export type FramedConnection = {
  /** Never waits; takes frames of `createFrameEncoder`. A peer that does not read is cut. */
  send(frame: Uint8Array): void;
  /** Tells the peer why, and closes once that has left. */
  end(reason: string): void;
};

export type FrameEncoder = (kind: number, write?: (fields: ByteWriter) => void) => Uint8Array;

type Connection<Message> = {
  socket: Socket;
  options: FramedConnectionOptions<Message>;
  cutter: FrameCutter;
  reader: ByteReader;
  /** Why the connection ends, once that is known. */
  reason: string | undefined;
  isEnding: boolean;
  quietLooks: number;
  look: TimerHandle | undefined;
};

/** Says why the sender closes: `detail` text. No protocol may use this kind for anything else. */
const GOODBYE = 0;
const DETAIL_BYTES_MAX = 2048;
const UNSENT_BYTES_MAX = 4 * 1024 * 1024;
/** A peer that does not read its last bytes within this time loses them. */
const LINGER_NS = SECOND_NS;
/** Looks are counted rather than time: a stall of this process is no silence of the peer. */
const LOOKS = 4;

/** Makes frames of memory of their own; fields beyond CONTENT_BYTES_MAX throw `limit`. */
export function createFrameEncoder(): FrameEncoder {
  const writer = new ByteWriter({ bytesMax: HEADER_BYTES + CONTENT_BYTES_MAX });
  return (kind, write) => {
    writer.reset();
    writer.u32('length', 0);
    writer.u8('kind', kind);
    write?.(writer);
    const frame = Buffer.from(writer.written());
    frame.writeUInt32LE(frame.length - HEADER_BYTES, 0);
    return frame;
  };
}

/** The socket must be connected, or connecting: what is sent meanwhile counts as unsent. */
export function openFramedConnection<Message>(
  socket: Socket,
  options: FramedConnectionOptions<Message>,
): FramedConnection {
  const connection: Connection<Message> = {
    ...{ socket, options, cutter: createFrameCutter(FORMAT), reader: new ByteReader() },
    ...{ reason: undefined, isEnding: false, quietLooks: 0, look: undefined },
  };
  socket.setNoDelay(true);
  socket.on('data', chunk => takeChunk(connection, chunk));
  socket.on('error', (error: NodeJS.ErrnoException) => {
    connection.reason ??= error.code ?? error.message;
  });
  socket.once('close', () => {
    connection.look?.cancel();
    options.onClosed(connection.reason ?? 'closed by the other side');
  });
  watchForSilence(connection);
  return {
    send: frame => send(connection, frame),
    end: reason => end(connection, reason),
  };
}

function takeChunk<Message>(connection: Connection<Message>, chunk: Uint8Array): void {
  if (connection.isEnding) return;
  connection.cutter.push(chunk);
  while (!connection.isEnding) {
    const taken = takeFrame(connection);
    if (taken === undefined) return;
    // Outside of what reads the frame: errors here are the owner's, not the peer's.
    if ('message' in taken) connection.options.onMessage(taken.message);
    else end(connection, taken.problem);
  }
}

type Taken<Message> = { message: Message } | { problem: string };

/** The next message, or what is wrong with it; undefined where more must come first. */
function takeFrame<Message>(connection: Connection<Message>): Taken<Message> | undefined {
  const { cutter, reader, options } = connection;
  try {
    const frame = cutter.next();
    if (frame === undefined) return undefined;
    connection.quietLooks = 0;
    reader.reset(frame.subarray(HEADER_BYTES));
    const kind = reader.u8('kind');
    if (kind === GOODBYE) {
      takeGoodbye(connection, reader.text('detail', DETAIL_BYTES_MAX));
      return undefined;
    }
    const message = options.decode(kind, reader);
    reader.end(`frame of kind ${kind}`);
    return { message };
  } catch (error) {
    if (!(error instanceof OutriderError)) throw error;
    return { problem: error.message };
  }
}

function takeGoodbye<Message>(connection: Connection<Message>, detail: string): void {
  connection.isEnding = true;
  connection.reason = `the other side closed: ${detail}`;
  connection.socket.destroy();
}

function send<Message>(connection: Connection<Message>, frame: Uint8Array): void {
  const { socket, options, isEnding } = connection;
  const { unsentBytesMax = UNSENT_BYTES_MAX } = options;
  if (isEnding || socket.destroyed) return;
  if (socket.writableLength + frame.length <= unsentBytesMax) {
    socket.write(frame);
    return;
  }
  connection.isEnding = true;
  connection.reason = `more than ${unsentBytesMax} bytes wait unsent: the other side does not read`;
  socket.destroy();
}

function end<Message>(connection: Connection<Message>, reason: string): void {
  const { socket, options, isEnding } = connection;
  if (isEnding || socket.destroyed) return;
  connection.isEnding = true;
  connection.reason = reason;
  const linger = options.timers.at(options.clock.nowNs() + LINGER_NS, () => socket.destroy());
  socket.once('close', () => linger.cancel());
  // Reading on while the last bytes leave: a reset for unread input would overtake them.
  socket.end(goodbye(reason));
}

function watchForSilence<Message>(connection: Connection<Message>): void {
  const { clock, timers, silenceNs } = connection.options;
  connection.look = timers.at(clock.nowNs() + Math.ceil(silenceNs / LOOKS), () => {
    if (++connection.quietLooks <= LOOKS) watchForSilence(connection);
    else end(connection, `nothing was heard for ${silenceNs / MILLISECOND_NS} ms`);
  });
}

const encode = createFrameEncoder();

function goodbye(reason: string): Uint8Array {
  const detail = reason
    .toWellFormed()
    .slice(0, DETAIL_BYTES_MAX / 4)
    .toWellFormed();
  return encode(GOODBYE, fields => fields.text('detail', detail, DETAIL_BYTES_MAX));
}
