/** The check of clocks: a process hours off would else trade on ages that are none. */
import { expect, it } from 'vitest';
import { createClockCheck } from './clock-check.ts';
import { SECOND_NS } from './nanoseconds.ts';

it('says once by how much a clock is off, in which direction, and when that is over', () => {
  const said: string[] = [];
  const check = createClockCheck('Coinbase', text => void said.push(text));
  for (const seconds of [0.2, -4, 10_860, 10_861, 10_858, -200, 0.3, 0.1, 8]) {
    check.note(seconds * SECOND_NS);
  }
  check.note(undefined);
  expect(said.map(text => text.split(': set')[0])).toEqual([
    'clock: Coinbase’s is 3 h 1 min ahead of ours',
    'clock: Coinbase’s is 3 min 20 s behind ours',
    'clock: Coinbase’s agrees with ours again',
    'clock: Coinbase’s is 8 s ahead of ours',
  ]);
  expect(said[0]).toContain('set the clock of this machine, such as by NTP');
});
