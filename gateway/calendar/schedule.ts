/** When a session may stand: hours of a day or days of a week, in a time zone. */
import { invariant, OutriderError, zoneOffsetMs } from '#engine';

/**
 * Each period is a session of its own, with numbers from 1. With days it is one period a week,
 * without one a day; an end that is not after the start lies a day, or a week, later.
 */
export type SessionSchedule = {
  /** IANA name such as `America/New_York`. */
  timeZone: string;
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

const DAY_MS = 86_400_000;
const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

/** The period that holds an instant, or undefined between two of them. */
export function periodAt(schedule: SessionSchedule, unixMs: number): SchedulePeriod | undefined {
  const { timeZone, startDay } = schedule;
  const today = Math.floor((unixMs + zoneOffsetMs(timeZone, unixMs)) / DAY_MS);
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
  const { timeZone } = schedule;
  const today = Math.floor((unixMs + zoneOffsetMs(timeZone, unixMs)) / DAY_MS);
  for (let day = today; ; day++) {
    invariant(day <= today + 8, 'a schedule has a period each week');
    if (!mayBeginOn(schedule, weekdayOf(day))) continue;
    const { startMs } = periodFrom(schedule, day);
    if (startMs > unixMs) return startMs;
  }
}

/** `HH:MM:SS` as seconds after midnight; throws `bad-config` naming the setting. */
export function secondsOfDay(setting: string, text: string): number {
  const match = /^([01]\d|2[0-3]):([0-5]\d):([0-5]\d)$/.exec(text);
  if (match === null) throw badSetting(setting, text, 'give HH:MM:SS');
  return (Number(match[1]) * 60 + Number(match[2])) * 60 + Number(match[3]);
}

/** A day of the week by its English name or the first two or more letters, as a number. */
export function dayOfWeek(setting: string, text: string): number {
  const name = text.trim().toLowerCase();
  const day = name.length < 2 ? -1 : DAYS.findIndex(each => each.startsWith(name));
  if (day < 0) throw badSetting(setting, text, 'give a day such as Mon or Monday');
  return day;
}

function mayBeginOn({ startDay, weekdays }: SessionSchedule, weekday: number): boolean {
  if (startDay !== undefined) return weekday === startDay;
  return weekdays === undefined || weekdays.includes(weekday);
}

/** `day` counts days since 1970 on the zone's calendar. */
function periodFrom(schedule: SessionSchedule, day: number): SchedulePeriod {
  const { timeZone, startSeconds, endSeconds, startDay, endDay } = schedule;
  const isLater = endSeconds > startSeconds;
  let days = isLater ? 0 : 1;
  if (startDay !== undefined) {
    days = ((endDay ?? startDay) - startDay + 7) % 7;
    if (days === 0 && !isLater) days = 7;
  }
  return {
    startMs: instantOf(timeZone, day, startSeconds),
    endMs: instantOf(timeZone, day + days, endSeconds),
  };
}

/** A time that a change of clocks skips counts as the same time by the clock before it. */
function instantOf(timeZone: string, day: number, seconds: number): number {
  const localMs = day * DAY_MS + seconds * 1_000;
  const guessMs = localMs - zoneOffsetMs(timeZone, localMs);
  return localMs - zoneOffsetMs(timeZone, guessMs);
}

/** 1970-01-01 was a Thursday. */
function weekdayOf(day: number): number {
  return (((day + 4) % 7) + 7) % 7;
}

function badSetting(setting: string, text: string, remedy: string): OutriderError {
  return new OutriderError('bad-config', `${setting}: ${JSON.stringify(text)}; ${remedy}`);
}
