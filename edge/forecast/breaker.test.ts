/** The breaker: a verifier that stopped answering is probed, not flooded. */

import { expect, it } from 'vitest';
import { createBreaker } from './breaker.ts';

it('lets as many out as may be outstanding, and one at a time once deadlines were missed', () => {
  const breaker = createBreaker({ outstandingMax: 3, missesMax: 2 });
  const allowed = () => [0, 1, 2, 3].filter(outstanding => breaker.allows(outstanding));
  expect(allowed()).toEqual([0, 1, 2]);
  breaker.onDeadlineMissed();
  expect(allowed()).toEqual([0, 1, 2]);
  expect(breaker.isOpen).toBe(false);
  breaker.onDeadlineMissed();
  expect(allowed()).toEqual([0]);
  expect(breaker.isOpen).toBe(true);
});

it('closes with the first verdict, and counts only misses in a row', () => {
  const breaker = createBreaker({ outstandingMax: 3, missesMax: 2 });
  breaker.onDeadlineMissed();
  breaker.onVerdict();
  breaker.onDeadlineMissed();
  expect(breaker.isOpen).toBe(false);
  breaker.onDeadlineMissed();
  expect(breaker.isOpen).toBe(true);
  breaker.onVerdict();
  expect(breaker.isOpen).toBe(false);
  expect(breaker.allows(2)).toBe(true);
});
