/** A side of a book: without these tests a level could hide behind another or never leave. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBookSide } from './level-book.ts';

const price = fc.integer({ min: 0, max: 60 });
const change = fc.record({ price, lots: fc.integer({ min: 0, max: 3 }) });
const betters = fc.constantFrom(1 as const, -1 as const);

function levelsOf(side: ReturnType<typeof createBookSide>): [number, number][] {
  return Array.from({ length: side.size }, (_, rank) => [side.price(rank), side.lots(rank)]);
}

function sorted(levels: Map<number, number>, better: 1 | -1): [number, number][] {
  return [...levels].sort(([a], [b]) => (b - a) * better);
}

describe('a side of a book', () => {
  it('holds what a map holds, best first, after any changes', () => {
    fc.assert(
      fc.property(betters, fc.array(change, { maxLength: 400 }), (better, changes) => {
        const side = createBookSide(better);
        const known = new Map<number, number>();
        for (const { price: at, lots } of changes) {
          side.set(at, lots);
          if (lots === 0) known.delete(at);
          else known.set(at, lots);
        }
        expect(levelsOf(side)).toEqual(sorted(known, better));
      }),
    );
  });

  it('loads a snapshot in whatever order it comes, and none that says a price twice', () => {
    const levels = fc.uniqueArray(change, { selector: each => each.price, maxLength: 60 });
    fc.assert(
      fc.property(betters, levels, (better, given) => {
        const side = createBookSide(better);
        side.set(77, 5);
        const prices = given.map(each => each.price);
        const lots = given.map(each => each.lots);
        expect(side.load(prices, lots)).toBe(true);
        const held = new Map(
          given.filter(each => each.lots > 0).map(each => [each.price, each.lots]),
        );
        expect(levelsOf(side)).toEqual(sorted(held, better));
        const isThere = lots.some(each => each > 0);
        if (isThere) {
          const twice = prices[lots.findIndex(each => each > 0)]!;
          expect(side.load([...prices, twice], [...lots, 9])).toBe(false);
        }
      }),
    );
  });

  it('drops the worst level, which is the last rank', () => {
    const asks = createBookSide(-1);
    for (const at of [30, 10, 20]) asks.set(at, at);
    asks.dropWorst();
    expect(levelsOf(asks)).toEqual([
      [10, 10],
      [20, 20],
    ]);
  });

  it('grows beyond its first room', () => {
    const bids = createBookSide(1);
    for (let at = 0; at < 5000; at++) bids.set((at * 7919) % 5003, 1);
    expect(bids.size).toBe(5000);
    expect(bids.price(0)).toBeGreaterThan(bids.price(1));
  });
});
