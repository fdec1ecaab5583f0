/** Cuts a stream of bytes, in whatever segments it comes, into frames that say their own length. */
import { invariant } from '../error.ts';

/*
   A format is anything whose first bytes tell where it ends:

          +---------------------------+------------------------
          | header, `headerBytes`     | as many as it says         frame: both together,
          +---------------------------+------------------------    at most `frameBytesMax`
*/
export type FrameFormat = {
  /** Bytes from which the length of a frame is known, at least 1. */
  headerBytes: number;
  /** The longest frame, its header included: what a cutter may ever hold. */
  frameBytesMax: number;
  /**
   * Length of the frame that a header of `headerBytes` begins, the header included. Throws where it
   * begins none, or one that is too long: nothing has been allocated for it by then.
   */
  frameBytes(header: Uint8Array): number;
};

export type FrameCutter = {
  /** Takes what came; `next` has answered undefined since the push before. */
  push(chunk: Uint8Array): void;
  /**
   * The next whole frame, header included: a view valid until the next call. Undefined where more
   * must come. What `frameBytes` throws is thrown again by every later call: the frames are lost.
   */
  next(): Uint8Array | undefined;
  /** Memory held for a frame begun: it grows with what came, not with what was announced. */
  readonly bufferBytes: number;
};

const BUFFER_BYTES_FIRST = 4096;

type Cutting = {
  readonly format: FrameFormat;
  /** What is left of the last push. */
  chunk: Uint8Array;
  buffer: Uint8Array;
  /** How much of a frame begun the buffer holds, and at how much it is to be looked at again. */
  buffered: number;
  needed: number;
  broken: { error: unknown } | undefined;
};

/** Frames whole in their chunk are given where they lie; only a frame begun is copied. */
export function createFrameCutter(format: FrameFormat): FrameCutter {
  const cutting: Cutting = {
    ...{ format, chunk: new Uint8Array(0), buffered: 0, needed: 0, broken: undefined },
    buffer: new Uint8Array(Math.min(BUFFER_BYTES_FIRST, format.frameBytesMax)),
  };
  return {
    push(chunk) {
      // Not a Buffer, whose slice() would not copy.
      cutting.chunk = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
    },
    next() {
      if (cutting.broken !== undefined) throw cutting.broken.error;
      return cutting.buffered === 0 ? frameInChunk(cutting) : frameInBuffer(cutting);
    },
    get bufferBytes() {
      return cutting.buffer.length;
    },
  };
}

function frameInChunk(cutting: Cutting): Uint8Array | undefined {
  const { chunk } = cutting;
  cutting.needed = frameBytes(cutting, chunk);
  if (chunk.length >= cutting.needed) return take(cutting, cutting.needed);
  keep(cutting, take(cutting, chunk.length));
  return undefined;
}

/** Completes the frame begun: first its header, then what that says. */
function frameInBuffer(cutting: Cutting): Uint8Array | undefined {
  while (cutting.chunk.length > 0) {
    keep(cutting, take(cutting, cutting.needed - cutting.buffered));
    if (cutting.buffered < cutting.needed) return undefined;
    const begun = cutting.buffer.subarray(0, cutting.buffered);
    cutting.needed = frameBytes(cutting, begun);
    if (cutting.buffered < cutting.needed) continue;
    cutting.buffered = 0;
    return begun;
  }
  return undefined;
}

/** Length of the frame that `bytes` begin, or of its header where that is not whole yet. */
function frameBytes(cutting: Cutting, bytes: Uint8Array): number {
  const { headerBytes, frameBytesMax } = cutting.format;
  if (bytes.length < headerBytes) return headerBytes;
  try {
    const length = cutting.format.frameBytes(bytes.subarray(0, headerBytes));
    invariant(length >= headerBytes && length <= frameBytesMax, 'a format keeps its own bounds');
    return length;
  } catch (error) {
    cutting.broken = { error };
    throw error;
  }
}

/** Takes so many bytes off the chunk's front, or what there is. */
function take(cutting: Cutting, bytes: number): Uint8Array {
  const taken = cutting.chunk.subarray(0, bytes);
  cutting.chunk = cutting.chunk.subarray(bytes);
  return taken;
}

function keep(cutting: Cutting, bytes: Uint8Array): void {
  const { buffer, buffered, format } = cutting;
  const held = buffered + bytes.length;
  if (held > buffer.length) {
    const grownBytes = Math.max(held, 2 * buffer.length);
    cutting.buffer = new Uint8Array(Math.min(grownBytes, format.frameBytesMax));
    cutting.buffer.set(buffer.subarray(0, buffered));
  }
  cutting.buffer.set(bytes, buffered);
  cutting.buffered = held;
}
