/** The latest messages, one after another in memory that is used again. */
import { invariant } from '#engine';

/*
 *   | length u32 | message | length u32 | message | ...
 *
 *  Positions count bytes for ever; the place of one is its rest by the size. A message that would
 *  pass the end begins anew at the front.
 */
export type ByteRing = {
  /** All there is to know of it, for a snapshot. */
  readonly data: { memory: Uint8Array; next: number };
  /** Copies a message in and returns its position; those from `oldest` on are kept. */
  add(bytes: Uint8Array, oldest: number | undefined): number;
  /** A view of a message that is kept, valid until the next `add`. */
  at(position: number): Uint8Array;
};

const LENGTH_BYTES = 4;

/** Begins with this size, a power of two, and doubles as needed. */
export function createByteRing(bytesInitial = 1 << 16): ByteRing {
  const data = { memory: new Uint8Array(bytesInitial), next: 0 };

  const grow = () => {
    const { memory } = data;
    const grown = new Uint8Array(2 * memory.length);
    // Each half holds one lap of the old ring; what matters of either lies where it did.
    grown.set(memory, 0);
    grown.set(memory, memory.length);
    data.memory = grown;
  };
  const startOf = (entryBytes: number) => {
    const { next } = data;
    const size = data.memory.length;
    const place = next % size;
    return place + entryBytes > size ? next - place + size : next;
  };
  const isTooSmall = (entryBytes: number, spanBytes: number) =>
    Math.max(entryBytes, spanBytes) > data.memory.length;

  return {
    data,
    add(bytes, oldest) {
      const entryBytes = LENGTH_BYTES + bytes.length;
      let start = startOf(entryBytes);
      while (isTooSmall(entryBytes, start + entryBytes - (oldest ?? start))) {
        grow();
        start = startOf(entryBytes);
      }
      const { memory } = data;
      const at = start % memory.length;
      for (let byte = 0; byte < LENGTH_BYTES; byte++) {
        memory[at + byte] = bytes.length >>> (8 * byte);
      }
      memory.set(bytes, at + LENGTH_BYTES);
      data.next = start + entryBytes;
      return start;
    },
    at(position) {
      const { memory, next } = data;
      invariant(position < next, 'a message is read after it was added');
      const at = position % memory.length;
      let length = 0;
      for (let byte = 0; byte < LENGTH_BYTES; byte++) length |= memory[at + byte]! << (8 * byte);
      return memory.subarray(at + LENGTH_BYTES, at + LENGTH_BYTES + length);
    },
  };
}
