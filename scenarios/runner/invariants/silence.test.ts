/** Silences are planted: a feed that stands still behind a lost broker must not pass. */
import { expect, it } from 'vitest';
import { SECOND_NS } from '#engine';
import { judgeSilence } from './silence.ts';

const violations = (...seconds: number[]) =>
  judgeSilence(
    seconds.map(each => each * SECOND_NS),
    { name: 'tickSilenceAtMost', what: 'tick', lengthNs: 10 * SECOND_NS, atMostNs: 2 * SECOND_NS },
  ).violations;

it('takes a feed that goes on', () => {
  expect(violations(1, 3, 5, 7, 9)).toEqual([]);
});

it.each([
  ['in the middle', [1, 3, 5.5, 7, 9], 'no tick for 2.5 s up to 5.5 s'],
  ['at the beginning', [3, 5, 7, 9], 'no tick for 3.0 s up to 3.0 s'],
  ['that never ends', [1, 3, 5, 7], 'no tick for 3.0 s up to 10.0 s'],
  ['of everything', [], 'no tick for 10.0 s up to 10.0 s'],
])('finds a silence %s', (_, seconds, problem) => {
  expect(violations(...seconds)).toEqual([problem]);
});
