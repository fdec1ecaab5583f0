/** The calendars that instruments of the reference data name, without holidays. */
import type { Instrument } from '#market';
import type { TradingSession } from './trading-calendar.ts';

export type CalendarShape = {
  timeZone: string;
  sessions: readonly TradingSession[];
  dayStartSeconds: number;
  /** Business days to delivery; a pair of currencies has its own. */
  lagDays: number;
};

const HOUR = 3_600;
const WEEKDAYS = [1, 2, 3, 4, 5];

const session = (startSeconds: number, endSeconds: number, weekdays = WEEKDAYS) => ({
  ...{ startSeconds, endSeconds, weekdays },
});

export const BUILT_IN_CALENDARS: Readonly<Record<Instrument['calendar'], CalendarShape>> = {
  'fx-week': {
    ...{ timeZone: 'America/New_York', sessions: [session(17 * HOUR, 17 * HOUR)] },
    ...{ dayStartSeconds: 17 * HOUR, lagDays: 2 },
  },
  // Extended hours: before, at and after the bell.
  'us-equity': {
    ...{ timeZone: 'America/New_York', sessions: [session(4 * HOUR, 20 * HOUR)] },
    ...{ dayStartSeconds: 0, lagDays: 1 },
  },
  'cme-globex': {
    ...{ timeZone: 'America/Chicago', sessions: [session(17 * HOUR, 16 * HOUR)] },
    ...{ dayStartSeconds: 17 * HOUR, lagDays: 1 },
  },
  always: {
    ...{ timeZone: 'UTC', sessions: [session(0, 0, [0, 1, 2, 3, 4, 5, 6])] },
    ...{ dayStartSeconds: 0, lagDays: 0 },
  },
};
