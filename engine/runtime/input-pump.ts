/** The loop of polls: asks for what queues have room for, and hands it to the tasks. */

import type { PartitionBatch, TopicPartition } from '../broker/record.ts';
import { OutriderError } from '../error.ts';
import { type ProcessorState, placeKey } from './processor-state.ts';
import { isForGood } from './recovery.ts';
import type { SourceQueue } from './task-input.ts';

/** With every queue full polls wait this long unless one gets room. */
const FULL_WAIT_MS = 200;

export async function pumpInput(state: ProcessorState): Promise<void> {
  let failures = 0;
  while (!state.isClosing) {
    const queues = queuesOf(state);
    const isFull = steer(state, queues);
    if (isFull) {
      await state.pollWaker.until(state.time.nowMs() + FULL_WAIT_MS);
      continue;
    }
    try {
      accept(state, await state.member!.poll());
      failures = 0;
    } catch (error) {
      if (state.isClosing) return;
      // What the poll had fetched is gone with it.
      for (const [key, { place, queue }] of queuesOf(state)) {
        state.seeks.set(key, { ...place, offset: queue.fetched });
      }
      failures += 1;
      state.options.observer?.onFailure?.({ error, inARow: failures });
      state.counts.failures += 1;
      // Such as a topic that was deleted, or a batch that unpacks to gigabytes.
      if (isForGood(error)) return state.end(error);
      if (failures > state.settings.failuresMax) return state.end(pollError(error));
      await state.time.sleep(state.settings.retryMs);
    }
  }
}

function pollError(cause: unknown): OutriderError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new OutriderError('network', `reading the sources failed again and again: ${reason}`, {
    cause,
  });
}

type Placed = { readonly place: TopicPartition; readonly queue: SourceQueue };

/** The queues of tasks that run, by place. */
function queuesOf(state: ProcessorState): Map<string, Placed> {
  const queues = new Map<string, Placed>();
  for (const { running, partition } of state.owned.values()) {
    for (const queue of running?.queues ?? []) {
      const place = { topic: queue.topic, partition };
      queues.set(placeKey(place), { place, queue });
    }
  }
  return queues;
}

/** Between two polls: seeks, and leaves out what has no room. True where that is everything. */
function steer(state: ProcessorState, queues: ReadonlyMap<string, Placed>): boolean {
  const member = state.member!;
  const { paused, seeks } = state;
  const wanted = new Map<string, TopicPartition>();
  for (const [key, { place, queue }] of queues) if (!queue.isFull) wanted.set(key, place);
  for (const { sources, partition } of state.owned.values()) {
    for (const topic of sources) {
      const place = { topic, partition };
      const key = placeKey(place);
      if (wanted.has(key) || paused.has(key)) continue;
      paused.set(key, place);
      member.pause([place]);
    }
  }
  for (const [key, offset] of seeks) if (queues.has(key)) member.seek(offset);
  seeks.clear();
  for (const [key, place] of wanted) if (paused.delete(key)) member.resume([place]);
  return queues.size > 0 && wanted.size === 0;
}

function accept(state: ProcessorState, batches: readonly PartitionBatch[]): void {
  const queues = queuesOf(state);
  let isNew = false;
  for (const batch of batches) {
    const key = placeKey(batch);
    // What was fetched before a seek is of another place.
    if (state.seeks.has(key)) continue;
    queues.get(key)?.queue.add(batch);
    isNew = true;
  }
  if (isNew) state.waker.wake();
}
