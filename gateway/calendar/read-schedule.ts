/** A schedule from texts, as settings and options give it under names of their own. */
import { OutriderError } from '#engine';
import { dayOfWeek, secondsOfDay } from './civil-day.ts';
import { periodAt, type SessionSchedule } from './schedule.ts';

/** Times as HH:MM:SS, days by their English names, several with commas between them. */
export type ScheduleTexts = {
  timeZone?: string | undefined;
  start?: string | undefined;
  end?: string | undefined;
  startDay?: string | undefined;
  endDay?: string | undefined;
  weekdays?: string | undefined;
};

/**
 * Undefined where no time is given. Throws `bad-config` for half a schedule, a day or a time that
 * is none, or an unknown zone, by the name under which it was given.
 */
export function readSchedule(
  texts: ScheduleTexts,
  names: Readonly<Record<keyof ScheduleTexts, string>>,
): SessionSchedule | undefined {
  const { timeZone = 'UTC', start, end, startDay, endDay, weekdays } = texts;
  if (start === undefined && end === undefined) return undefined;
  if (start === undefined || end === undefined) {
    throw halfGiven(`${names.start} and ${names.end}`, 'give both');
  }
  if ((startDay === undefined) !== (endDay === undefined)) {
    throw halfGiven(`${names.startDay} and ${names.endDay}`, 'give both or none');
  }
  const schedule: SessionSchedule = {
    timeZone,
    startSeconds: secondsOfDay(names.start, start),
    endSeconds: secondsOfDay(names.end, end),
    startDay: startDay === undefined ? undefined : dayOfWeek(names.startDay, startDay),
    endDay: endDay === undefined ? undefined : dayOfWeek(names.endDay, endDay),
    weekdays: weekdays?.split(',').map(day => dayOfWeek(names.weekdays, day)),
  };
  periodAt(schedule, 0);
  return schedule;
}

function halfGiven(settings: string, remedy: string): OutriderError {
  return new OutriderError('bad-config', `${settings}: one is missing; ${remedy}`);
}
