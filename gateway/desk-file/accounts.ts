/** Accounts of a desk file: what fills, fees and profit are booked to. */
import { z } from 'zod';
import type { AccountTerms } from '../account/money-terms.ts';
import { secondsOfDay } from '../calendar/civil-day.ts';
import { checkZone } from '../calendar/zone.ts';
import { currencySchema } from './currencies.ts';
import { namedList, nameSchema } from './names.ts';

export const ACCOUNTS_MAX = 64;

const accountSchema = z.strictObject({
  name: nameSchema,
  /** In which its profit is counted, against which loss is limited. */
  baseCurrency: currencySchema.default('USD'),
  /** When a day begins, and with it a new daily loss; at noon or later it is the next date's. */
  tradingDay: z
    .strictObject({
      timeZone: z.string().min(1).max(64).default('UTC'),
      time: z.string().default('00:00:00'),
    })
    .prefault({}),
});

export const accountsSchema = namedList(accountSchema, ACCOUNTS_MAX);

/** Throws `bad-config` for a time of day or a zone that is none. */
export function accountTerms(account: z.output<typeof accountSchema>): AccountTerms {
  const { name, baseCurrency, tradingDay } = account;
  checkZone(`accounts ${name}: tradingDay.timeZone`, tradingDay.timeZone);
  const startSeconds = secondsOfDay(`accounts ${name}: tradingDay.time`, tradingDay.time);
  return { name, baseCurrency, tradingDay: { timeZone: tradingDay.timeZone, startSeconds } };
}
