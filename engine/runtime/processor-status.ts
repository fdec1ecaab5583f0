/** The state of a processor as plain numbers. */

import type { ProcessorStatus, TaskStatus } from './observer.ts';
import { type OwnedTask, type ProcessorState, placeKey } from './processor-state.ts';

export function statusOf(state: ProcessorState): ProcessorStatus {
  const { identity, counts, tail } = state;
  return {
    phase: phaseOf(state),
    generation: identity?.generation ?? -1,
    tasks: [...state.owned.values()].map(task => taskStatus(state, task)),
    standbys: [...state.standbys].map(([task, replica]) => ({
      task,
      lagRecords: tail.lagOf(replica),
    })),
    ...counts,
  };
}

function phaseOf({ isClosing, failure, identity }: ProcessorState): ProcessorStatus['phase'] {
  if (isClosing) return 'closed';
  if (failure !== undefined) return 'recovering';
  return identity === undefined ? 'starting' : 'running';
}

function taskStatus(state: ProcessorState, owned: OwnedTask): TaskStatus {
  const { name: task, running, replica, partition } = owned;
  const queues = running?.queues ?? [];
  const sum = (of: (queue: (typeof queues)[number]) => number) =>
    queues.reduce((total, queue) => total + of(queue), 0);
  const watermarkMs = running?.watermarkMs ?? Number.NEGATIVE_INFINITY;
  const isPaused = (topic: string) => state.paused.has(placeKey({ topic, partition }));
  return {
    task,
    phase: running === undefined ? 'restoring' : 'running',
    restoreLeft: running === undefined ? state.tail.lagOf(replica) : 0,
    bufferedRecords: sum(queue => queue.records),
    bufferedBytes: sum(queue => queue.bytes),
    lagRecords: sum(queue => queue.lag),
    deadLetters: running?.deadLetters ?? 0,
    watermarkMs,
    watermarkDelayMs: Number.isFinite(watermarkMs) ? state.time.nowMs() - watermarkMs : 0,
    pausedSources: queues.filter(({ topic }) => isPaused(topic)).length,
  };
}
