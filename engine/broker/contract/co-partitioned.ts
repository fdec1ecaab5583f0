/** An assigner for tests: the same partitions of all topics, and an answer to what each said. */

import type { Assigner } from '../group.ts';
import type { TopicPartition } from '../record.ts';
import { textOf } from './setting.ts';

/** Gives each topic's partition p to member p modulo their number, all topics alike. */
export const coPartitioned: Assigner = {
  name: 'co-partitioned',
  assign({ members, partitionCounts }) {
    const sorted = [...members].sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
    return new Map(
      sorted.map(({ memberId, data }, index) => {
        const partitions: TopicPartition[] = [];
        for (const [topic, count] of partitionCounts) {
          for (let partition = index; partition < count; partition += sorted.length) {
            partitions.push({ topic, partition });
          }
        }
        // Each is told what it said, and how many there are.
        return [memberId, { partitions, data: Buffer.from(`${textOf(data)} of ${sorted.length}`) }];
      }),
    );
  },
};
