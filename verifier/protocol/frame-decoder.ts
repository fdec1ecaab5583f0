/** Reads a stream of bytes, in whatever segments it comes, as the frames of this protocol. */

import { createFrameCutter } from '#engine';
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

export function createFrameDecoder(payloadBytesMax: number = PAYLOAD_BYTES_MAX): FrameDecoder {
  const cutter = createFrameCutter({
    headerBytes: FRAME_HEADER_BYTES,
    frameBytesMax: FRAME_HEADER_BYTES + payloadBytesMax,
    frameBytes: header =>
      FRAME_HEADER_BYTES + readFrameHeader(header, payloadBytesMax).payloadBytes,
  });
  let broken: { error: unknown } | undefined;

  const frameOf = (bytes: Uint8Array): Frame => {
    const { payloadBytes: _, ...header } = readFrameHeader(bytes, payloadBytesMax);
    return { ...header, payload: bytes.subarray(FRAME_HEADER_BYTES) };
  };

  return {
    push(chunk, onFrame) {
      if (broken !== undefined) throw broken.error;
      try {
        cutter.push(chunk);
        for (let bytes = cutter.next(); bytes; bytes = cutter.next()) onFrame(frameOf(bytes));
      } catch (error) {
        broken = { error };
        throw error;
      }
    },
    get bufferBytes() {
      return cutter.bufferBytes;
    },
  };
}
