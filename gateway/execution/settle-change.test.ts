/** Small and early changes: without these tests, a child could lose its place for nothing. */
import { describe, expect, it } from 'vitest';
import type { Child } from './child.ts';
import type { Touch } from './market.ts';
import { pegPrice } from './price.ts';
import { settleChange } from './settle-change.ts';

const CHILD: Child = {
  ...{ venue: 0, side: 1, lots: 10, filledLots: 2, limitIncrements: 100, pending: undefined },
};
const RULE = { minimumChangeLots: 3, minimumChangeIncrements: 2, readyNs: 50, nowNs: 50 };

describe('a change of a child', () => {
  it.each([
    // Lots open and price wanted, then what is asked for, when ready and when held off.
    [
      [8, 100],
      [8, 100],
      [8, 100],
    ],
    [
      [8, 101],
      [8, 100],
      [8, 100],
    ],
    [
      [8, 102],
      [8, 102],
      [8, 100],
    ],
    [
      [8, 98],
      [8, 98],
      [8, 100],
    ],
    [
      [10, 100],
      [8, 100],
      [8, 100],
    ],
    [
      [11, 101],
      [11, 100],
      [8, 100],
    ],
    [
      [11, 102],
      [11, 102],
      [8, 100],
    ],
    [
      [7, 100],
      [7, 100],
      [7, 100],
    ],
    [
      [7, 102],
      [7, 102],
      [7, 100],
    ],
    [
      [0, 100],
      [0, 100],
      [0, 100],
    ],
  ])('to %j asks for %j, and for %j before its time', (wanted, ready, early) => {
    const [lots, limitIncrements] = wanted as [number, number];
    const settle = (nowNs: number) => {
      const terms = settleChange(CHILD, { lots, limitIncrements }, { ...RULE, nowNs });
      return [terms.lots, terms.limitIncrements];
    };
    expect([settle(50), settle(49)]).toEqual([ready, early]);
  });
});

it('a peg keeps its offset from the near touch and never reaches the far one', () => {
  const touch: Touch = {
    ...{ bidIncrements: 100, askIncrements: 104, bidLots: 0, askLots: 0, tickTimeNs: 0 },
  };
  const pegs = [-2, 0, 3, 4, 9].map(offset => [
    pegPrice(touch, 1, offset),
    pegPrice(touch, -1, offset),
  ]);
  expect(pegs).toEqual([
    [98, 106],
    [100, 104],
    [103, 101],
    [103, 101],
    [103, 101],
  ]);
});
