/** Sides of a comparison, and what is said of their segments. */
import { expect, it } from 'vitest';
import type { LatencySummary } from '../latency/segment.ts';
import { compareSegments } from './compare-bench.ts';
import { openSide, parseRunOptions } from './side.ts';

it('reads options as the command line of a run has them', () => {
  expect(parseRunOptions('keepWarmMs=0,branches=8')).toEqual([
    ...['--keep-warm-ms', '0', '--branches', '8'],
  ]);
  expect(() => parseRunOptions('keepWarmMs')).toThrow('keepWarmMs: no option; give NAME=VALUE');
});

it('refuses a side that is neither, or it would measure something else than it was asked', () => {
  expect(openSide('branches=8').options).toEqual(['--branches', '8']);
  expect(() => openSide('no-such-commit')).toThrow('no-such-commit is no commit');
});

it('compares the segments that every run recorded, by their medians', () => {
  const rounds = [1, 2, 3, 4, 5, 6].map(round => ({
    first: run({ draft: 100 + round, ingest: 50 }),
    again: run({ draft: 99 + round, ingest: 50 }),
    other: run({ draft: 150 + round, ...(round === 3 ? {} : { ingest: 50 }) }),
  }));
  const segments = compareSegments(rounds);
  expect(segments).toHaveLength(1);
  expect(segments[0]).toMatchObject({ segment: 'draft', firstNs: 103, verdict: 'slower' });
  expect(segments[0]!.ratio.ratio).toBeCloseTo(153.5 / 103);
});

function run(p50s: Record<string, number>) {
  const entries = Object.entries(p50s).map(([segment, p50]) => [
    segment,
    { p50 } as LatencySummary,
  ]);
  return { latencyNs: Object.fromEntries(entries) as Record<string, LatencySummary> };
}
