/** Where a reader of a simulated broker stands in its partitions. */

import type { Isolation } from '../../broker/reader.ts';
import type { PartitionOffset, TopicPartition } from '../../broker/record.ts';
import { OutriderError } from '../../error.ts';
import type { SimulatedBroker } from './simulated-broker.ts';
import type { SimulatedPartition } from './simulated-log.ts';

export function partitionAt(broker: SimulatedBroker, place: TopicPartition): SimulatedPartition {
  const found = broker.topics.get(place.topic)?.[place.partition];
  if (found === undefined) throw new OutriderError('network', `${place.topic} is unknown`);
  return found;
}

export const fenced = (what: string) =>
  new OutriderError('fenced', `${what}: a younger one is there; this one must end`);

export function createPositions() {
  const positions = new Map<string, PartitionOffset>();
  const paused = new Set<string>();
  const keyOf = ({ topic, partition }: TopicPartition) => `${partition} ${topic}`;
  return {
    seek: (offset: PartitionOffset) => void positions.set(keyOf(offset), offset),
    pause(places: readonly TopicPartition[]) {
      for (const place of places) paused.add(keyOf(place));
    },
    resume(places: readonly TopicPartition[]) {
      for (const place of places) paused.delete(keyOf(place));
    },
    clear() {
      positions.clear();
      paused.clear();
    },
    has: (place: TopicPartition) => positions.has(keyOf(place)),
    fetch(broker: SimulatedBroker, isolation: Isolation) {
      return [...positions].flatMap(([key, place]) => {
        if (paused.has(key)) return [];
        const batch = partitionAt(broker, place).read(place.offset, isolation);
        if (batch === undefined) return [];
        positions.set(key, { ...place, offset: batch.nextOffset });
        return [batch];
      });
    },
  };
}
