/** Cuts a stream of bytes, in whatever segments it comes, into frames. */

import { FRAME_HEADER_BYTES, type Frame, PAYLOAD_BYTES_MAX, readFrameHeader } from './frame.ts';

export type FrameDecoder = {
  /**
   * Calls `onFrame` for each frame that is complete. Throws what frame.ts throws; the stream has
   * then lost its frames for good and must be closed: every later push throws the same.
   */
  push(chunk: Uint8Array, onFrame: OnFrame): void;
  /** Memory held for a frame begun: never more than one header and one longest payload. */
  readonly bufferBytes: number;
};

type OnFrame = (frame: Frame) => void;

type Decoding = {
  readonly payloadBytesMax: number;
  /** Begins with the frame begun, of which `buffered` bytes are there. */
  buffer: Uint8Array;
  buffered: number;
  /** Bytes of the frame begun at which it is to be looked at again. */
  needed: number;
  broken: unknown;
};

const BUFFER_BYTES_FIRST = 4096;

/** Frames whole in their chunk are read where they lie; only a frame begun is copied. */
export function createFrameDecoder(payloadBytesMax: number = PAYLOAD_BYTES_MAX): FrameDecoder {
  const bufferBytes = Math.min(BUFFER_BYTES_FIRST, FRAME_HEADER_BYTES + payloadBytesMax);
  const decoding: Decoding = {
    payloadBytesMax,
    buffer: new Uint8Array(bufferBytes),
    buffered: 0,
    needed: FRAME_HEADER_BYTES,
    broken: undefined,
  };
  return {
    push(chunk, onFrame) {
      if (decoding.broken !== undefined) throw decoding.broken;
      try {
        cut(decoding, chunk, onFrame);
      } catch (error) {
        decoding.broken = error;
        throw error;
      }
    },
    get bufferBytes() {
      return decoding.buffer.length;
    },
  };
}

function cut(decoding: Decoding, chunk: Uint8Array, onFrame: OnFrame): void {
  let at = finishBegun(decoding, chunk, onFrame);
  while (at < chunk.length) {
    const frame = frameAt(chunk.subarray(at), decoding.payloadBytesMax);
    if (typeof frame === 'number') {
      keep(decoding, chunk.subarray(at));
      decoding.needed = frame;
      return;
    }
    at += FRAME_HEADER_BYTES + frame.payload.length;
    onFrame(frame);
  }
}

/** Completes the frame begun earlier; returns the bytes of `chunk` that took. */
function finishBegun(decoding: Decoding, chunk: Uint8Array, onFrame: OnFrame): number {
  let at = 0;
  while (decoding.buffered > 0 && at < chunk.length) {
    const taken = Math.min(decoding.needed - decoding.buffered, chunk.length - at);
    keep(decoding, chunk.subarray(at, at + taken));
    at += taken;
    const begun = decoding.buffer.subarray(0, decoding.buffered);
    const frame = frameAt(begun, decoding.payloadBytesMax);
    if (typeof frame === 'number') {
      decoding.needed = frame;
    } else {
      decoding.buffered = 0;
      onFrame(frame);
    }
  }
  return at;
}

/** The frame that `bytes` begin with, or how many bytes it must have to be looked at again. */
function frameAt(bytes: Uint8Array, payloadBytesMax: number): Frame | number {
  if (bytes.length < FRAME_HEADER_BYTES) return FRAME_HEADER_BYTES;
  const { payloadBytes, ...header } = readFrameHeader(bytes, payloadBytesMax);
  if (bytes.length < FRAME_HEADER_BYTES + payloadBytes) return FRAME_HEADER_BYTES + payloadBytes;
  // Not a Buffer, whose slice() would not copy.
  const start = bytes.byteOffset + FRAME_HEADER_BYTES;
  return { ...header, payload: new Uint8Array(bytes.buffer, start, payloadBytes) };
}

/** The buffer grows with what came, not with what was announced. */
function keep(decoding: Decoding, bytes: Uint8Array): void {
  const { buffer, buffered, payloadBytesMax } = decoding;
  const needed = buffered + bytes.length;
  if (needed > buffer.length) {
    const bufferBytes = Math.max(needed, 2 * buffer.length);
    decoding.buffer = new Uint8Array(Math.min(FRAME_HEADER_BYTES + payloadBytesMax, bufferBytes));
    decoding.buffer.set(buffer.subarray(0, buffered));
  }
  decoding.buffer.set(bytes, buffered);
  decoding.buffered = needed;
}
