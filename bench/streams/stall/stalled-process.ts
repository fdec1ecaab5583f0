/** The worker of a stall as its parent sees it: told to stall, and watched for what it holds. */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { OutriderError } from '#engine';
import type { StallOrder, StallReading, StallWorkerSettings } from './stall-worker.ts';

export type StalledProcess = {
  tell(order: StallOrder): void;
  /** The highest of each since the last call. */
  peak(): StallReading;
  /** Rejects where it has ended though nobody told it to. */
  readonly failed: Promise<never>;
  /** Has it leave, and waits until it has. */
  close(): Promise<void>;
};

const SCRIPT = join(import.meta.dirname, 'stall-worker.ts');
const NOTHING: StallReading = { rssBytes: 0, bufferedRecords: 0 };

/** It copies, or stalls, once it resolves. */
export async function startStalled(settings: StallWorkerSettings): Promise<StalledProcess> {
  const child = fork(SCRIPT, [JSON.stringify(settings)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  let peak = NOTHING;
  let isLeaving = false;
  child.on('message', (said: StallReading) => {
    peak = {
      rssBytes: Math.max(peak.rssBytes, said.rssBytes),
      bufferedRecords: Math.max(peak.bufferedRecords, said.bufferedRecords),
    };
  });
  const ended = once(child, 'close').then(() => void process.off('exit', kill));
  const failed = ended.then((): Promise<never> => {
    if (isLeaving) return new Promise(() => {});
    throw new OutriderError('bad-data', `the stalled process ended with ${child.exitCode}`);
  });
  failed.catch(() => {});
  await Promise.race([once(child, 'message'), failed]);
  return {
    failed,
    tell: order => void child.send(order),
    peak() {
      const seen = peak;
      peak = NOTHING;
      return seen;
    },
    async close() {
      isLeaving = true;
      child.send('leave' satisfies StallOrder);
      await ended;
    },
  };
}
