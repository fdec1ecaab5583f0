/** Orders on a wrong clock are planted: a gateway that sends them must not pass. */
import { expect, it } from 'vitest';
import { SECOND_NS } from '#engine';
import { judgeClockHalts } from './clock-halts.ts';

const at = (...seconds: number[]) => seconds.map(second => second * SECOND_NS);
/** From second 10 to second 20. */
const span = (by: number, drift = 0) => ({
  ...{ fromNs: 10 * SECOND_NS, toNs: 20 * SECOND_NS },
  ...{ byNs: by * SECOND_NS, driftNs: drift * SECOND_NS },
});
const problems = (one: ReturnType<typeof span>, ...orders: number[]) =>
  judgeClockHalts([one], { ordersNs: at(...orders), beyondNs: SECOND_NS / 2 }).violations;

it('takes orders before it is noticed and after it is over', () => {
  expect(problems(span(2), 9, 11, 20, 21)).toEqual([]);
});

it('finds an order on a clock that is off', () => {
  const found = 'the clock off by 2.00 s from 10.00 s on: an order at 12.00 s';
  expect(problems(span(2), 9, 12, 21)).toEqual([found]);
});

it('gives a clock that drifts the time until it is off by the limit', () => {
  expect(problems(span(2, 10), 13)).toEqual([]);
  expect(problems(span(2, 10), 15)).toHaveLength(1);
});

it('finds that nothing is ordered though the clock is within the limit', () => {
  expect(problems(span(0.2), 9, 21)).toHaveLength(1);
  expect(problems(span(0.2), 12)).toEqual([]);
});
