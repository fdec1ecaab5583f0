/** Whether anybody trades: hours of the venue's session, of the venue, and of the instrument. */
import type { Nanoseconds } from '#engine';
import type { MoneyTables } from './account/money-tables.ts';
import { isOpen, type OpenHours } from './calendar/trading-calendar.ts';
import { isWithinPeriod } from './session/period.ts';
import type { GatewayState } from './state.ts';

type Tables = MoneyTables | undefined;

/** What is outside any of the three would reach no one, or wait for the next day. */
export function isOutsideHours(
  { venues, tables, nowNs }: GatewayState,
  { venue, instrument }: { readonly venue: number; readonly instrument: number },
): boolean {
  if (!isWithinPeriod(venues[venue]!.session, nowNs)) return true;
  return isVenueClosed(tables, venue, nowNs) || isMarketClosed(tables, instrument, nowNs);
}

/** By calendars: neither has hours without the section. */
export const isVenueClosed = (tables: Tables, venue: number, nowNs: Nanoseconds): boolean =>
  tables !== undefined && isClosed(tables.venueHours[venue], nowNs);

export const isMarketClosed = (tables: Tables, instrument: number, nowNs: Nanoseconds): boolean =>
  tables !== undefined && isClosed(tables.instruments[instrument]!.hours, nowNs);

const isClosed = (hours: OpenHours | undefined, nowNs: number) =>
  hours !== undefined && !isOpen(hours, nowNs);
