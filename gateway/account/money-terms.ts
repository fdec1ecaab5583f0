/** What a desk has agreed on about money and days: accounts, currencies, calendars, fees. */
import type { CalendarTerms } from '../calendar/calendar-terms.ts';
import type { Zone } from '../calendar/zone.ts';
import {
  type Conversion,
  type ConversionRate,
  type ConversionTerms,
  createConversion,
  setRate,
} from './conversion.ts';
import type { FeeRow } from './fee.ts';

export type AccountTerms = {
  name: string;
  /** In which its profit is counted. */
  baseCurrency: string;
  /** When its day begins, by the clock of a zone; at noon or later it is the next date's. */
  tradingDay: { timeZone: string; startSeconds: number };
};

export type CurrencyTerms = ConversionTerms & {
  /** By currency, days since 1970 on which its banks are closed. */
  holidays: Readonly<Record<string, readonly number[]>>;
  /** Business days to delivery by pair, `USD/CAD`, or by symbol; where it is not the usual. */
  lagDays: Readonly<Record<string, number>>;
  /** Rates that never age, such as that of a pegged currency. */
  fixedRates: readonly Omit<ConversionRate, 'timeNs'>[];
  /** Where a live gateway reads others from. */
  ratesFile?: string | undefined;
};

export type MoneyTerms = {
  accounts: readonly AccountTerms[];
  currencies: CurrencyTerms;
  calendars: readonly CalendarTerms[];
  fees: readonly FeeRow[];
};

/** The table of a zone, or the zone data of this Node where there is none. */
export const zoneNamed = (zones: readonly Zone[], timeZone: string): Zone =>
  zones.find(zone => zone.timeZone === timeZone) ?? { timeZone };

/** The rates that are known before the log says any: those that are fixed, which never age. */
export function openConversion(terms: CurrencyTerms): Conversion {
  const conversion = createConversion(terms);
  for (const rate of terms.fixedRates) {
    setRate(conversion, { ...rate, timeNs: Number.MAX_SAFE_INTEGER });
  }
  return conversion;
}
