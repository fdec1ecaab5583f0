/** Without these tests, a throttle that lets orders through would look like one that holds. */
import { expect, it } from 'vitest';
import { judgeTrips } from './trip.ts';

const AT = Date.parse('2014-05-02T10:00:05.000Z');
const lines = (...each: object[]) => `${each.map(line => JSON.stringify(line)).join('\n')}\n`;
const trip = {
  ...{ time: '20140502-10:00:05.000', kind: 'alert', level: 'hard', rule: 'repeated-execution' },
};
const armed = { time: '20140502-10:00:09.000', kind: 'operator', status: 'applied' };

it('passes orders before the trip and after operators armed', () => {
  const judged = judgeTrips(lines(trip, armed), [AT - 1, AT, AT + 4000]);
  expect(judged).toMatchObject({ checked: 1, violations: [] });
});

it('finds an order in between, and any order where nobody armed', () => {
  expect(judgeTrips(lines(trip, armed), [AT + 3999]).violations).toHaveLength(1);
  expect(judgeTrips(lines(trip), [AT + 3_600_000]).violations).toHaveLength(1);
});

it('looks at trips alone: warnings and refusals are none', () => {
  const others = [
    { ...trip, level: 'soft' },
    { ...trip, kind: 'refusal' },
  ];
  expect(judgeTrips(lines(...others), [AT + 1]).checked).toBe(0);
});
