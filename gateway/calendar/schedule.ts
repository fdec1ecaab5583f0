/** When a session may stand: hours of a day or days of a week, in a time zone. */
import { invariant } from '#engine';
import { civilDayAt, instantOf, weekdayOf } from './civil-day.ts';
import type { Zone } from './zone.ts';

/**
 * Each period is a session of its own, with numbers from 1. With days it is one period a week,
 * without one a day; an end that is not after the start lies a day, or a week, later.
 */
export type SessionSchedule = Zone & {
  /** Seconds after the zone's midnight. */
  startSeconds: number;
  endSeconds: number;
  /** 0 is Sunday. */
  startDay?: number | undefined;
  endDay?: number | undefined;
  /** Days on which a daily period may begin; undefined for all. */
  weekdays?: readonly number[] | undefined;
};

/** Unix milliseconds: [startMs, endMs). */
export type SchedulePeriod = { startMs: number; endMs: number };

/** The period that holds an instant, or undefined between two of them. */
export function periodAt(schedule: SessionSchedule, unixMs: number): SchedulePeriod | undefined {
  const { startDay } = schedule;
  const today = civilDayAt(schedule, unixMs);
  const daysBack = startDay === undefined ? 2 : 8;
  for (let day = today; day >= today - daysBack; day--) {
    if (!mayBeginOn(schedule, weekdayOf(day))) continue;
    const period = periodFrom(schedule, day);
    if (unixMs >= period.startMs && unixMs < period.endMs) return period;
  }
  return undefined;
}

/** When the first period after an instant begins, as Unix milliseconds. */
export function nextStartMs(schedule: SessionSchedule, unixMs: number): number {
  const today = civilDayAt(schedule, unixMs);
  for (let day = today; ; day++) {
    invariant(day <= today + 8, 'a schedule has a period each week');
    if (!mayBeginOn(schedule, weekdayOf(day))) continue;
    const { startMs } = periodFrom(schedule, day);
    if (startMs > unixMs) return startMs;
  }
}

function mayBeginOn({ startDay, weekdays }: SessionSchedule, weekday: number): boolean {
  if (startDay !== undefined) return weekday === startDay;
  return weekdays === undefined || weekdays.includes(weekday);
}

/** The period that begins on a day of the zone's calendar. */
export function periodFrom(schedule: SessionSchedule, day: number): SchedulePeriod {
  const { startSeconds, endSeconds, startDay, endDay } = schedule;
  const isLater = endSeconds > startSeconds;
  let days = isLater ? 0 : 1;
  if (startDay !== undefined) {
    days = ((endDay ?? startDay) - startDay + 7) % 7;
    if (days === 0 && !isLater) days = 7;
  }
  return {
    startMs: instantOf(schedule, day, startSeconds),
    endMs: instantOf(schedule, day + days, endSeconds),
  };
}
