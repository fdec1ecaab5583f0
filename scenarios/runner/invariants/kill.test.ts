/** Without these tests, an order after a kill could pass for one before it. */
import { expect, it } from 'vitest';
import { MILLISECOND_NS } from '#engine';
import { judgeKills } from './kill.ts';

const ms = (count: number) => count * MILLISECOND_NS;
const SPANS = [{ fromNs: ms(100), toNs: ms(500) }];
const judged = (...sent: number[]) => judgeKills(SPANS, sent.map(ms), ms(10));

it('passes orders before the request, soon after it, and after arming was asked for', () => {
  const { judged: invariant, waits } = judged(99, 105, 109, 500, 600);
  expect(invariant).toMatchObject({ checked: 1, violations: [] });
  expect(waits).toEqual([{ atNs: ms(100), value: ms(10) }]);
});

it('says 0 where nothing followed', () => {
  expect(judged(50, 700).waits).toEqual([{ atNs: ms(100), value: 0 }]);
});

it.each([110, 300, 499])('finds an order at %i ms', sent => {
  expect(judged(90, sent).judged.violations).toHaveLength(1);
});
