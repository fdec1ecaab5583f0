/** Checks before a start: a topology that does not fit would join nothing or lose state. */
import { describe, expect, it } from 'vitest';
import { simulatedBroker } from './testing/simulated-broker.ts';
import { simulatedProcess } from './testing/simulated-process.ts';
import { changelogTopic, planTopology, topologyDigest } from './topology-plan.ts';

const sub = (index: number, sources: string[], stores: string[] = []) => ({
  ...{ index, sources, sinks: [], stores: stores.map(name => ({ name, isLogged: true })) },
  createTask: () => {
    throw new Error('no task is made here');
  },
});

async function plan(topics: Record<string, number>, subTopologies: ReturnType<typeof sub>[]) {
  const world = simulatedBroker({
    ...{ fencesByGeneration: true, nowMs: () => 0, sleep: async () => {} },
  });
  const quiet = { name: 'p', faultAt: () => undefined, onCrash() {} };
  const now = async () => {};
  const broker = world.connect(simulatedProcess({ ...quiet, delay: now, stall: now }));
  await broker.admin.createTopics(
    Object.entries(topics).map(([topic, partitions]) => {
      return { topic, partitions, replicas: 1, config: {} };
    }),
  );
  const settings = { replicas: 1, standbys: 0, acceptableLag: 0 };
  const options = { broker, applicationId: 'app', topology: { subTopologies }, ...settings };
  return { broker, planned: await planTopology(options) };
}

describe('a topology is refused before it runs', () => {
  it.each([
    ['unequal partition counts in a join', { a: 2, b: 3 }, [sub(0, ['a', 'b'])], /b has 3 .* a/],
    ['a topic that is missing', { a: 2 }, [sub(0, ['a', 'b'])], /topic b does not exist/],
    ['a topic that two parts read', { a: 1 }, [sub(0, ['a']), sub(1, ['a'])], /read it once/],
    ['a part that reads nothing', {}, [sub(0, [])], /reads no topic/],
    [
      'a changelog of another count',
      { a: 2, [changelogTopic('app', 0)]: 5 },
      [sub(0, ['a'], ['s'])],
      /has 5 partitions, its sources 2; take a savepoint/,
    ],
  ])('for %s, by name and remedy', async (_, topics, subTopologies, message) => {
    await expect(plan(topics as Record<string, number>, subTopologies)).rejects.toThrow(message);
  });
});

it('makes a changelog with a partition a task, for parts with state alone', async () => {
  const parts = [sub(0, ['a'], ['s']), sub(1, ['b'])];
  const { broker, planned } = await plan({ a: 4, b: 2 }, parts);
  const topics = [0, 1].map(index => changelogTopic('app', index));
  expect([...(await broker.admin.partitionCounts(topics))]).toEqual([[topics[0], 4]]);
  expect(planned.subTopologies.map(({ partitions }) => partitions)).toEqual([4, 2]);
});

it('tells topologies apart by their parts and stores, not by the order they are named in', () => {
  const one = topologyDigest([sub(0, ['a', 'b'], ['s', 't'])]);
  expect(topologyDigest([sub(0, ['b', 'a'], ['t', 's'])])).toBe(one);
  expect(topologyDigest([sub(0, ['a', 'b'], ['s'])])).not.toBe(one);
});
