/** The sleeping thread of `idle-jitter.ts`: waits 1 ms again and again, notes what was more. */

import { parentPort, receiveMessageOnPort } from 'node:worker_threads';
import { createHistogram, summarise } from './latency/histogram.ts';

const WAIT_MS = 1;
const NS_PER_MS = 1e6;
/** Waits between two looks at the port: a look costs more than the wait's own overshoot. */
const WAITS_PER_LOOK = 20;

const port = parentPort!;
const never = new Int32Array(new SharedArrayBuffer(4));
const histogram = createHistogram();

for (;;) {
  for (let wait = 0; wait < WAITS_PER_LOOK; wait++) {
    const startMs = performance.now();
    Atomics.wait(never, 0, 0, WAIT_MS);
    const overshootMs = performance.now() - startMs - WAIT_MS;
    histogram.recordValue(Math.max(0, Math.round(overshootMs * NS_PER_MS)));
  }
  if (receiveMessageOnPort(port) === undefined) continue;
  port.postMessage(summarise(histogram));
  histogram.reset();
}
