/** A bounded ring of 64-byte records over shared memory: the twin of `native/crates/core/ring`. */

import type { RingHandle } from '../ring-kernels.ts';
import { TICK_BYTES } from '../tick-layout.ts';

/*
 *  byte 0            64           128
 *     | written u32 | read u32    | records of 64 bytes ...
 *     | u32 1 once bound, each at byte 4 of its line
 *  Positions count records modulo 2^32; slots are a power of two.
 */
const HEADER_BYTES = 128;
const WRITTEN = 0;
const READ = 16;
const IS_BOUND = 1;

export function openRing(slots: number): RingHandle {
  if (!(slots >= 1 && slots <= 2 ** 20)) throw new Error('slots must be from 1 to 1048576');
  const rounded = 2 ** Math.ceil(Math.log2(slots));
  return new SharedArrayBuffer(HEADER_BYTES + rounded * TICK_BYTES);
}

/** Memory goes with its last holder. */
export function closeRing(): void {}

export function bindRingWriter(handle: RingHandle, records: Uint8Array): (count: number) => number {
  const { positions, ring, slots } = shared(handle, WRITTEN);
  return count => {
    const written = Atomics.load(positions, WRITTEN);
    const room = slots - ((written - Atomics.load(positions, READ)) | 0);
    const fitting = Math.min(count, room);
    for (let at = 0; at < fitting; at++) {
      copyRecord(ring, (written + at) & (slots - 1), { records, at });
    }
    Atomics.store(positions, WRITTEN, (written + fitting) | 0);
    return fitting;
  };
}

export function bindRingReader(handle: RingHandle, records: Uint8Array): () => number {
  const { positions, ring, slots } = shared(handle, READ);
  const roomy = records.length / TICK_BYTES;
  return () => {
    const read = Atomics.load(positions, READ);
    const count = Math.min((Atomics.load(positions, WRITTEN) - read) | 0, roomy);
    for (let at = 0; at < count; at++) {
      copyRecord(records, at, { records: ring, at: (read + at) & (slots - 1) });
    }
    Atomics.store(positions, READ, (read + count) | 0);
    return count;
  };
}

function shared(handle: RingHandle, position: number) {
  if (typeof handle === 'number') throw new Error(`ring ${handle} belongs to the addon`);
  const positions = new Int32Array(handle, 0, HEADER_BYTES / 4);
  if (Atomics.exchange(positions, position + IS_BOUND, 1) === 1) {
    const role = position === WRITTEN ? 'writer' : 'reader';
    throw new Error(`the ring has its ${role} already`);
  }
  const ring = new Uint8Array(handle, HEADER_BYTES);
  return { positions, ring, slots: ring.length / TICK_BYTES };
}

function copyRecord(to: Uint8Array, slot: number, from: { records: Uint8Array; at: number }): void {
  const source = from.at * TICK_BYTES;
  const target = slot * TICK_BYTES;
  for (let byte = 0; byte < TICK_BYTES; byte++) to[target + byte] = from.records[source + byte]!;
}
