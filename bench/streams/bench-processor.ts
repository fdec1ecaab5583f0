/** Starts a topology of a benchmark on a broker, with the clock of the wall. */

import { setTimeout as wait } from 'node:timers/promises';
import { MILLISECOND_NS, midnightBefore } from '#engine';
import { type ConnectOptions, connectPlatformatic } from '#engine/broker';
import { type Processor, type ProcessorOptions, startProcessor, wallPorts } from '#engine/runtime';

export type BenchProcessorOptions = Omit<ProcessorOptions, 'broker' | 'ports'> & {
  readonly addresses: ConnectOptions['addresses'];
};

const LOOK_MS = 5;

/** It has its tasks, restored, once it resolves. `bad-config` where its topics are missing. */
export async function startBenchProcessor(options: BenchProcessorOptions): Promise<Processor> {
  const { addresses, ...rest } = options;
  const broker = await connectPlatformatic({ addresses });
  const ports = wallPorts(midnightBefore(BigInt(Date.now()) * BigInt(MILLISECOND_NS)));
  const processor = await startProcessor({ ...rest, broker, ports });
  const ended = processor.done.finally(() => broker.close());
  ended.catch(() => {});
  while (!isRunning(processor)) await Promise.race([wait(LOOK_MS), ended]);
  return { ...processor, done: ended };
}

function isRunning(processor: Processor): boolean {
  const { phase, tasks } = processor.status();
  return phase === 'running' && tasks.length > 0 && tasks.every(task => task.phase === 'running');
}
