/** Savepoints: state that did not move with its keys would be counted from nothing again. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seededRandom } from '../random.ts';
import { reprocess } from './reprocess.ts';
import { resumeSavepoint } from './resume.ts';
import { takeSavepoint } from './savepoint.ts';
import { countTopology } from './testing/count-topology.ts';
import { problemsOf, SimulatedWorld, TOPICS } from './testing/simulated-world.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'outrider-savepoint-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const QUIET = { faultAt: () => undefined, onCrash() {} };
const topology = { subTopologies: countTopology(TOPICS) };

/** An application that has counted some records and is closed. */
async function counted(records: number) {
  const random = seededRandom('savepoint');
  const world = new SimulatedWorld({
    ...{ random, fencesByGeneration: true, partitions: 2, settings: {} },
  });
  const { processor } = await world.wait(world.start(QUIET));
  world.write(records);
  expect(await world.until(() => problemsOf(world).length === 0, 10_000)).toBe(true);
  const options = {
    ...{ broker: world.outsider(), topology, ports: world.ports(), directory: root },
    applicationId: 'app',
  };
  return { world, processor, options };
}

/** Counts of each key, wherever they stand: a key's later ones may be in another partition. */
const sortedCounts = (world: SimulatedWorld) =>
  [...world.outputs()].map(([key, counts]) => [key, counts.toSorted((a, b) => a - b)]).sort();

const expected = (world: SimulatedWorld) =>
  [...world.written]
    .map(([key, count]) => [key, Array.from({ length: count }, (_, index) => index + 1)])
    .sort();

describe('a savepoint', () => {
  it.each([2, 3, 5])('goes on with %i partitions where it had 2, each count as it was', async n => {
    const { world, processor, options } = await counted(200);
    await world.wait(processor.close());
    const manifest = await world.wait(takeSavepoint(options));
    expect(manifest).toMatchObject({ recordsLeft: 0, applicationId: 'app' });
    world.grow(n);
    const resumed = { ...options, applicationId: 'app-2', replicas: 1 };
    await world.wait(resumeSavepoint(resumed));
    await world.wait(world.start({ ...QUIET, applicationId: 'app-2' }));
    await world.wait(world.start({ ...QUIET, applicationId: 'app-2' }));
    world.write(200);
    const all = JSON.stringify(expected(world));
    await world.until(() => JSON.stringify(sortedCounts(world)) === all, 20_000);
    expect(sortedCounts(world)).toEqual(expected(world));
    expect(world.failures).toEqual([]);
  });

  it('is refused while processors run: state and offsets would be of two moments', async () => {
    const { world, options } = await counted(20);
    await expect(world.wait(takeSavepoint(options))).rejects.toThrow(/processors that run/);
    expect(readdirSync(root)).toEqual([]);
  });

  it('does not move keys past records that were not processed', async () => {
    const { world, processor, options } = await counted(50);
    await world.wait(processor.close());
    world.write(9);
    expect(await world.wait(takeSavepoint(options))).toMatchObject({ recordsLeft: 9 });
    const resumed = { ...options, applicationId: 'app-2', replicas: 1 };
    world.grow(3);
    await expect(world.wait(resumeSavepoint(resumed))).rejects.toThrow(/9 records of the sources/);
  });

  it('is not resumed over state, by another topology, or from damaged files', async () => {
    const { world, processor, options } = await counted(50);
    await world.wait(processor.close());
    await world.wait(takeSavepoint(options));
    const resumed = { ...options, replicas: 1 };
    await expect(world.wait(resumeSavepoint(resumed))).rejects.toThrow(/app has state in/);
    const [first] = topology.subTopologies;
    const less = { ...resumed, applicationId: 'app-2', topology: { subTopologies: [first!] } };
    await expect(world.wait(resumeSavepoint(less))).rejects.toThrow(/is of topology/);
    const folder = path.join(root, '1_0');
    const [file] = readdirSync(folder);
    writeFileSync(path.join(folder, file!), 'nothing of the kind');
    const other = { ...resumed, applicationId: 'app-3' };
    await expect(world.wait(resumeSavepoint(other))).rejects.toThrow(/19 bytes/);
  });
});

it('reads on from an offset, a time or the first record, while nobody runs', async () => {
  const { world, processor, options } = await counted(60);
  const { broker } = options;
  await world.wait(processor.close());
  const again = { broker, applicationId: 'app', topics: [TOPICS.input] };
  const offsets = async (from: Parameters<typeof reprocess>[0]['from']) => {
    const set = await world.wait(reprocess({ ...again, from }));
    expect(await world.wait(broker.admin.committed('app', set))).toEqual(set);
    return set.map(({ offset }) => offset);
  };
  expect(await offsets('first')).toEqual([0, 0]);
  expect(await offsets({ offset: 7 })).toEqual([7, 7]);
  const ends = await offsets({ offset: 1_000_000 });
  expect(ends.reduce((sum, end) => sum + end, 0)).toBe(60);
  expect(await offsets({ timeMs: world.nowMs() })).toEqual(ends);
  await expect(world.wait(reprocess({ ...again, topics: ['x'], from: 'first' }))).rejects.toThrow(
    /topic x does not exist/,
  );
});
