/** Partitions as names, as keys of maps, and by their topics. */

import type { TopicPartition } from './record.ts';

/** Unique: a topic's name holds no blank. */
export function partitionName({ topic, partition }: TopicPartition): string {
  return `${topic} ${partition}`;
}

/** In the order in which the topics first come. */
export function byTopic<Each extends TopicPartition>(
  partitions: readonly Each[],
): { readonly topic: string; readonly partitions: readonly Each[] }[] {
  const topics = new Map<string, Each[]>();
  for (const each of partitions) {
    const known = topics.get(each.topic);
    if (known === undefined) topics.set(each.topic, [each]);
    else known.push(each);
  }
  return [...topics].map(([topic, its]) => ({ topic, partitions: its }));
}
