/** Steps that were not done must be seen: a runbook would be called exercised that was not. */
import { expect, it } from 'vitest';
import { judgeSteps } from './steps-done.ts';

const done = (name: string) => ({ name, problem: undefined });

it('holds where each was done', () => {
  const judged = judgeSteps(['a', 'b'], [done('a'), done('b')]);
  expect(judged).toMatchObject({ checked: 2, violations: [] });
});

it('names the one that failed and those behind it, also where nothing was said of them', () => {
  const played = [done('a'), { name: 'b', problem: 'exit 3, not 0' }];
  expect(judgeSteps(['a', 'b', 'c'], played).violations).toEqual([
    'b: exit 3, not 0',
    'not played after that: c',
  ]);
  expect(judgeSteps(['a', 'b'], [done('a')]).violations).toEqual(['not played after that: b']);
});
