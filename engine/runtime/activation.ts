/** From a task that was assigned to one that runs: fence, offsets, restore, start. */

import type { PartitionOffset } from '../broker/record.ts';
import { OutriderError } from '../error.ts';
import { parseTaskName, type TaskName } from './assignment.ts';
import { fail, type OwnedTask, type ProcessorState, placeKey } from './processor-state.ts';
import { openReplica, type Replica } from './replica.ts';
import { RunningTask } from './running-task.ts';
import { SourceQueue } from './task-input.ts';

/** State of a task as this machine has it on disk, or none. */
export async function openLocalReplica(state: ProcessorState, name: TaskName): Promise<Replica> {
  const { subTopology: index, partition } = parseTaskName(name);
  const { options, plan, local } = state;
  const subTopology = options.topology.subTopologies.find(each => each.index === index)!;
  const topic = plan.changelogs.get(index);
  const replica = openReplica({
    ...{ task: name, subTopology, partition, partitionCounts: plan.partitionCounts },
    changelog: topic === undefined ? undefined : { topic, partition },
    openStore: codec => local.openStore(name, codec),
  });
  await local.load(replica);
  return replica;
}

/** A producer that is gone may have left a transaction open, which holds up readers and offsets. */
export async function fenceGone({ options, settings, toFence }: ProcessorState): Promise<void> {
  const { broker, applicationId } = options;
  const { transactionTimeoutMs } = settings;
  for (const transactionalId of [...toFence]) {
    // Others' words are no reason to fence what is none of this application's.
    if (transactionalId.startsWith(`${applicationId}-`)) {
      const producer = await broker.producer({ transactionalId, transactionTimeoutMs });
      await producer.close();
    }
    toFence.delete(transactionalId);
  }
}

/**
 * Begins to restore a task; it runs once its state is that of all that was committed for it. The
 * order counts: first whoever ran it is fenced, then offsets are read, then the changelog's end,
 * which so has everything that belongs to those offsets.
 */
export function activate(state: ProcessorState, owned: OwnedTask): void {
  owned.attempt += 1;
  const { attempt, replica } = owned;
  const isCurrent = () => owned.attempt === attempt && state.owned.get(owned.name) === owned;
  const run = async () => {
    const { broker, observer } = state.options;
    const startedMs = state.time.nowMs();
    await state.committer.openTask(owned.name);
    const partitions = owned.sources.map(topic => ({ topic, partition: owned.partition }));
    const { applicationId } = state.options;
    const committed = await broker.admin.committed(applicationId, partitions);
    const bounds = await broker.admin.bounds(partitions, 'read-committed');
    const from = replica.position;
    if (replica.changelog !== undefined) {
      // Of all that was written: what is not yet decided is waited for.
      const [end] = await broker.admin.bounds([replica.changelog], 'read-uncommitted');
      if (!isCurrent()) return;
      if (replica.position > end!.end) throw aheadOf(replica, end!.end);
      await state.tail.restore(replica, end!.end);
    }
    if (!isCurrent()) return;
    start(state, owned, { committed, bounds });
    const tookMs = state.time.nowMs() - startedMs;
    observer?.onRestored?.({ task: owned.name, tookMs, offsets: replica.position - from });
  };
  run().catch(error => {
    if (isCurrent()) fail(state, error);
  });
}

function aheadOf({ task, changelog, position }: Replica, end: number): OutriderError {
  const text = `state of task ${task} on disk is of offset ${position}, ${changelog?.topic} ends`;
  return new OutriderError('bad-data', `${text} at ${end}: it is another; delete stateDirectory`);
}

type Places = {
  readonly committed: readonly PartitionOffset[];
  readonly bounds: readonly {
    readonly topic: string;
    readonly partition: number;
    readonly first: number;
    readonly end: number;
  }[];
};

function start(state: ProcessorState, owned: OwnedTask, { committed, bounds }: Places): void {
  const { name, partition, replica } = owned;
  const { settings, options } = state;
  const { sourceWaitMs, bufferRecordsMax: recordsMax, bufferBytesMax: bytesMax } = settings;
  const saved = new Map<string, number>();
  const queues = bounds.map(({ topic, first, end }) => {
    const known = committed.find(offset => offset.topic === topic)?.offset;
    let offset = known ?? (settings.startAt === 'first' ? first : end);
    if (known !== undefined) saved.set(topic, known);
    if (offset < first) {
      options.observer?.onSkipped?.({ topic, partition, from: offset, to: first });
      offset = first;
    }
    state.seeks.set(placeKey({ topic, partition }), { topic, partition, offset });
    return new SourceQueue({ topic, offset, end }, { recordsMax, bytesMax });
  });
  owned.running = new RunningTask({ name, partition, replica, queues, saved, sourceWaitMs });
  state.pollWaker.wake();
  state.waker.wake();
}
