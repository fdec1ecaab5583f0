/** Currencies of a desk file: holidays of their banks, lags to delivery, how they convert. */
import { z } from 'zod';
import { OutriderError, SECOND_NS } from '#engine';
import type { ConversionRate } from '../account/conversion.ts';
import type { CurrencyTerms } from '../account/money-terms.ts';
import { dayOfDate } from '../calendar/civil-day.ts';
import { nanosOfText, nanosSchema } from './decimal.ts';
import { problemText } from './problem.ts';

export const HOLIDAYS_MAX = 400;

const CURRENCY = /^[A-Z]{3,8}$/;
export const currencySchema = z.string().regex(CURRENCY, 'give a code such as EUR');
const PAIR = /^[A-Z]{3,8}\/[A-Z]{3,8}$/;
const rateSchema = nanosSchema.refine(text => nanosOfText(text) > 0, 'give more than 0');
const ratesSchema = z
  .record(z.string(), rateSchema)
  .refine(rates => hasKeys(rates, PAIR), 'give each rate under a pair such as EUR/USD');
export const datesSchema = z.array(z.string().max(10)).max(HOLIDAYS_MAX);

function hasKeys(record: object, pattern: RegExp): boolean {
  return Object.keys(record).every(key => pattern.test(key));
}

export const currenciesSchema = z
  .strictObject({
    /** Currencies without a rate of their own convert through this one. */
    through: currencySchema.default('USD'),
    /** A conversion rate older than this is none: limits of loss then let nothing grow. */
    rateAgeSeconds: z.int().min(1).max(604_800).default(900),
    /** Dates by currency. */
    holidays: z
      .record(z.string(), datesSchema)
      .refine(dates => hasKeys(dates, CURRENCY), 'give dates under codes such as EUR')
      .default({}),
    /** Business days to delivery, by pair or symbol, where it is not the usual. */
    lagDays: z.record(z.string().min(1).max(64), z.int().min(0).max(30)).default({}),
    /** Rates that never age, `{ "USDT/USD": "1" }`. */
    fixedRates: ratesSchema.default({}),
    /** JSON like `fixedRates` that somebody keeps up to date: read each time it is written. */
    ratesFile: z.string().min(1).max(4096).optional(),
  })
  .prefault({});

/** Throws `bad-config` for a date that is none. */
export function currencyTerms(section: z.output<typeof currenciesSchema>): CurrencyTerms {
  const { through, rateAgeSeconds, holidays, lagDays, fixedRates, ratesFile } = section;
  return {
    ...{ through, lagDays, ratesFile, ageLimitNs: rateAgeSeconds * SECOND_NS },
    holidays: Object.fromEntries(
      Object.entries(holidays).map(([currency, dates]) => [
        currency,
        dates.map(date => dayOfDate(`currencies.holidays.${currency}`, date)),
      ]),
    ),
    fixedRates: ratesOf(fixedRates),
  };
}

/** The rates of a file. Throws `bad-config` naming the pair, its value and the remedy. */
export function parseRates(given: unknown): Omit<ConversionRate, 'timeNs'>[] {
  const parsed = ratesSchema.safeParse(given);
  if (parsed.success) return ratesOf(parsed.data);
  const problems = parsed.error.issues.map(issue => problemText(issue, given));
  throw new OutriderError('bad-config', problems.join('; '));
}

function ratesOf(rates: Record<string, string>): Omit<ConversionRate, 'timeNs'>[] {
  return Object.entries(rates).map(([pair, rate]) => {
    const [from = '', to = ''] = pair.split('/');
    return { from, to, nanos: nanosOfText(rate) };
  });
}
