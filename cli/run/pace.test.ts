/** Without these, stages could lose market time where one ends and the next begins. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SECOND_NS } from '#engine';
import { createPace, isPaceStages, paceStages } from './pace.ts';

const STAGES = paceStages('20s:1,30s:10,10s:0.5')!;

describe('a pace in stages', () => {
  const pace = createPace({ firstNs: 1000, startNs: 500, speed: 1, stages: STAGES });
  it.each([
    [0, 0],
    [20, 20],
    [21, 30],
    [50, 320],
    [52, 321],
    [60, 325],
    [80, 335],
  ])('after %d s the market is %d s on, and the last stage holds on', (clock, market) => {
    const [clockNs, marketNs] = [500 + clock * SECOND_NS, 1000 + market * SECOND_NS];
    expect(pace.marketNs(clockNs)).toBe(marketNs);
    expect(pace.dueNs(marketNs)).toBe(clockNs);
  });

  it('never runs back, and what is due is not yet past', () => {
    const time = fc.integer({ min: 0, max: 400 * SECOND_NS });
    fc.assert(
      fc.property(time, time, (one, other) => {
        const [earlier, later] = [Math.min(one, other), Math.max(one, other)];
        expect(pace.dueNs(earlier)).toBeLessThanOrEqual(pace.dueNs(later));
        expect(Math.abs(pace.marketNs(pace.dueNs(one)) - one)).toBeLessThanOrEqual(11);
      }),
    );
  });
});

it('at one speed is what recordings always had', () => {
  const pace = createPace({ firstNs: 7, startNs: 100, speed: 3 });
  expect([7, 8, 9, 10].map(pace.dueNs)).toEqual([100, 100, 101, 101]);
});

it.each(['20s', '20s:0', '20s:1,', '1:1', '20s:-1', '', 'fast:1'])('%j is no pace', text => {
  expect(isPaceStages(text)).toBe(false);
});
