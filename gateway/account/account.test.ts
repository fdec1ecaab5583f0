/** Money: without these tests, the loss limits would watch a figure that is not the loss. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INSTRUMENTS } from '../paper-world.ts';
import { type Account, createAccounts, markAccount, profitNanos } from './account.ts';
import { nanosOf } from './amount.ts';
import { bookFill } from './book.ts';
import type { Fill } from './fill.ts';
import { createHolding } from './holding.ts';

const [euro, bitcoin] = INSTRUMENTS as [(typeof INSTRUMENTS)[0], (typeof INSTRUMENTS)[0]];
const fill = fc.record({
  side: fc.constantFrom<1 | -1>(1, -1),
  lots: fc.integer({ min: 1, max: 2 ** 31 }),
  priceIncrements: fc.integer({ min: 1, max: 2 ** 40 }),
});

const PLAIN = { conversion: undefined, nowNs: 0 };

/** A fill of which only this matters. */
const plain = (terms: Pick<Fill, 'side' | 'lots' | 'priceIncrements'>): Fill => ({
  ...{ execId: 'E', orderId: 'O', venue: 0, isMaker: false, valueDay: 0, ...terms },
});

describe('a holding', () => {
  it('knows the value of one lot for one increment', () => {
    expect(createHolding(euro).incrementNanos).toBe(10_000_000);
    expect(createHolding(bitcoin).incrementNanos).toBe(100_000);
    const gold = { ...euro, priceIncrement: '0.1', lotSize: '1', multiplier: 100 };
    expect(createHolding(gold).incrementNanos).toBe(10_000_000_000);
  });

  it('pays the value and the fee of a fill, to the billionth', () => {
    const holding = createHolding(euro);
    bookFill(holding, plain({ side: 1, lots: 3, priceIncrements: 138_701 }));
    expect(nanosOf(holding.cash)).toBe(-4_161_030_000_000n - 83_220_600n);
    bookFill(holding, plain({ side: -1, lots: 4, priceIncrements: 138_700 }));
    const sold = 5_548_000_000_000n - 110_960_000n;
    expect(nanosOf(holding.cash)).toBe(-4_161_030_000_000n - 83_220_600n + sold);
    expect(holding.positionLots).toBe(-1);
  });

  it('agrees with one sum over all fills in big integers, however large they are', () => {
    const mark = fc.integer({ min: 1, max: 2 ** 41 });
    fc.assert(
      fc.property(fc.array(fill, { maxLength: 30 }), mark, (fills, markHalfIncrements) => {
        const holding = createHolding(euro);
        for (const each of fills) bookFill(holding, plain(each));
        holding.markHalfIncrements = markHalfIncrements;
        let cash = 0n;
        let lots = 0n;
        for (const { side, lots: count, priceIncrements } of fills) {
          const value = BigInt(count) * BigInt(priceIncrements) * 10_000_000n;
          cash -= BigInt(side) * value + (value * 20n) / 1_000_000n;
          lots += BigInt(side * count);
        }
        const worth = (lots * BigInt(markHalfIncrements) * 10_000_000n) / 2n;
        expect(profitNanos([holding], 'USD')).toBe(cash + worth);
      }),
    );
  });
});

describe('an account', () => {
  it('keeps the currencies apart, or a loss in one would hide behind a gain in another', () => {
    const holdings = [createHolding(euro), createHolding(bitcoin)];
    bookFill(holdings[1]!, plain({ side: -1, lots: 2, priceIncrements: 277_412 }));
    holdings[1]!.markHalfIncrements = 554_824;
    const accounts = createAccounts(holdings);
    for (const account of accounts) markAccount(account, 0, PLAIN);
    expect(profitNanos(holdings, 'USD')).toBe(0n);
    const fee = (2n * 277_412n * 100_000n * 20n) / 1_000_000n;
    expect(profitNanos(holdings, 'USDT')).toBe(-fee);
    const shown = accounts.map(({ currency, dayStart }) => [currency, nanosOf(dayStart)]);
    expect(shown).toEqual([
      ['USD', 0n],
      ['USDT', -fee],
    ]);
  });

  it('begins a day anew at UTC midnight and keeps the peak for good', () => {
    const holding = createHolding(euro);
    bookFill(holding, plain({ side: 1, lots: 1, priceIncrements: 100_000 }));
    const [account] = createAccounts([holding]);
    const markAt = (day: number, markHalfIncrements: number) => {
      holding.markHalfIncrements = markHalfIncrements;
      markAccount(account as Account, day, PLAIN);
      const { day: begun, dayStart, peak } = account!;
      return { begun, dayStartNanos: nanosOf(dayStart), peakNanos: nanosOf(peak) };
    };
    const fee = 20_000_000n;
    const first = { begun: 0, dayStartNanos: -fee, peakNanos: -fee };
    expect(markAt(0, 200_000)).toEqual(first);
    const high = 500_000_000n - fee;
    expect(markAt(0, 200_100)).toEqual({ ...first, peakNanos: high });
    expect(markAt(0, 199_900)).toEqual({ ...first, peakNanos: high });
    const second = { begun: 1, dayStartNanos: -500_000_000n - fee, peakNanos: high };
    expect(markAt(1, 199_900)).toEqual(second);
    expect(markAt(1, 199_000)).toEqual(second);
  });
});
