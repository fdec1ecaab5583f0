/** Days that begin at a time of a zone's clock: trading days of an account, trade dates. */
import type { Nanoseconds } from '#engine';
import { civilDayAt, instantOf } from './civil-day.ts';
import { type Edges, edgesOf, edgesUntil, spanOfLog } from './edges.ts';
import type { Zone } from './zone.ts';

export type DayTable = {
  /** The day, since 1970, that begins at the first edge. */
  firstDay: number;
  starts: Edges;
};

const NOON_SECONDS = 43_200;

/**
 * Where days begin over all that a log of this origin can hold. One that begins at noon or later
 * has the name of the next date: from 17:00 in New York on, it is tomorrow's trade date.
 */
export function dayTable(
  { zone, startSeconds }: { zone: Zone; startSeconds: number },
  originNs: bigint,
): DayTable {
  const { fromMs, untilMs } = spanOfLog(originNs);
  const first = civilDayAt(zone, fromMs);
  const starts: number[] = [];
  for (let day = first; day <= civilDayAt(zone, untilMs); day++) {
    starts.push(instantOf(zone, day, startSeconds));
  }
  const firstDay = startSeconds >= NOON_SECONDS ? first + 1 : first;
  return { firstDay, starts: edgesOf(starts, originNs) };
}

/** The day that a time of the log belongs to. */
export function dayAt({ firstDay, starts }: DayTable, timeNs: Nanoseconds): number {
  return firstDay + edgesUntil(starts, timeNs) - 1;
}

/** When the next day begins; infinite beyond what a log can hold. */
export function nextDayNs({ starts }: DayTable, timeNs: Nanoseconds): Nanoseconds {
  return starts[edgesUntil(starts, timeNs)] ?? Number.POSITIVE_INFINITY;
}
