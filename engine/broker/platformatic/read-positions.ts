/** Where a reader stands in each of its partitions, and what stops it there. */

import type { OutriderError } from '../../error.ts';
import { checkOffset } from '../check-offset.ts';
import { partitionName } from '../partitions.ts';
import type { PartitionOffset, TopicPartition } from '../record.ts';

/** A seek makes another one: what was fetched for the one before is not given out. */
export type Position = TopicPartition & {
  /** The next offset to be given out. */
  offset: number;
  /** Of the topic that is read: one made anew under its name is another one. */
  topicId: string | undefined;
  isPaused: boolean;
  /** Why it cannot go on; a seek is another try. */
  failure: OutriderError | undefined;
  /** Since when nothing of it can be fetched, and since when nobody knows it, in milliseconds. */
  lostSinceMs: number | undefined;
  goneSinceMs: number | undefined;
};

export type Positions = {
  get(partition: TopicPartition): Position | undefined;
  seek(to: PartitionOffset): void;
  setPaused(partitions: readonly TopicPartition[], isPaused: boolean): void;
  /** In the order of their first seek. */
  all(): Iterable<Position>;
  clear(): void;
};

export function readPositions(): Positions {
  const positions = new Map<string, Position>();
  return {
    get: partition => positions.get(partitionName(partition)),
    seek(to) {
      checkOffset(to);
      const { topic, partition, offset } = to;
      const name = partitionName(to);
      const isPaused = positions.get(name)?.isPaused ?? false;
      positions.set(name, {
        ...{ topic, partition, offset, isPaused, topicId: undefined, failure: undefined },
        ...{ lostSinceMs: undefined, goneSinceMs: undefined },
      });
    },
    setPaused(partitions, isPaused) {
      for (const each of partitions) {
        const position = positions.get(partitionName(each));
        if (position === undefined) continue;
        position.isPaused = isPaused;
        // While it is left out nobody asks for it: that time is no time without an answer.
        position.lostSinceMs = undefined;
        position.goneSinceMs = undefined;
      }
    },
    all: () => positions.values(),
    clear: () => positions.clear(),
  };
}
