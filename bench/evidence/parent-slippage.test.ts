/** What parent orders cost, worked out by hand. */
import { describe, expect, it } from 'vitest';
import { createParentSlippage } from './parent-slippage.ts';

const SECOND = 1e9;
const buy = { number: 0, side: 1, startNs: 0, startLots: 0 } as const;
const sell = { number: 1, side: -1, startNs: 10 * SECOND, startLots: 5 } as const;

describe('the slippage of a parent', () => {
  it('is its average fill against the time-weighted mid of its life alone', () => {
    const parents = createParentSlippage(10 * SECOND);
    parents.onMid(0, 200);
    parents.onParent(buy);
    // 4 s at 200, 6 s at 210: the time-weighted mid is 206; what comes after 10 s does not count.
    parents.onFill({ lots: 3, priceIncrements: 101 });
    parents.onMid(4 * SECOND, 210);
    parents.onFill({ lots: 1, priceIncrements: 109 });
    parents.onMid(12 * SECOND, 900);
    parents.finish(12 * SECOND);
    const [parent] = parents.read().parents;
    expect(parent).toMatchObject({ filledLots: 4, averageFill: 206, twap: 206, slippage: 0 });
  });

  it('is positive where it is worse: bought above TWAP, sold below it', () => {
    const parents = createParentSlippage(10 * SECOND);
    parents.onMid(0, 200);
    parents.onParent(buy);
    parents.onFill({ lots: 5, priceIncrements: 102 });
    parents.onMid(10 * SECOND, 200);
    parents.onParent(sell);
    parents.onFill({ lots: -5, priceIncrements: 97 });
    parents.finish(20 * SECOND);
    const { slippage, parents: finished } = parents.read();
    expect(finished.map(one => one.slippage)).toEqual([4, 6]);
    expect(slippage).toMatchObject({ count: 2, mean: 5 });
  });

  it('takes a late fill of the last parent, which traded the other way', () => {
    const parents = createParentSlippage(10 * SECOND);
    parents.onMid(0, 200);
    parents.onParent(buy);
    parents.onFill({ lots: 1, priceIncrements: 100 });
    parents.onMid(10 * SECOND, 200);
    parents.onParent(sell);
    parents.onFill({ lots: 1, priceIncrements: 104 });
    parents.finish(10.5 * SECOND);
    expect(parents.read().parents).toMatchObject([{ number: 0, filledLots: 2, slippage: 4 }]);
  });

  it('leaves out a parent whose time is not over, and counts one without a fill', () => {
    const parents = createParentSlippage(10 * SECOND);
    parents.onMid(0, 200);
    parents.onParent(buy);
    parents.onMid(10 * SECOND, 200);
    parents.onParent(sell);
    parents.onFill({ lots: -1, priceIncrements: 99 });
    parents.finish(19 * SECOND);
    expect(parents.read()).toEqual({ slippage: undefined, unfilled: 1, parents: [] });
  });

  it('shows a parent in a running run once no late fill can come', () => {
    const parents = createParentSlippage(10 * SECOND);
    parents.onMid(0, 200);
    parents.onParent(buy);
    parents.onFill({ lots: 1, priceIncrements: 101 });
    parents.onMid(10 * SECOND, 200);
    parents.onParent(sell);
    parents.onMid(14 * SECOND, 200);
    expect(parents.read().slippage).toBeUndefined();
    parents.onMid(16 * SECOND, 200);
    expect(parents.read().slippage).toMatchObject({ count: 1, mean: 2 });
  });
});
