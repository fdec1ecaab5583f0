/** Calendars of a desk file: sessions of a day, holidays, short days, and for whom they are. */
import { z } from 'zod';
import { OutriderError } from '#engine';
import { BUILT_IN_CALENDARS, type CalendarShape } from '../calendar/built-in-calendars.ts';
import type { CalendarTerms } from '../calendar/calendar-terms.ts';
import { dayOfDate, dayOfWeek, secondsOfDay } from '../calendar/civil-day.ts';
import { checkZone } from '../calendar/zone.ts';
import { datesSchema } from './currencies.ts';
import { nameSchema } from './names.ts';

export const CALENDARS_MAX = 64;
const SESSIONS_MAX = 16;

const time = z.string().max(8);
const symbols = z.array(z.string().min(1).max(64)).max(4096);

const sessionSchema = z.strictObject({
  /** `HH:MM:SS`; an end that is not after the start has its start on the day before. */
  ...{ start: time, end: time },
  /** Of the day on which it ends. */
  days: z
    .array(z.string().max(9))
    .min(1, 'give at least one')
    .default(['Mon', 'Tue', 'Wed', 'Thu', 'Fri']),
});

const calendarSchema = z.strictObject({
  /** `fx-week`, `us-equity`, `cme-globex` and `always` need no zone and no sessions. */
  name: nameSchema,
  timeZone: z.string().min(1).max(64).optional(),
  sessions: z.array(sessionSchema).min(1, 'give at least one').max(SESSIONS_MAX).optional(),
  /** When the next trade date begins. */
  dayStart: time.optional(),
  lagDays: z.int().min(0).max(30).optional(),
  holidays: datesSchema.default([]),
  shortDays: z
    .array(z.strictObject({ date: z.string(), open: time.optional(), close: time.optional() }))
    .max(400)
    .default([]),
  instruments: symbols.optional(),
  venues: z.array(nameSchema).max(16).optional(),
});

export const calendarsSchema = z.array(calendarSchema).max(CALENDARS_MAX).default([]);

type Calendar = z.output<typeof calendarSchema>;

/** Throws `bad-config` for a time, date, day or zone that is none, and hours without a zone. */
export function calendarTerms(calendar: Calendar): CalendarTerms {
  const { name, holidays, shortDays, instruments, venues } = calendar;
  const place = `calendars ${name}`;
  return {
    ...shapeOf(calendar, place),
    ...{ name, instruments, venues },
    holidays: holidays.map(date => dayOfDate(`${place}: holidays`, date)),
    shortDays: shortDays.map(({ date, open, close }) => ({
      day: dayOfDate(`${place}: shortDays.date`, date),
      openSeconds: open === undefined ? undefined : secondsOfDay(`${place}: shortDays.open`, open),
      closeSeconds:
        close === undefined ? undefined : secondsOfDay(`${place}: shortDays.close`, close),
    })),
  };
}

/** What the file leaves out is that of the built-in calendar of its name. */
function shapeOf({ name, timeZone, sessions, dayStart, lagDays }: Calendar, place: string) {
  if (timeZone !== undefined) checkZone(`${place}: timeZone`, timeZone);
  const usual: CalendarShape | undefined = Object.entries(BUILT_IN_CALENDARS).find(
    ([each]) => each === name,
  )?.[1];
  const own = {
    ...{ timeZone, lagDays, sessions: sessions?.map(each => sessionOf(each, place)) },
    dayStartSeconds:
      dayStart === undefined ? undefined : secondsOfDay(`${place}: dayStart`, dayStart),
  };
  if (usual === undefined && (timeZone === undefined || sessions === undefined)) {
    const remedy = `give both, or a name among ${Object.keys(BUILT_IN_CALENDARS).join(', ')}`;
    throw new OutriderError('bad-config', `${place}: timeZone or sessions missing; ${remedy}`);
  }
  return {
    timeZone: own.timeZone ?? usual!.timeZone,
    sessions: own.sessions ?? usual!.sessions,
    dayStartSeconds: own.dayStartSeconds ?? usual?.dayStartSeconds ?? 0,
    lagDays: own.lagDays ?? usual?.lagDays ?? 0,
  };
}

function sessionOf({ start, end, days }: z.output<typeof sessionSchema>, place: string) {
  return {
    startSeconds: secondsOfDay(`${place}: sessions.start`, start),
    endSeconds: secondsOfDay(`${place}: sessions.end`, end),
    weekdays: days.map(day => dayOfWeek(`${place}: sessions.days`, day)),
  };
}
