/** A tail whose broker never answers: whoever waits for a restore must hear of it, at any time. */

import { expect, it } from 'vitest';
import type { Broker } from '../broker/port.ts';
import { OutriderError } from '../error.ts';
import { openChangelogTail } from './changelog-tail.ts';
import type { Replica } from './replica.ts';
import { type RuntimePorts, runtimeTime } from './runtime-time.ts';

/** Waits are over in the next turn of the event loop. */
const ports = {
  clock: { nowNs: () => 0 },
  timers: {
    at(_: number, callback: () => void) {
      const handle = setImmediate(callback);
      return { cancel: () => clearImmediate(handle) };
    },
  },
  originNs: 0n,
  nextTurn: async () => {},
} as unknown as RuntimePorts;

const broker = {
  async reader() {
    throw new OutriderError('network', 'nobody answers');
  },
} as unknown as Broker;

const replicaOf = (partition: number): Replica => ({
  ...{ task: `0_${partition}`, changelog: { topic: 'changelog', partition }, position: 0 },
  ...{ stores: new Map(), isClosed: false, createTask: () => undefined as never },
});

it('fails those who wait when it gives up, and those who come later', async () => {
  const failures: unknown[] = [];
  const onFailure = (error: unknown) => void failures.push(error);
  const tail = openChangelogTail({ broker, time: runtimeTime(ports), ports, onFailure });
  await expect(tail.restore(replicaOf(0), 10)).rejects.toThrow('nobody answers');
  await expect(tail.restore(replicaOf(1), 10)).rejects.toThrow('nobody answers');
  expect(failures.length).toBe(1);
  await tail.close();
});
