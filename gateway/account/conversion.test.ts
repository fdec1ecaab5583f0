/** Conversion: by a wrong rate a loss limit would watch a figure that is not the loss. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INSTRUMENTS } from '../paper-world.ts';
import { createAccount, markAccount, updateProfit } from './account.ts';
import { nanosOf, setNanos } from './amount.ts';
import { type ConversionRate, convert, createConversion, setRate } from './conversion.ts';
import { createHolding } from './holding.ts';

const TERMS = { through: 'USD', ageLimitNs: 100 };
const rate = (pair: string, nanos: number, timeNs = 0): ConversionRate => {
  const [from, to] = pair.split('/') as [string, string];
  return { from, to, nanos, timeNs };
};
const knowing = (...rates: ConversionRate[]) => {
  const conversion = createConversion(TERMS);
  for (const each of rates) setRate(conversion, each);
  return conversion;
};
const EURUSD = rate('EUR/USD', 1_250_000_000);
const USDJPY = rate('USD/JPY', 160_000_000_000);

describe('money in another currency', () => {
  const of = (nanos: bigint, currency: string) => ({ nanos, currency });
  const inEuros = { to: 'EUR', nowNs: 100 };

  it('goes by the rate of the two, whichever way round it is given', () => {
    expect(convert(knowing(EURUSD), of(10n, 'EUR'), { to: 'USD', nowNs: 0 })).toBe(12n);
    expect(convert(knowing(EURUSD), of(10n, 'USD'), inEuros)).toBe(8n);
    expect(convert(knowing(), of(10n, 'EUR'), inEuros)).toBe(10n);
  });

  it('goes through the named currency, and is rounded once, towards zero', () => {
    const conversion = knowing(EURUSD, USDJPY);
    expect(convert(conversion, of(1_999n, 'JPY'), inEuros)).toBe(9n);
    expect(convert(conversion, of(-1_999n, 'JPY'), inEuros)).toBe(-9n);
    const direct = knowing(EURUSD, USDJPY, rate('EUR/JPY', 100_000_000_000));
    expect(convert(direct, of(1_999n, 'JPY'), inEuros)).toBe(19n);
  });

  it('is none by a rate that is missing or too old, which is named', () => {
    const [money, late] = [of(10n, 'JPY'), { to: 'EUR', nowNs: 101 }];
    const missing = (...rates: ConversionRate[]) => convert(knowing(...rates), money, late);
    const fresh = rate('USD/JPY', 1, 1);
    expect(missing(EURUSD)).toEqual({ from: 'JPY', to: 'USD', ageNs: undefined });
    expect(missing(EURUSD, USDJPY)).toEqual({ from: 'JPY', to: 'USD', ageNs: 101 });
    expect(missing(EURUSD, fresh)).toEqual({ from: 'USD', to: 'EUR', ageNs: 101 });
    expect(convert(knowing(), of(1n, 'USD'), late)).toEqual({
      ...{ from: 'USD', to: 'EUR', ageNs: undefined },
    });
  });

  it('goes by the latest rate, also where an older one comes after it', () => {
    const conversion = knowing(rate('EUR/USD', 2_000_000_000, 5), EURUSD);
    expect(convert(conversion, of(10n, 'EUR'), { to: 'USD', nowNs: 5 })).toBe(20n);
    setRate(conversion, rate('USD/EUR', 100_000_000, 6));
    expect(convert(conversion, of(10n, 'EUR'), { to: 'USD', nowNs: 6 })).toBe(100n);
  });

  it('agrees with one exact fraction, floored towards zero, however large it is', () => {
    const nanos = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });
    const each = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
    fc.assert(
      fc.property(nanos, each, each, (amount, first, second) => {
        const conversion = knowing(rate('USD/GBP', first), rate('USD/JPY', second));
        const expected = (amount * BigInt(second)) / BigInt(first);
        const given = convert(conversion, of(amount, 'GBP'), { to: 'JPY', nowNs: 0 });
        expect(given).toBe(expected);
      }),
    );
  });
});

describe('an account of several currencies', () => {
  const [euro, bitcoin] = INSTRUMENTS as [(typeof INSTRUMENTS)[0], (typeof INSTRUMENTS)[0]];

  /** 3 dollars and 4 tethers of cash. */
  function twoCurrencies() {
    const holdings = [createHolding(euro), createHolding(bitcoin)];
    setNanos(holdings[0]!.cash, 3_000n);
    setNanos(holdings[1]!.cash, 4_000n);
    return { holdings, account: createAccount({ name: 'fund', currency: 'USD' }, holdings) };
  }

  it('adds up what its parts are worth in its own', () => {
    const { account } = twoCurrencies();
    const conversion = knowing(rate('USDT/USD', 500_000_000));
    updateProfit(account, { conversion, nowNs: 0 });
    expect(nanosOf(account.profit)).toBe(5_000n);
    expect(account.missingRate).toBeUndefined();
  });

  it('keeps its last profit without a rate and says which; a new day begins with that', () => {
    const { account } = twoCurrencies();
    const conversion = knowing();
    markAccount(account, 6, { conversion, nowNs: 0 });
    expect(account.day).toBe(-1);
    setRate(conversion, rate('USDT/USD', 500_000_000));
    markAccount(account, 7, { conversion, nowNs: 0 });
    const late = { conversion, nowNs: 101 };
    markAccount(account, 8, late);
    expect(account.missingRate).toEqual({ from: 'USDT', to: 'USD', ageNs: 101 });
    expect([account.day, nanosOf(account.profit)]).toEqual([8, 5_000n]);
    setRate(conversion, rate('USDT/USD', 250_000_000, 101));
    markAccount(account, 8, late);
    expect(account.missingRate).toBeUndefined();
    const [profit, dayStart] = [nanosOf(account.profit), nanosOf(account.dayStart)];
    expect([profit, dayStart, nanosOf(account.peak)]).toEqual([4_000n, 5_000n, 5_000n]);
  });

  it('needs no rate for a currency in which it has nothing', () => {
    const { holdings, account } = twoCurrencies();
    setNanos(holdings[1]!.cash, 0n);
    updateProfit(account, { conversion: knowing(), nowNs: 0 });
    expect(account.missingRate).toBeUndefined();
    // Even money is a position's cost: what it is worth next is not known without a rate.
    holdings[1]!.positionLots = 1;
    updateProfit(account, { conversion: knowing(), nowNs: 0 });
    expect(account.missingRate).toMatchObject({ from: 'USDT', to: 'USD' });
  });
});
