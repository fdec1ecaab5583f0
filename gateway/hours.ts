/** Whether anybody trades: hours of the venue's session, of the venue, and of the instrument. */
import { isOpen, type OpenHours } from './calendar/trading-calendar.ts';
import { isWithinPeriod } from './session/period.ts';
import type { GatewayState } from './state.ts';

/** What is outside any of the three would reach no one, or wait for the next day. */
export function isOutsideHours(
  { venues, tables, nowNs }: GatewayState,
  { venue, instrument }: { readonly venue: number; readonly instrument: number },
): boolean {
  if (!isWithinPeriod(venues[venue]!.session, nowNs)) return true;
  if (tables === undefined) return false;
  return (
    isClosed(tables.venueHours[venue], nowNs) ||
    isClosed(tables.instruments[instrument]!.hours, nowNs)
  );
}

const isClosed = (hours: OpenHours | undefined, nowNs: number) =>
  hours !== undefined && !isOpen(hours, nowNs);
