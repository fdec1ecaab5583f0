/** Gaps between moves: the bound that a report sets beside its hit rate. */
import { expect, it } from 'vitest';
import { createMoveGaps } from './move-gaps.ts';

const MS = 1e6;

it('counts the moves that left time for an answer, or a hit rate would have no measure', () => {
  const gaps = createMoveGaps(2);
  for (const ms of [0, 10, 40, 140]) gaps.note(0, ms * MS);
  // Another instrument's moves leave the first one's gaps alone; the last is beyond all buckets.
  for (const ms of [5, 10_005]) gaps.note(1, ms * MS);
  expect(gaps.shareAtLeast(0)).toBe(1);
  expect(gaps.shareAtLeast(30 * MS)).toBe(0.75);
  expect(gaps.shareAtLeast(30 * MS + 1)).toBe(0.5);
  expect(gaps.shareAtLeast(9_000 * MS)).toBe(0.25);
});

it('says nothing where nothing moved', () => {
  const gaps = createMoveGaps(1);
  gaps.note(0, 5);
  expect(gaps.shareAtLeast(1)).toBeUndefined();
});
