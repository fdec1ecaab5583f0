/** The clock of an exchange: without these tests slow messages would pass for a clock's drift. */
import { describe, expect, it } from 'vitest';
import { MILLISECOND_NS, SECOND_NS } from '#engine';
import { createExchangeClock } from './exchange-clock.ts';

/** Messages every 100 ms whose way takes 5 ms or more. */
function follow(seconds: number, aheadNs: (atNs: number) => number) {
  const clock = createExchangeClock();
  for (let at = 0; at < seconds * 10; at++) {
    const sentNs = at * 100 * MILLISECOND_NS;
    const wayNs = (5 + ((at * 37) % 80)) * MILLISECOND_NS;
    clock.note(sentNs + aheadNs(sentNs), sentNs + wayNs);
  }
  return clock;
}

describe('the clock of an exchange', () => {
  it('is known by the quickest message, whatever the slow ones say', () => {
    const clock = follow(120, () => 1270 * MILLISECOND_NS);
    expect(clock.quickestNs).toBe((5 - 1270) * MILLISECOND_NS);
    expect(clock.timeAt(SECOND_NS)).toBe(SECOND_NS + (1270 - 5) * MILLISECOND_NS);
    expect(clock.leftNs()).toBe(0);
  });

  it('is followed where it leaves ours, ahead or behind', () => {
    const jump = (by: number) => (atNs: number) => (atNs > 60 * SECOND_NS ? by * SECOND_NS : 0);
    expect(follow(200, jump(2)).leftNs()).toBe(2 * SECOND_NS);
    expect(follow(200, jump(-2)).leftNs()).toBe(-2 * SECOND_NS);
  });

  it('is not known before a message came', () => {
    const clock = createExchangeClock();
    expect([clock.timeAt(5), clock.quickestNs, clock.leftNs()]).toEqual([undefined, undefined, 0]);
  });
});
