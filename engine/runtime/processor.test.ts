/** Exactly-once in a simulated world: any seed that loses or doubles a record is a bug. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../random.ts';
import { type PlayOptions, playSeed } from './testing/play-seed.ts';
import { problemsOf, SimulatedWorld, TOPICS } from './testing/simulated-world.ts';

const SEEDS = 120;

async function playAll(seeds: number, options: PlayOptions) {
  const sum = { crash: 0, stall: 0, error: 0, rebalances: 0, records: 0 };
  const problems: string[] = [];
  for (let seed = 0; seed < seeds; seed++) {
    const played = await playSeed(seed, options);
    problems.push(...played.problems.map(problem => `seed ${seed}: ${problem}`));
    for (const kind of ['crash', 'stall', 'error'] as const) sum[kind] += played.faults[kind];
    sum.records += played.records;
    sum.rebalances += played.rebalances;
  }
  return { ...sum, problems };
}

describe('processors that crash, stall and lose connections at any call', () => {
  it('count every record exactly once, or trades would be lost or made twice', async () => {
    const played = await playAll(SEEDS, { faultsMax: 12 });
    expect(played.problems).toEqual([]);
    // Fewer would mean that the faults are not where the calls are.
    expect(played.crash).toBeGreaterThan(SEEDS);
    expect(played.stall).toBeGreaterThan(SEEDS / 2);
    expect(played.error).toBeGreaterThan(SEEDS);
    expect(played.rebalances).toBeGreaterThan(2 * SEEDS);
  });

  it('do so where a broker cannot fence by generation', async () => {
    const played = await playAll(SEEDS / 4, { faultsMax: 12, fencesByGeneration: false });
    expect(played.problems).toEqual([]);
  });

  it('lose nothing at least once, and then do count twice', async () => {
    const settings = { guarantee: 'at-least-once' } as const;
    let doubled = 0;
    for (let seed = 0; seed < SEEDS / 4; seed++) {
      const { problems, missing } = await playSeed(seed, { faultsMax: 12, settings });
      expect(missing).toBe(0);
      if (problems.length > 0) doubled += 1;
    }
    // Or the seeds above would not tell one guarantee from the other.
    expect(doubled).toBeGreaterThan(3);
  });

  it.each(['memory', 'lmdb'] as const)('come back to state of %s on their disks', async store => {
    const stateDirectory = mkdtempSync(path.join(tmpdir(), 'outrider-state-'));
    try {
      const settings = { stateDirectory, store, standbys: 0 };
      const played = await playAll(8, { faultsMax: 6, settings, ownDirectories: true });
      expect(played.problems).toEqual([]);
    } finally {
      rmSync(stateDirectory, { recursive: true });
    }
  });
});

describe('what is judged', () => {
  it('finds a lost output', async () => {
    const { problems } = await playSeed(1, {
      faultsMax: 0,
      tamper: world => world.broker.topics.get(TOPICS.output)![0]!.lose(3),
    });
    expect(problems.join()).toContain('after');
  });

  it('finds a doubled output', async () => {
    const { problems } = await playSeed(1, {
      faultsMax: 0,
      tamper(world) {
        const out = world.broker.topics.get(TOPICS.output)![0]!;
        const [record] = out.read(0, 'read-committed')!.records;
        out.append({ ...out.place, ...record! }, false);
      },
    });
    expect(problems.join()).toContain('comes 1');
  });
});

it('hands tasks over within a heartbeat of a clean leave, and commits before', async () => {
  const random = seededRandom('leave');
  const world = new SimulatedWorld({
    random,
    fencesByGeneration: true,
    partitions: 2,
    settings: {},
  });
  const first = await world.wait(world.start(QUIET));
  const other = await world.wait(world.start(QUIET));
  const runs = ({ processor }: typeof first) =>
    processor.status().tasks.filter(({ phase }) => phase === 'running').length;
  await world.until(() => runs(first) === 2 && runs(other) === 2, 5_000);
  world.write(50);
  await world.until(() => false, 20);
  const left = first.processor.close();
  const leftMs = world.nowMs();
  await world.until(() => runs(other) === 4, 5_000);
  expect(world.nowMs() - leftMs).toBeLessThan(500);
  await left;
  await world.until(() => problemsOf(world).length === 0, 5_000);
  expect(problemsOf(world)).toEqual([]);
  expect(other.processor.status().failures).toBe(0);
});

const QUIET = { faultAt: () => undefined, onCrash() {} };

it('leaves the group though its disk takes no state: the changelog has it', async () => {
  const stateDirectory = mkdtempSync(path.join(tmpdir(), 'outrider-state-'));
  const random = seededRandom('disk');
  const world = new SimulatedWorld({
    ...{ random, fencesByGeneration: true, partitions: 1, settings: {} },
  });
  const { processor } = await world.wait(world.start({ ...QUIET, stateDirectory }));
  world.write(30);
  await world.until(() => problemsOf(world).length === 0, 5_000);
  rmSync(stateDirectory, { recursive: true });
  writeFileSync(stateDirectory, '');
  await world.wait(processor.close());
  expect(processor.status().failures).toBe(1);
  await world.wait(world.start(QUIET));
  world.write(30);
  await world.until(() => problemsOf(world).length === 0, 5_000);
  expect(problemsOf(world)).toEqual([]);
  rmSync(stateDirectory);
});
