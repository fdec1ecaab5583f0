/** On which day a trade is delivered: business days of two currencies and the lag of their pair. */
import { weekdayOf } from './civil-day.ts';

/** Holidays of each currency as days since 1970; weekends are none of them. */
export type Holidays = ReadonlyMap<string, ReadonlySet<number>>;

export type SettlementTerms = {
  /** Both of a pair; the one of anything else. */
  currencies: readonly string[];
  /** Business days from the trade date to delivery; at 0 that very day, whatever it is. */
  lagDays: number;
};

const DOLLAR = 'USD';

/** Pairs that are delivered a day after they are traded; all others two days after. */
const NEXT_DAY_PAIRS = new Set(['USD/CAD', 'USD/TRY', 'USD/PHP', 'USD/RUB']);

/** Against these the dollar's own holidays count on the day in between as well. */
const WITH_DOLLAR_DAYS = new Set(['MXN', 'ARS', 'CLP']);

export function spotLagDays(base: string, quote: string): number {
  return NEXT_DAY_PAIRS.has(`${base}/${quote}`) || NEXT_DAY_PAIRS.has(`${quote}/${base}`) ? 1 : 2;
}

/**
 * The value date of a trade: each currency counts business days of its own, the dollar of a pair
 * one at most, and the latest of them moves on to a day that is one of both and, as spot trades go
 * through New York, of the dollar. The conventions are those of ObjectLab Kit's
 * CurrencyDateCalculator.
 */
export function valueDay(tradeDay: number, terms: SettlementTerms, holidays: Holidays): number {
  const { currencies, lagDays } = terms;
  if (lagDays === 0) return tradeDay;
  const isPair = currencies.length > 1;
  const isBusiness = (currency: string, day: number) =>
    !isWeekend(day) && holidays.get(currency)?.has(day) !== true;
  const countsDollar = !isPair || currencies.some(each => WITH_DOLLAR_DAYS.has(each));
  const delivered = currencies.map(currency => {
    let left = currency === DOLLAR && !countsDollar ? Math.min(1, lagDays) : lagDays;
    let day = tradeDay;
    while (left > 0) if (isBusiness(currency, ++day)) left--;
    return day;
  });
  const open = isPair ? [...currencies, DOLLAR] : currencies;
  let day = Math.max(...delivered);
  while (!open.every(currency => isBusiness(currency, day))) day++;
  return day;
}

/** A trade at the weekend is one of the Monday after it. */
export function tradeDayFrom(day: number): number {
  const weekday = weekdayOf(day);
  return weekday === 6 ? day + 2 : weekday === 0 ? day + 1 : day;
}

const isWeekend = (day: number) => weekdayOf(day) === 0 || weekdayOf(day) === 6;
