/** Stands between gateway and venue: writes down what passes, and cuts, stalls or swallows it. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { type AddressInfo, connect as connectTcp, createServer, type Socket } from 'node:net';
import { join } from 'node:path';

/** `up` is to the venue. */
export type Direction = 'up' | 'down';

export type Recorder = {
  readonly port: number;
  /** Connections so far. */
  readonly connections: number;
  /** Bytes handed on to the venue so far. */
  readonly upBytes: number;
  /** Ends every connection once so many more bytes went this way, at that very byte. */
  cutAfter(direction: Direction, bytes: number): void;
  /** True while a cut is still to come. */
  readonly isToBeCut: boolean;
  /** From now on this way leads nowhere, on the connections there are: neither side is told. */
  swallow(direction: Direction): void;
  /** Hands nothing on this way for a while. */
  stall(direction: Direction, durationMs: number): void;
  /** Resets every connection, or ends it in order. */
  cut(how: 'reset' | 'end'): void;
  close(): Promise<void>;
};

type Pipe = { direction: Direction; from: Socket; to: Socket; file: number; isSwallowed: boolean };

type Recording = {
  directory: string;
  venuePort: number;
  pipes: Set<Pipe>;
  connections: number;
  upBytes: number;
  /** The next cut: at how many more bytes of which way. */
  cut: { direction: Direction; bytesLeft: number } | undefined;
  stalledUntilMs: Record<Direction, number>;
};

/** Writes `0001.up`, `0001.down` and so on into the folder, as checker/evidence.ts describes. */
export async function startRecorder(directory: string, venuePort: number): Promise<Recorder> {
  mkdirSync(directory, { recursive: true });
  const recording: Recording = {
    ...{ directory, venuePort, pipes: new Set(), connections: 0, upBytes: 0, cut: undefined },
    stalledUntilMs: { up: 0, down: 0 },
  };
  const server = createServer({ noDelay: true }, near => take(recording, near));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const cut = (how: 'reset' | 'end') => cutAll(recording, how);
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return recording.connections;
    },
    get upBytes() {
      return recording.upBytes;
    },
    get isToBeCut() {
      return recording.cut !== undefined;
    },
    cutAfter(direction, bytesLeft) {
      recording.cut = { direction, bytesLeft };
    },
    swallow(direction) {
      for (const pipe of recording.pipes) pipe.isSwallowed ||= pipe.direction === direction;
    },
    stall: (direction, durationMs) => stall(recording, direction, durationMs),
    cut,
    close() {
      cut('reset');
      return new Promise(resolve => void server.close(() => resolve()));
    },
  };
}

function take(recording: Recording, near: Socket): void {
  const far = connectTcp({ host: '127.0.0.1', port: recording.venuePort, noDelay: true });
  const name = join(recording.directory, String(++recording.connections).padStart(4, '0'));
  const pipes = [
    { direction: 'up', from: near, to: far },
    { direction: 'down', from: far, to: near },
  ].map(pipe => {
    const file = openSync(`${name}.${pipe.direction}`, 'w');
    pipe.from.pause();
    return { ...pipe, file, isSwallowed: false } as Pipe;
  });
  let open = 2;
  // Nothing counts as handed on to a venue that is not there.
  far.once('connect', () => {
    for (const pipe of pipes) resumeLater(recording, pipe);
  });
  for (const pipe of pipes) {
    const { from, to } = pipe;
    recording.pipes.add(pipe);
    from.on('data', bytes => handOn(recording, pipe, bytes as Buffer));
    from.on('error', () => {});
    from.once('close', () => {
      // Half open: what is swallowed is not even told that the other end is gone.
      if (!pipe.isSwallowed) to.destroySoon();
      if (--open > 0) return;
      for (const each of pipes) {
        recording.pipes.delete(each);
        closeSync(each.file);
      }
    });
  }
}

/** What is written down is what is handed on: up to the byte of a cut, and nothing swallowed. */
function handOn(recording: Recording, pipe: Pipe, bytes: Buffer): void {
  const { direction, to, file, isSwallowed } = pipe;
  if (isSwallowed || to.destroyed) return;
  const { cut } = recording;
  const isCut = cut?.direction === direction && cut.bytesLeft <= bytes.length;
  const part = isCut ? bytes.subarray(0, cut.bytesLeft) : bytes;
  if (cut?.direction === direction) cut.bytesLeft -= part.length;
  if (part.length > 0) {
    to.write(part);
    writeSync(file, part);
    if (direction === 'up') recording.upBytes += part.length;
  }
  if (!isCut) return;
  recording.cut = undefined;
  cutAll(recording, 'end');
}

function cutAll({ pipes }: Recording, how: 'reset' | 'end'): void {
  for (const { from, to } of pipes) {
    if (how === 'reset') from.resetAndDestroy();
    else to.destroySoon();
  }
}

function stall(recording: Recording, direction: Direction, durationMs: number): void {
  recording.stalledUntilMs[direction] = performance.now() + durationMs;
  for (const pipe of recording.pipes) {
    if (pipe.direction !== direction) continue;
    pipe.from.pause();
    resumeLater(recording, pipe);
  }
}

function resumeLater({ stalledUntilMs }: Recording, { direction, from }: Pipe): void {
  const delayMs = stalledUntilMs[direction] - performance.now();
  if (delayMs <= 0) from.resume();
  else setTimeout(() => from.resume(), delayMs);
}
