/** Days of a calendar as whole numbers since 1970-01-01, and times of day by a zone's clock. */
import { OutriderError } from '#engine';
import { offsetAt, type Zone } from './zone.ts';

export const DAY_MS = 86_400_000;

const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

/** The date that the zone's calendar shows at an instant. */
export function civilDayAt(zone: Zone, unixMs: number): number {
  return Math.floor((unixMs + offsetAt(zone, unixMs)) / DAY_MS);
}

/**
 * When the zone's clock shows a time of a day, as Unix milliseconds. A time that a change of
 * clocks skips counts by the clock before it, one that happens twice as its first pass.
 */
export function instantOf(zone: Zone, day: number, seconds: number): number {
  const localMs = day * DAY_MS + seconds * 1_000;
  const before = offsetAt(zone, localMs - DAY_MS);
  const after = offsetAt(zone, localMs + DAY_MS);
  const isByClock = (offsetMs: number) => offsetAt(zone, localMs - offsetMs) === offsetMs;
  return localMs - (isByClock(before) || !isByClock(after) ? before : after);
}

/** 0 is Sunday; 1970-01-01 was a Thursday. */
export function weekdayOf(day: number): number {
  return (((day + 4) % 7) + 7) % 7;
}

/** A day of the week by its English name or the first two or more letters, as a number. */
export function dayOfWeek(setting: string, text: string): number {
  const name = text.trim().toLowerCase();
  const day = name.length < 2 ? -1 : DAYS.findIndex(each => each.startsWith(name));
  if (day < 0) throw badSetting(setting, text, 'give a day such as Mon or Monday');
  return day;
}

/** `HH:MM:SS` as seconds after midnight; throws `bad-config` naming the setting. */
export function secondsOfDay(setting: string, text: string): number {
  const match = /^([01]\d|2[0-3]):([0-5]\d):([0-5]\d)$/.exec(text);
  if (match === null) throw badSetting(setting, text, 'give HH:MM:SS');
  return (Number(match[1]) * 60 + Number(match[2])) * 60 + Number(match[3]);
}

/** `YYYY-MM-DD` as a day; throws `bad-config` naming the setting. */
export function dayOfDate(setting: string, text: string): number {
  const day = Date.parse(`${text}T00:00:00Z`) / DAY_MS;
  if (Number.isInteger(day) && dateText(day) === text) return day;
  throw badSetting(setting, text, 'give a date such as 2026-12-25');
}

/** `YYYY-MM-DD`. */
export function dateText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

function badSetting(setting: string, text: string, remedy: string): OutriderError {
  return new OutriderError('bad-config', `${setting}: ${JSON.stringify(text)}; ${remedy}`);
}
