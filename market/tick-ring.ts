/** Ticks from thread to thread: a ring of 64-byte records that Rust owns, with one end each. */
import type { Nanoseconds } from '#engine';
import { type Kernels, loadedKernels, type RingHandle, TICK_BYTES } from '#native';
import { type ConflationCounts, createBacklog } from './conflation.ts';
import type { Tick } from './tick.ts';
import { createTickSlots } from './tick-slots.ts';

export type TickWriter = {
  /** Never waits: where the ring is full, ticks are conflated until it has room again. */
  push(tick: Tick, injectedNs: Nanoseconds): void;
  /** Writes what was conflated, as far as it fits; true once nothing waits any more. */
  flush(): boolean;
  readonly counts: Readonly<ConflationCounts>;
};

export type TickReader = {
  /**
   * What waits, at most `ticksMax`, in its order: an array and ticks that are used again by the
   * next call.
   */
  drain(): Tick[];
  /** When the writer put in the last tick drained. */
  readonly injectedNs: Nanoseconds;
};

/** Ticks that may wait: 256 KiB, some seconds of a busy market. */
export const RING_TICKS = 4096;

export const openTickRing = (kernels: Kernels = loadedKernels.kernels): RingHandle =>
  kernels.openRing(RING_TICKS);

/** The ring's one writer, in whatever thread. */
export function createTickWriter(
  handle: RingHandle,
  kernels: Kernels = loadedKernels.kernels,
): TickWriter {
  const records = new Uint8Array(TICK_BYTES);
  const slots = createTickSlots(records);
  const write = kernels.bindRingWriter(handle, records);
  const backlog = createBacklog();
  const flush = () => {
    for (let next = backlog.first(); next !== undefined; next = backlog.first()) {
      slots.write(0, next.tick, next.injectedNs);
      if (write(1) === 0) return false;
      backlog.shift();
    }
    return true;
  };
  return {
    counts: backlog.counts,
    flush,
    push(tick, injectedNs) {
      if (flush()) {
        slots.write(0, tick, injectedNs);
        if (write(1) === 1) return;
      }
      backlog.add(tick, injectedNs);
    },
  };
}

/** The ring's one reader. */
export function createTickReader(
  handle: RingHandle,
  { ticksMax, kernels = loadedKernels.kernels }: { ticksMax: number; kernels?: Kernels },
): TickReader {
  const records = new Uint8Array(ticksMax * TICK_BYTES);
  const slots = createTickSlots(records);
  const read = kernels.bindRingReader(handle, records);
  const ticks: Tick[] = [];
  let injectedNs = 0.5;
  return {
    drain() {
      const count = read();
      // Setting the length would give the array's memory away.
      while (ticks.length > count) ticks.pop();
      for (let at = 0; at < count; at++) ticks[at] = slots.read(at);
      if (count > 0) injectedNs = slots.injectedNs(count - 1) ?? injectedNs;
      return ticks;
    },
    get injectedNs() {
      return injectedNs;
    },
  };
}
