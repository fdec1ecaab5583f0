/** Delays are planted: a hot key that takes the others with it must not pass. */
import { describe, expect, it } from 'vitest';
import { SECOND_NS } from '#engine';
import { judgeHotAgain, judgeLags, judgeWithin } from './result-delay.ts';

/** Sent at that second, its result so many seconds later. */
const sample = (at: number, value: number) => ({ atNs: at * SECOND_NS, value: value * SECOND_NS });

it('finds a record of the others that waited too long', () => {
  const results = [sample(1, 0.5), sample(2, 2), sample(3, 2.1)];
  const judged = judgeWithin(results, 2 * SECOND_NS);
  expect(judged).toMatchObject({ checked: 3 });
  expect(judged.violations).toEqual(['a record of 3.00 s had its result after 2.10 s']);
});

it('finds records of other partitions that wait, not those of the hot one', () => {
  const lags = [
    {
      lags: new Map([
        [0, 900],
        [1, 10],
      ]),
    },
    { lags: new Map([[1, 11]]) },
  ];
  const judged = judgeLags(lags, { hot: 0, atMost: 10 });
  expect(judged).toMatchObject({ checked: 2, violations: ['partition 1: 11 records wait'] });
});

describe('a key that was hot until second 10', () => {
  const problems = (...results: ReturnType<typeof sample>[]) =>
    judgeHotAgain(results, { overNs: 10 * SECOND_NS, withinNs: 5 * SECOND_NS }).violations;

  it('is back where its results come in time again soon enough', () => {
    expect(problems(sample(9, 4), sample(11, 3), sample(16, 0.1))).toEqual([]);
  });

  it('is late where its results still wait then', () => {
    expect(problems(sample(9, 7), sample(12, 0.1))).toEqual([
      'its results came late for 6.00 s after it',
    ]);
  });

  it('is late where those sent after it still wait', () => {
    expect(problems(sample(9, 0.1), sample(14, 2.1))).toEqual([
      'its results came late for 6.10 s after it',
    ]);
  });
});
