/** The gate: a planted slow-down is found, and the tree as it stands is within its bounds. */
import { describe, expect, it } from 'vitest';
import { loadedKernels } from '#native';
import { compilerVersion, whyNotCounted } from '../instructions.ts';
import { measureMicro } from '../micro/measure-micro.ts';
import type { Micro } from '../micro/micro.ts';
import { countSteps } from '../steps.ts';
import { type Gated, judge, readBaseline } from './judge.ts';
import { measureAllocations, measureInstructions, measureSteps } from './measure.ts';

const BASELINE = { compiler: 'rustc 1', slack: 0.01, values: { kernel: 1000 } };
const instructions = (value: number): Gated => ({ name: 'kernel', kind: 'instructions', value });

describe('a figure beside its baseline', () => {
  it.each([
    [1000, false],
    [1010, false],
    [1011, true],
    [100, false],
  ])('of %d instructions misses 1000: %s', (value, isMiss) => {
    expect(judge([instructions(value)], BASELINE, 'rustc 1')[0]!.isMiss).toBe(isMiss);
  });

  it('says figure, bound and remedy, or nobody would know what to do', () => {
    const [verdict] = judge([instructions(1500)], BASELINE, 'rustc 1');
    expect(verdict!.text).toContain('1500.000, bound 1010.000 (baseline 1000.000): find what');
  });

  it('misses where there is no baseline, or a new kernel would never be gated', () => {
    const figure: Gated = { name: 'new', kind: 'ratio', value: 1 };
    expect(judge([figure], BASELINE, 'rustc 1')[0]).toMatchObject({ isMiss: true });
  });

  it('compares no count of another compiler', () => {
    const [verdict] = judge([instructions(9000)], BASELINE, 'rustc 2');
    expect(verdict).toMatchObject({ isMiss: false });
    expect(verdict!.text).toContain('not compared, recorded with rustc 1, here is rustc 2');
  });
});

it('finds a kernel that was made half as slow again', () => {
  const { ratio } = measureMicro(spinning(3), { rounds: 60, sampleMs: 0.3 })[1]!;
  const slowed = measureMicro(spinning(2), { rounds: 60, sampleMs: 0.3 })[1]!;
  const baseline = { compiler: null, slack: 0.2, values: { spin: 1 / ratio.ratio } };
  const figure = (value: number): Gated => ({ name: 'spin', kind: 'ratio', value });
  expect(judge([figure(1 / ratio.ratio)], baseline, '')[0]!.isMiss).toBe(false);
  expect(judge([figure(1 / slowed.ratio.ratio)], baseline, '')[0]!.isMiss).toBe(true);
});

/** Ours does a third of the other way's work, or half of it where the slow-down is planted. */
function spinning(timesLess: number): Micro {
  const spin = (turns: number) => () => {
    let sum = 1;
    for (let turn = 0; turn < turns; turn++) sum = Math.imul(sum, 48_271) + turn;
    return sum;
  };
  const ways = [
    { name: 'ours', open: () => spin(6000 / timesLess) },
    { name: 'other', open: () => spin(6000) },
  ] as const;
  return { question: 'What does a loop cost?', items: 1, item: 'loop', ways };
}

describe('the tree as it stands', () => {
  const isTwin = loadedKernels.kind === 'twin';
  it.skipIf(isTwin)(
    'allocates no more than its baseline (needs the Rust addon)',
    async () => {
      expect(misses(await measureAllocations(), 'allocations')).toEqual([]);
    },
    240_000,
  );

  it.skipIf(isTwin)(
    'runs no more functions and blocks than its baseline (needs the Rust addon)',
    async () => {
      expect(misses(await measureSteps(), 'steps')).toEqual([]);
    },
    240_000,
  );

  it.skipIf(isTwin)(
    'is known from one that joins a table at each record (needs the Rust addon)',
    async () => {
      const { stepsPerItem: value } = await countSteps('stream-task', 1);
      const slowed: Gated = { name: 'stream-task', kind: 'steps', value };
      expect(misses([slowed], 'steps')).toEqual([expect.stringContaining('stream-task: steps')]);
    },
    120_000,
  );

  const missing = whyNotCounted();
  it.skipIf(missing !== undefined)(
    `spends no more instructions a kernel than its baseline (${missing ?? 'needs valgrind'})`,
    async () => {
      expect(misses(await measureInstructions(), 'instructions')).toEqual([]);
    },
    600_000,
  );
});

function misses(figures: readonly Gated[], kind: Gated['kind']): string[] {
  const verdicts = judge(figures, readBaseline(kind), compilerVersion());
  return verdicts.filter(({ isMiss }) => isMiss).map(({ text }) => text);
}
