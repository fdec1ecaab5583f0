/** Currencies of a desk file: holidays of their banks, lags to delivery, how they convert. */
import { z } from 'zod';
import { SECOND_NS } from '#engine';
import type { CurrencyTerms } from '../account/money-terms.ts';
import { dayOfDate } from '../calendar/civil-day.ts';
import { nanosOfText, nanosSchema } from './decimal.ts';

export const HOLIDAYS_MAX = 400;

export const currencySchema = z.string().regex(/^[A-Z]{3,8}$/, 'give a code such as EUR');
const pairSchema = z.string().regex(/^[A-Z]{3,8}\/[A-Z]{3,8}$/, 'give a pair such as EUR/USD');
export const datesSchema = z.array(z.string().max(10)).max(HOLIDAYS_MAX);

export const currenciesSchema = z
  .strictObject({
    /** Currencies without a rate of their own convert through this one. */
    through: currencySchema.default('USD'),
    /** A conversion rate older than this is none: limits of loss then let nothing grow. */
    rateAgeSeconds: z.int().min(1).max(604_800).default(900),
    /** Dates by currency. */
    holidays: z.record(currencySchema, datesSchema).default({}),
    /** Business days to delivery, by pair or symbol, where it is not the usual. */
    lagDays: z.record(z.string().min(1).max(64), z.int().min(0).max(30)).default({}),
    /** Rates that never age, `{ "USDT/USD": "1" }`. */
    fixedRates: z.record(pairSchema, nanosSchema).default({}),
  })
  .prefault({});

/** Throws `bad-config` for a date that is none. */
export function currencyTerms(section: z.output<typeof currenciesSchema>): CurrencyTerms {
  const { through, rateAgeSeconds, holidays, lagDays, fixedRates } = section;
  return {
    ...{ through, lagDays, ageLimitNs: rateAgeSeconds * SECOND_NS },
    holidays: Object.fromEntries(
      Object.entries(holidays).map(([currency, dates]) => [
        currency,
        dates.map(date => dayOfDate(`currencies.holidays.${currency}`, date)),
      ]),
    ),
    fixedRates: Object.entries(fixedRates).map(([pair, rate]) => {
      const [from = '', to = ''] = pair.split('/');
      return { from, to, nanos: nanosOfText(rate) };
    }),
  };
}
