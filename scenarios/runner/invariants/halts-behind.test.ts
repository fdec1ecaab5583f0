/** The judge of a halt: without these tests, orders sent to a venue that is ahead would pass. */
import { expect, it } from 'vitest';
import { judgeHaltsBehind } from './halts-behind.ts';

const halts = [{ fromNs: 10, toNs: 20 }];
const printed = 'venue: halted: it expects number 12, which this log has not reached';

it('holds where nothing came before operators agreed, and somebody was told', () => {
  const judged = judgeHaltsBehind({ halts, ordersNs: [1, 9, 21], printed });
  expect(judged).toMatchObject({ checked: 1, violations: [] });
});

it('is broken by an order afterwards, and by silence', () => {
  const { violations } = judgeHaltsBehind({ halts, ordersNs: [9, 11], printed: '' });
  expect(violations).toEqual([
    '1 order messages reached the venue afterwards',
    'the gateway did not say that it halted',
  ]);
});

it('has looked at nothing where no venue ever said so', () => {
  expect(judgeHaltsBehind({ halts: [], ordersNs: [1], printed: '' }).checked).toBe(0);
});
