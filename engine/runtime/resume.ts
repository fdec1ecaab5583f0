/** Resumes a savepoint as a new application, with another number of partitions if need be. */

import path from 'node:path';
import type { OutgoingRecord, PartitionOffset } from '../broker/record.ts';
import { OutriderError } from '../error.ts';
import { readSnapshot } from '../snapshot/snapshot-file.ts';
import { partitionOfKey } from '../state/key-group.ts';
import type { SubTopology } from '../streams/task.ts';
import { parseTaskName } from './assignment.ts';
import { changelogKey, changelogPrefix } from './changelog-record.ts';
import { slices } from './committer.ts';
import { decodeReplica } from './local-state.ts';
import { runtimeTime } from './runtime-time.ts';
import type { SavepointOptions } from './savepoint.ts';
import { readManifest, type SavepointManifest, type SavepointTask } from './savepoint-manifest.ts';
import { planTopology, type TopologyPlan } from './topology-plan.ts';

export type ResumeOptions = SavepointOptions & {
  /** Copies of a changelog's partitions. */
  readonly replicas: number;
  /** The sources were made anew since the savepoint: they are read from their first records on. */
  readonly sourcesAreNew?: boolean;
};

/**
 * Fills the changelogs of `applicationId` and sets its offsets; then its processors can start.
 * Errors: `bad-config` where that application has state already, the topology is another, or the
 * number of partitions changes with records of the sources left; `bad-log` for a damaged file.
 */
export async function resumeSavepoint(options: ResumeOptions): Promise<void> {
  const { broker, directory, ports } = options;
  const manifest = readManifest(ports.disk, directory);
  const plan = await planTopology({ ...options, standbys: 0, acceptableLag: 0 });
  if (plan.topology !== manifest.topology) {
    const both = `the savepoint is of topology ${manifest.topology}, this one is ${plan.topology}`;
    throw new OutriderError('bad-config', `${both}; resume it with the program that made it`);
  }
  if (manifest.recordsLeft > 0 && hasMoved(manifest, plan)) {
    const left = `${manifest.recordsLeft} records of the sources were not processed`;
    const text = `${left} and keys would change their partitions`;
    throw new OutriderError('bad-config', `${text}; read to the end first, then take another`);
  }
  await requireEmpty(options, plan);
  const producer = await broker.producer({});
  try {
    for (const task of manifest.tasks) {
      const records = recordsOf(options, plan, { manifest, task });
      for (const slice of slices([records])) await producer.send(slice);
    }
  } finally {
    await producer.close();
  }
  await broker.admin.setCommitted(options.applicationId, await offsetsOf(options, plan, manifest));
}

const hasMoved = (manifest: SavepointManifest, plan: TopologyPlan) =>
  plan.subTopologies.some(({ index, partitions }) => countOf(manifest, index) !== partitions);

const countOf = ({ partitions }: SavepointManifest, index: number) =>
  partitions.find(each => each.index === index)?.count ?? 0;

async function requireEmpty(
  { broker, applicationId }: ResumeOptions,
  { subTopologies, changelogs }: TopologyPlan,
): Promise<void> {
  for (const { index, partitions } of subTopologies) {
    const topic = changelogs.get(index);
    if (topic === undefined) continue;
    const places = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
    const bounds = await broker.admin.bounds(places, 'read-uncommitted');
    if (bounds.every(({ end }) => end === 0)) continue;
    const text = `application ${applicationId} has state in ${topic}`;
    throw new OutriderError('bad-config', `${text}; resume under an id of its own`);
  }
}

type Saved = { readonly manifest: SavepointManifest; readonly task: SavepointTask };

/** The entries of a task as records of the new changelog. */
function recordsOf(
  { directory, topology, ports }: ResumeOptions,
  plan: TopologyPlan,
  { manifest, task: { task, file, hash } }: Saved,
): OutgoingRecord[] {
  const { subTopology: index, partition } = parseTaskName(task);
  const sub = topology.subTopologies.find(each => each.index === index)!;
  const { partitions } = plan.subTopologies.find(each => each.index === index)!;
  const topic = plan.changelogs.get(index)!;
  const found = { path: path.join(directory, file), offset: offsetOf(file) };
  const snapshot = readSnapshot(ports.disk, found);
  if (snapshot.hash !== hash) {
    throw new OutriderError('bad-log', `${found.path}: is not the file of the manifest`);
  }
  const isMoved = countOf(manifest, index) !== partitions;
  const timestampMs = Math.floor(runtimeTime(ports).nowMs());
  const records: OutgoingRecord[] = [];
  decodeReplica(snapshot.state, (store, key, value) => {
    const to = isMoved ? placeOf(sub, { store, key, partitions }) : partition;
    if (to === undefined) return;
    const keyBytes = changelogKey(changelogPrefix(store), key);
    records.push({ topic, partition: to, key: keyBytes, value, headers: [], timestampMs });
  });
  return records;
}

const offsetOf = (file: string) => Number(path.basename(file).split('-')[0]);

type Entry = { readonly store: string; readonly key: Uint8Array; readonly partitions: number };

/** Undefined for what is of a task and no key: it stays behind. */
function placeOf(sub: SubTopology, { store, key, partitions }: Entry): number | undefined {
  const settings = sub.stores.find(({ name }) => name === store);
  if (settings === undefined || settings.isOfTask === true) return undefined;
  const recordKey = settings.recordKeyOf?.(key) ?? key;
  return partitionOfKey(recordKey, partitions, sub.partitioner ?? 'key-group');
}

async function offsetsOf(
  { broker, sourcesAreNew = false }: ResumeOptions,
  { subTopologies }: TopologyPlan,
  { offsets }: SavepointManifest,
): Promise<PartitionOffset[]> {
  const places = subTopologies.flatMap(({ sources, partitions }) =>
    sources.flatMap(topic =>
      Array.from({ length: partitions }, (_, partition) => ({ topic, partition })),
    ),
  );
  const bounds = await broker.admin.bounds(places, 'read-committed');
  return bounds.map(({ topic, partition, first, end }) => {
    const known = offsets.find(each => each.topic === topic && each.partition === partition);
    // One that lies behind the end is of a topic that was made anew.
    const isKept = !sourcesAreNew && known !== undefined && known.offset <= end;
    return { topic, partition, offset: isKept ? known.offset : first };
  });
}
