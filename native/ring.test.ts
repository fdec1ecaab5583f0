/** Rings: records must arrive whole and in order from thread to thread, or the log would lie. */
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadedKernels } from './load.ts';
import type { RingHandle } from './ring-kernels.ts';
import { TICK_BYTES } from './tick-layout.ts';
import { twinKernels } from './twins/kernels.ts';

const implementations = {
  'the twin': twinKernels,
  [`the ${loadedKernels.kind} in use`]: loadedKernels.kernels,
};
const WRITER = new URL('fixtures/ring-writer.ts', import.meta.url);

describe.each(Object.entries(implementations))('a ring of %s', (_, kernels) => {
  it('is a queue with a bound, however it is written and read', () => {
    const counts = fc.array(fc.record({ isRead: fc.boolean(), count: fc.nat(9) }));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), counts, (slots, turns) => {
        const handle = kernels.openRing(slots);
        const bound = 2 ** Math.ceil(Math.log2(slots));
        const [written, read] = [new Uint8Array(9 * TICK_BYTES), new Uint8Array(3 * TICK_BYTES)];
        const write = kernels.bindRingWriter(handle, written);
        const readRing = kernels.bindRingReader(handle, read);
        const model: number[] = [];
        let next = 0;
        for (const { isRead, count } of turns) {
          if (isRead) {
            const expected = model.splice(0, 3);
            expect(readRing()).toBe(expected.length);
            expect(expected.map((_, at) => numberAt(read, at))).toEqual(expected);
            continue;
          }
          for (let at = 0; at < count; at++) setNumber(written, at, next + at);
          const fitting = Math.min(count, bound - model.length);
          expect(write(count)).toBe(fitting);
          for (let at = 0; at < fitting; at++) model.push(next++);
        }
        kernels.closeRing(handle);
      }),
    );
  });

  it('has one writer and one reader, or two threads would write over each other', () => {
    const handle = kernels.openRing(4);
    const records = new Uint8Array(TICK_BYTES);
    kernels.bindRingWriter(handle, records);
    kernels.bindRingReader(handle, records);
    expect(() => kernels.bindRingWriter(handle, records)).toThrow('writer already');
    expect(() => kernels.bindRingReader(handle, records)).toThrow('reader already');
    expect(() => kernels.openRing(0)).toThrow('slots');
    kernels.closeRing(handle);
  });
});

it.each(['0', '1'])(
  'hands records from a worker to this thread (OUTRIDER_TWINS=%s)',
  async twins => {
    const kernels = twins === '1' ? twinKernels : loadedKernels.kernels;
    const handle: RingHandle = kernels.openRing(32);
    const records = new Uint8Array(16 * TICK_BYTES);
    const read = kernels.bindRingReader(handle, records);
    const count = 20_000;
    const env = { ...process.env, OUTRIDER_TWINS: loadedKernels.kind === 'twin' ? '1' : twins };
    const worker = new Worker(WRITER, { env, workerData: { handle, count } });
    let expected = 0;
    let wrong = 0;
    while (expected < count) {
      const got = read();
      for (let at = 0; at < got; at++) wrong += numberAt(records, at) === expected++ ? 0 : 1;
      if (got === 0) await new Promise(resolve => setImmediate(resolve));
    }
    await worker.terminate();
    expect([wrong, read()]).toEqual([0, 0]);
    kernels.closeRing(handle);
  },
);

/** The first and the last word of a record both carry its number. */
function setNumber(records: Uint8Array, at: number, value: number): void {
  const view = new DataView(records.buffer);
  view.setFloat64(at * TICK_BYTES, value);
  view.setFloat64((at + 1) * TICK_BYTES - 8, value);
}

function numberAt(records: Uint8Array, at: number): number {
  const view = new DataView(records.buffer);
  const value = view.getFloat64(at * TICK_BYTES);
  return view.getFloat64((at + 1) * TICK_BYTES - 8) === value ? value : Number.NaN;
}
