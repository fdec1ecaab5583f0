/** A topology checked against its broker before anything runs: topics, partitions, changelogs. */

import { hash } from 'node:crypto';
import type { Broker } from '../broker/port.ts';
import { OutriderError } from '../error.ts';
import type { SubTopology } from '../streams/task.ts';
import type { GroupPlan } from './group-assigner.ts';
import type { RunnableTopology } from './processor-options.ts';

export type PlanOptions = {
  readonly broker: Broker;
  readonly applicationId: string;
  readonly topology: RunnableTopology;
  /** Copies of the partitions of topics that are created. */
  readonly replicas: number;
  readonly standbys: number;
  readonly acceptableLag: number;
};

export type TopologyPlan = GroupPlan & {
  readonly topics: readonly string[];
  /** Of all topics read and written. */
  readonly partitionCounts: ReadonlyMap<string, number>;
  /** By sub-topology with logged stores. */
  readonly changelogs: ReadonlyMap<number, string>;
};

export const changelogTopic = (applicationId: string, subTopology: number) =>
  `${applicationId}-${subTopology}-changelog`;

/** Tombstones are kept so long: older local state might miss one. */
export const TOMBSTONES_KEPT_MS = 86_400_000;

/**
 * Creates what is missing and may be created. Errors: `bad-config` naming the topic and the remedy:
 * one that is missing, joined topics of unequal partition counts, a changelog of another count.
 */
export async function planTopology(options: PlanOptions): Promise<TopologyPlan> {
  const { broker, replicas } = options;
  const { subTopologies } = options.topology;
  requireApart(subTopologies);
  const sources = subTopologies.flatMap(each => each.sources);
  const topics = [...new Set([...sources, ...subTopologies.flatMap(each => each.sinks)])];
  const existing = await broker.admin.partitionCounts(topics);
  const create = options.topology.plan?.(existing).create ?? [];
  if (create.length > 0) {
    await broker.admin.createTopics(create.map(each => ({ ...each, replicas })));
  }
  const created = create.map(({ topic, partitions }): [string, number] => [topic, partitions]);
  const partitionCounts = new Map([...created, ...existing]);
  const planned = subTopologies.map(sub => ({
    index: sub.index,
    sources: sub.sources,
    partitions: partitionsOf(sub, partitionCounts),
    isStateful: sub.stores.some(({ isLogged }) => isLogged),
  }));
  for (const topic of topics) if (!partitionCounts.has(topic)) throw missing(topic);
  const changelogs = await createChangelogs(options, planned);
  const { standbys, acceptableLag } = options;
  const topology = topologyDigest(subTopologies);
  return {
    ...{ topology, subTopologies: planned, standbys, acceptableLag },
    ...{ topics: [...new Set(sources)], partitionCounts, changelogs },
  };
}

/** The same for topologies whose tasks and state can stand for each other's. */
export function topologyDigest(subTopologies: readonly SubTopology[]): string {
  const shape = subTopologies.map(({ index, sources, sinks, stores }) => ({
    ...{ index, sources: sources.toSorted(), sinks: sinks.toSorted() },
    stores: stores.map(({ name, isLogged }) => `${name} ${isLogged}`).sort(),
  }));
  return hash('sha256', JSON.stringify(shape)).slice(0, 16);
}

function requireApart(subTopologies: readonly SubTopology[]): void {
  const owner = new Map<string, number>();
  for (const { index, sources } of subTopologies) {
    if (sources.length === 0) {
      throw new OutriderError('bad-config', `sub-topology ${index} reads no topic; give it one`);
    }
    for (const topic of sources) {
      const other = owner.get(topic);
      if (other !== undefined) {
        const text = `topic ${topic} is read by sub-topologies ${other} and ${index}`;
        throw new OutriderError('bad-config', `${text}; read it once and branch`);
      }
      owner.set(topic, index);
    }
  }
}

function partitionsOf(sub: SubTopology, counts: ReadonlyMap<string, number>): number {
  const [first, ...others] = sub.sources;
  const partitions = counts.get(first!);
  if (partitions === undefined) throw missing(first!);
  for (const topic of others) {
    const count = counts.get(topic);
    if (count === undefined) throw missing(topic);
    if (count === partitions) continue;
    const text = `topic ${topic} has ${count} partitions and ${first}, joined to it, ${partitions}`;
    throw new OutriderError(
      'bad-config',
      `${text}: equal keys would not meet; repartition one of them to ${partitions} by key-by`,
    );
  }
  return partitions;
}

const missing = (topic: string) =>
  new OutriderError(
    'bad-config',
    `topic ${topic} does not exist; create it, such as by outrider topics create`,
  );

async function createChangelogs(
  { broker, applicationId, replicas }: PlanOptions,
  planned: GroupPlan['subTopologies'],
): Promise<Map<number, string>> {
  const stateful = planned.filter(({ isStateful }) => isStateful);
  const config = {
    'cleanup.policy': 'compact',
    'delete.retention.ms': String(TOMBSTONES_KEPT_MS),
  };
  const settings = stateful.map(({ index, partitions }) => ({
    ...{ topic: changelogTopic(applicationId, index), partitions, replicas, config },
  }));
  if (settings.length === 0) return new Map();
  await broker.admin.createTopics(settings);
  const counts = await broker.admin.partitionCounts(settings.map(({ topic }) => topic));
  for (const { topic, partitions } of settings) {
    const count = counts.get(topic);
    if (count === partitions) continue;
    const text = `changelog ${topic} has ${count ?? 0} partitions, its sources ${partitions}`;
    throw new OutriderError(
      'bad-config',
      `${text}; take a savepoint with the old number and resume it under a new application id`,
    );
  }
  return new Map(stateful.map(({ index }) => [index, changelogTopic(applicationId, index)]));
}
