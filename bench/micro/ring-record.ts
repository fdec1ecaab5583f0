/** A record into a ring and out of it on one thread: its cost without the hop. */

import { type Kernels, TICK_BYTES } from '#native';
import type { Micro } from './micro.ts';
import { nativeAndTwin } from './native-and-twin.ts';

const RECORDS = 64;
/** Records a call of the writer or the reader, as a busy market has them. */
const BURST = 4;

export const ringRecord: Micro = {
  question: 'What does a 64-byte record cost into a ring and out of it, in bursts of four?',
  items: RECORDS,
  item: 'record',
  ways: nativeAndTwin(openRing),
};

function openRing(kernels: Kernels): () => number {
  const handle = kernels.openRing(RECORDS);
  const written = new Uint8Array(BURST * TICK_BYTES).fill(1);
  const read = new Uint8Array(BURST * TICK_BYTES);
  const write = kernels.bindRingWriter(handle, written);
  const readAll = kernels.bindRingReader(handle, read);
  return () => {
    let count = 0;
    for (let burst = 0; burst < RECORDS / BURST; burst++) {
      write(BURST);
      count += readAll();
    }
    return count + read[0]!;
  };
}
