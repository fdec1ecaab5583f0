/** Where partitions begin and end: also of one that its topic was given later. */

import { expect, it } from 'vitest';
import type { Cluster } from './cluster.ts';
import { ERROR } from './error-codes.ts';
import type { KnownTopic } from './metadata.ts';
import { END, listOffsets } from './offsets.ts';

/** What is known is of a topic with one partition; asked anew, so many are there. */
function clusterOf(partitions: number): Cluster {
  let known: KnownTopic = { topic: 'ticks', id: 'id', leaders: [0] };
  const call = async (_node: unknown, _api: unknown, ...values: readonly unknown[]) => {
    const [wanted] = values[2] as [{ name: string; partitions: { partitionIndex: number }[] }];
    const answers = wanted.partitions.map(({ partitionIndex }) => ({
      ...{ partitionIndex, errorCode: ERROR.none, offset: 7n },
    }));
    return { topics: [{ name: wanted.name, partitions: answers }] };
  };
  return {
    known: () => known,
    topic: async () => known,
    node: () => ({ host: 'a', port: 9092 }),
    async refresh() {
      known = { ...known, leaders: new Array(partitions).fill(0) };
    },
    links: { call },
  } as unknown as Cluster;
}

const wanted = [{ topic: 'ticks', partition: 2 }];
const at = { timestampMs: END, isolation: 'read-committed' } as const;

it('knows a partition that the topic was given after it was asked about', async () => {
  expect(await listOffsets(clusterOf(3), wanted, at)).toEqual(new Map([['ticks 2', 7]]));
});

it('says how many there are where it is none of them', async () => {
  const listed = listOffsets(clusterOf(2), wanted, at);
  await expect(listed).rejects.toThrow('ticks-2: it has 2 partitions; create it');
});
