/** A calendar as a desk file gives it: hours, the trade date, the lag to delivery, and for whom. */
import type { Instrument } from '#market';
import { BUILT_IN_CALENDARS, type CalendarShape } from './built-in-calendars.ts';
import type { ShortDay } from './trading-calendar.ts';

export type CalendarTerms = CalendarShape & {
  name: string;
  /** Days since 1970 without a session. */
  holidays: readonly number[];
  shortDays: readonly ShortDay[];
  /** Symbols; where it is left out, the instruments whose reference data name the calendar. */
  instruments?: readonly string[] | undefined;
  /** Names of venues whose own hours these are. */
  venues?: readonly string[] | undefined;
};

/** The calendar of an instrument; undefined where the desk has none for it. */
export function calendarOf(
  calendars: readonly CalendarTerms[],
  { symbol, calendar }: Instrument,
): CalendarTerms | undefined {
  return (
    calendars.find(({ instruments }) => instruments?.includes(symbol)) ??
    calendars.find(({ instruments, name }) => instruments === undefined && name === calendar)
  );
}

/** Where the desk says nothing of them: trade date and lag of the instrument's own calendar. */
export const usualShape = ({ calendar }: Instrument): CalendarShape => BUILT_IN_CALENDARS[calendar];
