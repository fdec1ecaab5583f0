/** Value dates: a wrong one would have money delivered on a day when a bank is closed. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dateText, dayOfDate, weekdayOf } from './civil-day.ts';
import { type Holidays, spotLagDays, tradeDayFrom, valueDay } from './settlement.ts';

const day = (text: string) => dayOfDate('day', text);
const HOLIDAYS: Holidays = new Map(
  Object.entries({
    USD: ['2023-06-19', '2026-07-03', '2026-12-25'],
    GBP: ['2026-12-25', '2026-12-28', '2013-07-03'],
    EUR: ['2026-04-03', '2026-04-06', '2026-12-25', '2013-07-04'],
    CAD: ['2026-07-01'],
  }).map(([currency, dates]) => [currency, new Set(dates.map(day))]),
);

function spot(pair: string, tradeDate: string): string {
  const currencies = pair.split('/') as [string, string];
  const lagDays = spotLagDays(...currencies);
  return dateText(valueDay(day(tradeDate), { currencies, lagDays }, HOLIDAYS));
}

describe('the value date of a spot trade', () => {
  it.each([
    ['two business days on', 'EUR/USD', '2026-05-04', '2026-05-06'],
    ['over a weekend', 'EUR/USD', '2026-05-07', '2026-05-11'],
    ['one business day on', 'USD/CAD', '2026-05-04', '2026-05-05'],
    ['over a holiday of one of both', 'USD/CAD', '2026-06-30', '2026-07-02'],
    ['a dollar holiday in between does not count', 'EUR/USD', '2023-06-16', '2023-06-20'],
    ['but does against the peso', 'USD/MXN', '2023-06-16', '2023-06-21'],
    ['and nothing is delivered on one', 'EUR/USD', '2026-07-01', '2026-07-06'],
    ['nor of a cross, which goes through New York', 'EUR/GBP', '2026-07-01', '2026-07-06'],
    ['over Easter', 'EUR/USD', '2026-04-01', '2026-04-07'],
    ['each currency counts its own days', 'GBP/EUR', '2013-07-02', '2013-07-05'],
    ['over Christmas in London', 'GBP/USD', '2026-12-23', '2026-12-29'],
  ])('%s', (_, pair, tradeDate, expected) => {
    expect(spot(pair, tradeDate)).toBe(expected);
  });

  it('is a business day of both currencies and of the dollar, and never before the trade', () => {
    const currency = fc.constantFrom('USD', 'GBP', 'EUR', 'CAD', 'JPY');
    const date = fc.integer({ min: day('2026-01-01'), max: day('2026-12-31') });
    fc.assert(
      fc.property(currency, currency, date, (base, quote, traded) => {
        fc.pre(base !== quote);
        const tradeDay = tradeDayFrom(traded);
        const terms = { currencies: [base, quote], lagDays: spotLagDays(base, quote) };
        const value = valueDay(tradeDay, terms, HOLIDAYS);
        expect(weekdayOf(tradeDay) % 6).not.toBe(0);
        expect(value).toBeGreaterThan(tradeDay);
        expect(weekdayOf(value) % 6).not.toBe(0);
        for (const each of [base, quote, 'USD']) {
          expect(HOLIDAYS.get(each)?.has(value) ?? false).toBe(false);
        }
      }),
    );
  });

  it('of what is no pair counts the days of its one currency, and none at a lag of 0', () => {
    const shares = { currencies: ['USD'], lagDays: 1 };
    expect(dateText(valueDay(day('2026-12-24'), shares, HOLIDAYS))).toBe('2026-12-28');
    const coins = { currencies: ['USDT'], lagDays: 0 };
    expect(dateText(valueDay(day('2026-05-09'), coins, HOLIDAYS))).toBe('2026-05-09');
  });
});
