/** Cuts a stream of bytes, in whatever segments it comes, into frames of bounded length. */
import { OutriderError } from '#engine';

/*
   bytes  0                4       5
          +----------------+-------+--------------------
          | length, u32    | kind  | fields of the kind     length: kind and fields, 1 to
          | little endian  | u8    | (length - 1 bytes)     FRAME_BYTES_MAX
          +----------------+-------+--------------------
*/
export const FRAME_HEADER_BYTES = 4;
export const FRAME_BYTES_MAX = 1024 * 1024;

export type FrameCutter = {
  /** Takes what came. */
  push(chunk: Uint8Array): void;
  /**
   * Kind and fields of the next whole frame, a view valid until the next `push`; undefined where
   * more must come. A length out of bounds throws `bad-frame`: the frames are then lost for good.
   */
  next(): Uint8Array | undefined;
  /** Memory held for a frame begun. */
  readonly bufferBytes: number;
};

const BUFFER_BYTES_FIRST = 4096;

/** The buffer grows with what came, not with what a header announced. */
export function createFrameCutter(): FrameCutter {
  let buffer = Buffer.allocUnsafe(BUFFER_BYTES_FIRST);
  let start = 0;
  let end = 0;

  const keep = (chunk: Uint8Array) => {
    const held = end - start;
    if (end + chunk.length > buffer.length) {
      const isTooSmall = held + chunk.length > buffer.length;
      const target = isTooSmall ? Buffer.allocUnsafe(2 * (held + chunk.length)) : buffer;
      buffer.copy(target, 0, start, end);
      buffer = target;
      start = 0;
      end = held;
    }
    buffer.set(chunk, end);
    end += chunk.length;
  };

  return {
    push: keep,
    next() {
      if (end - start < FRAME_HEADER_BYTES) return undefined;
      const from = start + FRAME_HEADER_BYTES;
      const to = from + checkedLength(buffer.readUInt32LE(start));
      if (to > end) return undefined;
      start = to;
      return buffer.subarray(from, to);
    },
    get bufferBytes() {
      return buffer.length;
    },
  };
}

function checkedLength(length: number): number {
  if (length >= 1 && length <= FRAME_BYTES_MAX) return length;
  throw new OutriderError(
    'bad-frame',
    `a frame announces ${length} bytes, 1 to ${FRAME_BYTES_MAX} are taken; ` +
      'check that host and port are those of the process meant',
  );
}
