/** Without these, a service that stays away could count as returned. */
import { expect, it } from 'vitest';
import { SECOND_NS } from '#engine';
import { judgeReturn } from './service-return.ts';

const seconds = (count: number) => count * SECOND_NS;
const FAULTS = [
  { name: 'first', overNs: seconds(10) },
  { name: 'second', overNs: seconds(20) },
];
const judged = (happened: number[]) =>
  judgeReturn(FAULTS, {
    ...{ name: 'verifiedAgainWithin', what: 'forecasts', withinNs: seconds(5) },
    happenedNs: happened.map(seconds),
  });

it('samples the wait after each disturbance, whatever happened while it lasted', () => {
  const { judged: invariant, waits } = judged([9, 10, 12, 19.5, 21]);
  expect(invariant).toMatchObject({ checked: 2, violations: [] });
  expect(waits.map(({ value }) => value)).toEqual([seconds(2), seconds(1)]);
});

it('finds a return that is late, and one that never comes', () => {
  expect(judged([16]).judged.violations).toEqual([
    'first: forecasts after 6.00 s',
    'second: no forecasts came again until the end',
  ]);
});
