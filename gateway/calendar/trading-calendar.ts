/** When a market trades: sessions of a day with the breaks between them, holidays, short days. */
import type { Nanoseconds } from '#engine';
import { civilDayAt, instantOf, weekdayOf } from './civil-day.ts';
import { type Edges, edgesOf, edgesUntil, spanOfLog } from './edges.ts';
import { periodFrom, type SchedulePeriod } from './schedule.ts';
import type { Zone } from './zone.ts';

/**
 * A session belongs to the day on which it ends: the FX week is five sessions from 17:00 to 17:00,
 * Monday's begins on Sunday, and a holiday on a Thursday begins on Wednesday at 17:00.
 */
export type TradingCalendar = Zone & {
  name: string;
  sessions: readonly TradingSession[];
  /** When a trade date begins, in seconds after midnight: at noon or later, the next one. */
  dayStartSeconds: number;
  /** Days since 1970 without any session. */
  holidays: readonly number[];
  shortDays: readonly ShortDay[];
};

/** Seconds after midnight; an end that is not after the start has its start on the day before. */
export type TradingSession = {
  startSeconds: number;
  endSeconds: number;
  /** Of the day on which it ends; 0 is Sunday. */
  weekdays: readonly number[];
};

/** A day that opens later or closes earlier than others, in seconds after its midnight. */
export type ShortDay = {
  day: number;
  openSeconds?: number | undefined;
  closeSeconds?: number | undefined;
};

/** Opens at the first edge, closes at the second, and so on; no two are equal. */
export type OpenHours = Edges;

/** The hours of all that a log of this origin can hold. */
export function openHours(calendar: TradingCalendar, originNs: bigint): OpenHours {
  const { fromMs, untilMs } = spanOfLog(originNs);
  const periods: SchedulePeriod[] = [];
  const lastDay = civilDayAt(calendar, untilMs);
  for (let day = civilDayAt(calendar, fromMs); day <= lastDay; day++) {
    periods.push(...periodsOf(calendar, day));
  }
  return edgesOf(edgesOfPeriods(periods), originNs);
}

export function isOpen(hours: OpenHours, timeNs: Nanoseconds): boolean {
  return edgesUntil(hours, timeNs) % 2 === 1;
}

/** The time itself where it is open; infinite where it opens no more in the log's time. */
export function opensAtNs(hours: OpenHours, timeNs: Nanoseconds): Nanoseconds {
  const index = edgesUntil(hours, timeNs);
  return index % 2 === 1 ? timeNs : (hours[index] ?? Number.POSITIVE_INFINITY);
}

/** Likewise where it is closed. */
export function closesAtNs(hours: OpenHours, timeNs: Nanoseconds): Nanoseconds {
  const index = edgesUntil(hours, timeNs);
  return index % 2 === 0 ? timeNs : (hours[index] ?? Number.POSITIVE_INFINITY);
}

/** The sessions that end on a day, without what a short day takes from them. */
function periodsOf(calendar: TradingCalendar, day: number): SchedulePeriod[] {
  const { sessions, holidays, shortDays } = calendar;
  if (holidays.includes(day)) return [];
  const short = shortDays.find(each => each.day === day);
  const at = (seconds: number | undefined) =>
    seconds === undefined ? undefined : instantOf(calendar, day, seconds);
  const openMs = at(short?.openSeconds) ?? Number.NEGATIVE_INFINITY;
  const closeMs = at(short?.closeSeconds) ?? Number.POSITIVE_INFINITY;
  return sessions
    .filter(({ weekdays }) => weekdays.includes(weekdayOf(day)))
    .map(({ startSeconds, endSeconds }) => {
      const first = endSeconds > startSeconds ? day : day - 1;
      const period = periodFrom({ ...zoneOf(calendar), startSeconds, endSeconds }, first);
      return {
        startMs: Math.max(period.startMs, openMs),
        endMs: Math.min(period.endMs, closeMs),
      };
    })
    .filter(({ startMs, endMs }) => startMs < endMs);
}

const zoneOf = ({ timeZone, offsets }: Zone): Zone => ({ timeZone, offsets });

/** Sessions that meet or overlap are one. */
function edgesOfPeriods(periods: readonly SchedulePeriod[]): number[] {
  const edges: number[] = [];
  for (const { startMs, endMs } of periods.toSorted((a, b) => a.startMs - b.startMs)) {
    const last = edges.at(-1);
    if (last === undefined || startMs > last) edges.push(startMs, endMs);
    else edges[edges.length - 1] = Math.max(last, endMs);
  }
  return edges;
}
