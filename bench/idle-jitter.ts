/** How late the host wakes a thread that only sleeps: what no program on it can do better. */

import { Worker } from 'node:worker_threads';
import type { LatencySummary } from './latency/segment.ts';

export type IdleJitter = {
  /** Overshoot of waits of 1 ms, nanoseconds, since the start or since it was last read. */
  read(): Promise<LatencySummary>;
  close(): Promise<void>;
};

/** A thread of its own that sleeps and wakes, as jHiccup does; costs less than 1 % of a core. */
export function startIdleJitter(): IdleJitter {
  const worker = new Worker(new URL('./idle-jitter-worker.ts', import.meta.url));
  return {
    read() {
      const { promise, resolve, reject } = Promise.withResolvers<LatencySummary>();
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.postMessage('read');
      return promise.finally(() => worker.off('error', reject));
    },
    async close() {
      await worker.terminate();
    },
  };
}
