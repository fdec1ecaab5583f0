/** A savepoint: the state and offsets of a whole application in a folder, for another to resume. */

import { hash } from 'node:crypto';
import path from 'node:path';
import type { Broker } from '../broker/port.ts';
import type { PartitionOffset, TopicPartition } from '../broker/record.ts';
import { OutriderError } from '../error.ts';
import { writeSnapshot } from '../snapshot/snapshot-file.ts';
import { openMemoryStore } from '../state/memory-store.ts';
import { taskName } from './assignment.ts';
import { openChangelogTail } from './changelog-tail.ts';
import { encodeReplica } from './local-state.ts';
import type { RunnableTopology } from './processor-options.ts';
import { closeReplica, openReplica, type Replica } from './replica.ts';
import { type RuntimePorts, runtimeTime } from './runtime-time.ts';
import { type SavepointManifest, type SavepointTask, writeManifest } from './savepoint-manifest.ts';
import { planTopology, type TopologyPlan } from './topology-plan.ts';

export type SavepointOptions = {
  readonly broker: Broker;
  readonly applicationId: string;
  readonly topology: RunnableTopology;
  readonly ports: RuntimePorts;
  /** Made where it is missing; one that has a manifest is refused. */
  readonly directory: string;
};

/**
 * Reads the changelogs and offsets of an application whose processors are closed. Errors:
 * `bad-config` where some still run; `disk`, `network`.
 */
export async function takeSavepoint(options: SavepointOptions): Promise<SavepointManifest> {
  const { broker, applicationId, ports, directory } = options;
  const { disk } = ports;
  const settings = { replicas: 1, standbys: 0, acceptableLag: 0 };
  const plan = await planTopology({ ...options, ...settings });
  const partitions = plan.subTopologies.flatMap(({ sources, partitions: count }) =>
    sources.flatMap(topic =>
      Array.from({ length: count }, (_, partition) => ({ topic, partition })),
    ),
  );
  const offsets = await committedAtRest(broker, applicationId, partitions);
  const tasks = await saveTasks(options, plan);
  const bounds = await broker.admin.bounds(partitions, 'read-committed');
  const manifest: SavepointManifest = {
    ...{ version: 1, applicationId, topology: plan.topology },
    madeAtMs: Math.floor(runtimeTime(ports).nowMs()),
    partitions: plan.subTopologies.map(({ index, partitions: count }) => ({ index, count })),
    offsets: offsets.map(({ topic, partition, offset }) => ({ topic, partition, offset })),
    recordsLeft: bounds.reduce((sum, { topic, partition, first, end }) => {
      const at = offsets.find(each => each.topic === topic && each.partition === partition);
      return sum + Math.max(0, end - (at?.offset ?? first));
    }, 0),
    tasks,
  };
  writeManifest(disk, directory, manifest);
  return manifest;
}

/** A group takes offsets from outside only while it has no members: that is how we know. */
async function committedAtRest(
  broker: Broker,
  applicationId: string,
  partitions: readonly TopicPartition[],
): Promise<readonly PartitionOffset[]> {
  const offsets = await broker.admin.committed(applicationId, partitions);
  try {
    await broker.admin.setCommitted(applicationId, offsets);
  } catch (cause) {
    const text = `application ${applicationId} has processors that run`;
    throw new OutriderError('bad-config', `${text}; close them all, then take the savepoint`, {
      cause,
    });
  }
  return offsets;
}

async function saveTasks(options: SavepointOptions, plan: TopologyPlan): Promise<SavepointTask[]> {
  const { broker, ports } = options;
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  const time = runtimeTime(ports);
  const tail = openChangelogTail({ broker, time, ports, onFailure: failed.reject });
  const saved: SavepointTask[] = [];
  try {
    for (const { index, partitions: count } of plan.subTopologies) {
      const topic = plan.changelogs.get(index);
      if (topic === undefined) continue;
      for (let partition = 0; partition < count; partition++) {
        const replica = openTask(options, plan, { index, partition, topic });
        const [bound] = await broker.admin.bounds([{ topic, partition }], 'read-uncommitted');
        await Promise.race([tail.restore(replica, bound!.end), failed.promise]);
        saved.push(saveTask(options, plan, replica));
        closeReplica(replica);
      }
    }
    return saved;
  } finally {
    await tail.close();
  }
}

type Place = { readonly index: number; readonly partition: number; readonly topic: string };

function openTask(
  { topology }: SavepointOptions,
  { partitionCounts }: TopologyPlan,
  { index, partition, topic }: Place,
): Replica {
  return openReplica({
    task: taskName(index, partition),
    subTopology: topology.subTopologies.find(each => each.index === index)!,
    ...{ partition, partitionCounts, changelog: { topic, partition } },
    openStore: openMemoryStore,
  });
}

function saveTask(options: SavepointOptions, plan: TopologyPlan, replica: Replica): SavepointTask {
  const { directory, ports } = options;
  const madeAtMs = runtimeTime(ports).nowMs();
  const state = encodeReplica(replica, { topology: plan.topology, madeAtMs });
  const digest = hash('sha256', state);
  const folder = path.join(directory, replica.task);
  const snapshot = { offset: replica.position, originNs: 0n, state, hash: digest };
  const file = writeSnapshot(ports.disk, folder, snapshot);
  return { task: replica.task, file: path.relative(directory, file), hash: digest };
}
