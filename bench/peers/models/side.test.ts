/** What a ratio of sides is made of: of other rounds, it would compare what never ran together. */

import { expect, it } from 'vitest';
import { bestOfGroups, figuresOf, measureSides, type Side } from './side.ts';

it('sets each side against the first, and the first against itself', () => {
  const figures = figuresOf([
    { group: 'ours', name: 'ours', usPerItem: [2, 1, 3] },
    { group: 'ours', name: 'ours', usPerItem: [2, 4, 2] },
    { group: 'theirs', name: 'slow', usPerItem: [20, 22, 18] },
    { group: 'theirs', name: 'slower', usPerItem: [40, 10, 41] },
    { group: 'another', name: 'slowest', usPerItem: [80, 81, 82] },
  ]);
  expect(figures.map(each => [each.name, each.medianUs, each.leastUs])).toEqual([
    ['ours', 2, 1],
    ['slow', 20, 18],
    ['slower', 40, 10],
    ['slowest', 81, 80],
  ]);
  expect(figures.map(each => each.ratio.ratio)).toEqual([1, 10, 20, 40.5]);
  expect(bestOfGroups(figures).map(each => each.name)).toEqual(['slow', 'slowest']);
});

it('measures sides that answer at once and sides that answer later, the first twice', async () => {
  const calls: string[] = [];
  const sides: [Side, Side] = [
    { group: 'ours', name: 'at once', run: () => void calls.push('at once') },
    { group: 'theirs', name: 'later', run: async () => void calls.push('later') },
  ];
  const samples = await measureSides(sides, { items: 4, rounds: 3, sampleMs: 0 });
  expect(samples.map(each => each.name)).toEqual(['at once', 'at once', 'later']);
  expect(samples.map(each => each.usPerItem.length)).toEqual([3, 3, 3]);
  expect(new Set(calls)).toEqual(new Set(['at once', 'later']));
});
