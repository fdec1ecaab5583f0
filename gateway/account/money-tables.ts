/** What the terms of money come down to for one log: edges, days and lags to be looked up. */
import type { Instrument } from '#market';
import { type CalendarTerms, calendarOf, usualShape } from '../calendar/calendar-terms.ts';
import { type DayTable, dayAt, dayTable } from '../calendar/day-table.ts';
import {
  type Holidays,
  type SettlementTerms,
  spotLagDays,
  tradeDayFrom,
  valueDay,
} from '../calendar/settlement.ts';
import { type OpenHours, openHours } from '../calendar/trading-calendar.ts';
import type { Zone } from '../calendar/zone.ts';
import { billionths } from './holding.ts';
import { type MoneyTerms, zoneNamed } from './money-terms.ts';

export type MoneyTables = {
  /** By account: its trading days. */
  accountDays: readonly DayTable[];
  instruments: readonly InstrumentTables[];
  /** By venue: its own hours, where it has any. */
  venueHours: readonly (OpenHours | undefined)[];
  holidays: Holidays;
};

export type InstrumentTables = {
  hours: OpenHours | undefined;
  tradeDays: DayTable;
  settlement: SettlementTerms;
  /** A price increment in 10^-9, of what is a pair of two currencies; its mid is their rate. */
  rateIncrementNanos: number | undefined;
};

export type TablesOf = {
  originNs: bigint;
  instruments: readonly Instrument[];
  venues: readonly { name: string }[];
  /** Tables of the zones, as the log has them. */
  zones?: readonly Zone[] | undefined;
};

export function createMoneyTables(terms: MoneyTerms, of: TablesOf): MoneyTables {
  const { originNs, instruments, venues, zones = [] } = of;
  const { accounts, calendars, currencies } = terms;
  const hoursOf = (calendar: CalendarTerms | undefined) =>
    calendar && openHours({ ...calendar, ...zoneNamed(zones, calendar.timeZone) }, originNs);
  return {
    accountDays: accounts.map(({ tradingDay: { timeZone, startSeconds } }) =>
      dayTable({ zone: zoneNamed(zones, timeZone), startSeconds }, originNs),
    ),
    instruments: instruments.map(instrument => {
      const calendar = calendarOf(calendars, instrument);
      const { timeZone, dayStartSeconds } = calendar ?? usualShape(instrument);
      const zone = zoneNamed(zones, timeZone);
      return {
        hours: hoursOf(calendar),
        tradeDays: dayTable({ zone, startSeconds: dayStartSeconds }, originNs),
        settlement: settlementOf(terms, instrument),
        rateIncrementNanos: isPair(instrument)
          ? Number(billionths(instrument.priceIncrement))
          : undefined,
      };
    }),
    venueHours: venues.map(({ name }) =>
      hoursOf(calendars.find(calendar => calendar.venues?.includes(name))),
    ),
    holidays: new Map(
      Object.entries(currencies.holidays).map(([currency, days]) => [currency, new Set(days)]),
    ),
  };
}

/** The zones that all this goes by, whose tables a log keeps. */
export function zonesOf(
  { accounts, calendars }: MoneyTerms,
  instruments: readonly Instrument[],
): string[] {
  return [
    ...accounts.map(({ tradingDay }) => tradingDay.timeZone),
    ...calendars.map(({ timeZone }) => timeZone),
    ...instruments.map(instrument => usualShape(instrument).timeZone),
  ];
}

/** The value day of a trade at a time of the log. */
export function valueDayAt(
  { holidays }: Pick<MoneyTables, 'holidays'>,
  { tradeDays, settlement }: InstrumentTables,
  timeNs: number,
): number {
  const day = dayAt(tradeDays, timeNs);
  return valueDay(settlement.lagDays === 0 ? day : tradeDayFrom(day), settlement, holidays);
}

/** One unit of the first currency, or of whatever it is, is priced in the second. */
const isPair = ({ baseCurrency, quoteCurrency, multiplier }: Instrument) =>
  baseCurrency !== quoteCurrency && multiplier === 1;

function settlementOf({ currencies, calendars }: MoneyTerms, instrument: Instrument) {
  const { symbol, baseCurrency, quoteCurrency } = instrument;
  const { lagDays: usual } = calendarOf(calendars, instrument) ?? usualShape(instrument);
  const isSpot = instrument.calendar === 'fx-week' && isPair(instrument);
  const given =
    currencies.lagDays[symbol] ??
    (isSpot ? currencies.lagDays[`${baseCurrency}/${quoteCurrency}`] : undefined);
  return {
    currencies: isSpot ? [baseCurrency, quoteCurrency] : [quoteCurrency],
    lagDays: given ?? (isSpot ? spotLagDays(baseCurrency, quoteCurrency) : usual),
  };
}
