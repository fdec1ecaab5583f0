/** How many partitions each topic of a topology has, or why it cannot be started. */

import { OutriderError } from '../error.ts';
import { checkPartitions, type Partitioner } from '../state/key-group.ts';

export type TopologyPlan = {
  /** Of all topics that it reads and writes: what tasks are given. */
  readonly partitionCounts: ReadonlyMap<string, number>;
  /** Topics of the engine's own that are not there yet; their names and counts follow from it. */
  readonly create: readonly {
    readonly topic: string;
    readonly partitions: number;
    readonly config: Readonly<Record<string, string>>;
  }[];
};

const WORKED_OFF = { 'cleanup.policy': 'delete' };
/** A record as large as its own topic takes must fit with the headers that say what is wrong. */
const DEAD_LETTERS = { ...WORKED_OFF, 'max.message.bytes': String(2 * 1024 * 1024) };

/** What a plan is made from. */
export type Planned = {
  readonly name: string;
  readonly deadLetterTopic: string;
  readonly parts: readonly {
    readonly reads: readonly PlannedTopic[];
    readonly writes: readonly PlannedTopic[];
  }[];
};

type PlannedTopic = {
  readonly name: string;
  readonly isInternal: boolean;
  readonly partitioner: Partitioner;
};

/**
 * `existing`: partitions of the topics that are there. Throws `bad-config` where one is missing,
 * where topics that are read together differ, or where one has partitions that no key goes to.
 */
export function planTopology(
  planned: Planned,
  existing: ReadonlyMap<string, number>,
): TopologyPlan {
  const counts = new Map<string, number>();
  const topics = planned.parts.flatMap(({ reads, writes }) => [...reads, ...writes]);
  for (const { name, isInternal } of topics) {
    if (isInternal) continue;
    const partitions = existing.get(name);
    if (partitions === undefined) {
      throw new OutriderError(
        'bad-config',
        `topology ${planned.name}: topic ${name} does not exist; create it, or name another`,
      );
    }
    counts.set(name, partitions);
  }
  // A repartition topic is read behind the part that writes it, and parts are no circle.
  for (let round = 0; round < planned.parts.length; round++) {
    for (const part of planned.parts) countInternal(planned, part, counts);
  }
  for (const part of planned.parts) checkTogether(planned.name, part.reads, counts);
  for (const { name, partitioner } of topics) checkPartitions(name, counts.get(name)!, partitioner);
  counts.set(planned.deadLetterTopic, existing.get(planned.deadLetterTopic) ?? 1);
  const own = topics.filter(({ isInternal }) => isInternal).map(({ name }) => name);
  for (const name of own) checkStanding(name, existing.get(name), counts.get(name)!);
  return {
    partitionCounts: counts,
    create: [...new Set([...own, planned.deadLetterTopic])]
      .filter(topic => !existing.has(topic))
      .map(topic => {
        const config = topic === planned.deadLetterTopic ? DEAD_LETTERS : WORKED_OFF;
        return { topic, partitions: counts.get(topic)!, config };
      }),
  };
}

/** As many as the topics it is read together with; else as the most of those it is made from. */
function countInternal(
  { parts }: Planned,
  { reads }: Planned['parts'][number],
  counts: Map<string, number>,
): void {
  const given = reads.filter(({ isInternal }) => !isInternal).map(({ name }) => counts.get(name)!);
  const names = new Set(reads.map(({ name }) => name));
  const writers = parts.filter(({ writes }) => writes.some(({ name }) => names.has(name)));
  const before = writers.flatMap(part => part.reads.map(({ name }) => counts.get(name) ?? 0));
  const partitions = Math.max(0, ...(given.length > 0 ? given : before));
  if (partitions === 0) return;
  for (const { name, isInternal } of reads) if (isInternal) counts.set(name, partitions);
}

function checkTogether(
  topology: string,
  reads: readonly PlannedTopic[],
  counts: ReadonlyMap<string, number>,
): void {
  if (new Set(reads.map(({ name }) => counts.get(name))).size <= 1) return;
  const list = reads.map(({ name }) => `${name} has ${counts.get(name)}`).join(', ');
  throw new OutriderError(
    'bad-config',
    `topology ${topology}: ${list} partitions, but they are read together: equal keys would not ` +
      'meet; give them equal numbers, or put keyBy before all but one of them',
  );
}

function checkStanding(topic: string, standing: number | undefined, partitions: number): void {
  if (standing === undefined || standing === partitions) return;
  throw new OutriderError(
    'bad-config',
    `topic ${topic} has ${standing} partitions, it has to have ${partitions} as its sources do; ` +
      'delete it once it is read to its end',
  );
}
