/** Wall-clock time of a recorded day to nanoseconds of the run, in any zone. */
import { DAY_NS, MILLISECOND_NS, type Nanoseconds, zoneOffsetMs } from '#engine';

/** Nanoseconds since local midnight, read off a wall clock, to nanoseconds since the run origin. */
export type DayClock = (wallNs: number) => Nanoseconds;

const DAY_MS = DAY_NS / MILLISECOND_NS;
const MINUTE_MS = 60_000;

/**
 * The clock of one local day (`2014-05-02`) in an IANA zone or at a fixed offset (`+05:30`).
 * On the day clocks change, the new offset holds from the wall time at which they change: an hour
 * that happens twice is read as its first pass, one that never happens as if it were the new one.
 */
export function dayClock(date: string, timeZone: string, originNs: bigint): DayClock {
  const midnightMs = Date.parse(`${date}T00:00:00Z`);
  const before = zoneOffsetMs(timeZone, midnightMs - zoneOffsetMs(timeZone, midnightMs));
  const after = zoneOffsetMs(timeZone, midnightMs + DAY_MS - before);
  const toRunNs = (offsetMs: number) =>
    Number(BigInt(midnightMs - offsetMs) * BigInt(MILLISECOND_NS) - originNs);
  const beforeNs = toRunNs(before);
  if (before === after) return wallNs => wallNs + beforeNs;
  const afterNs = toRunNs(after);
  const changeNs = changeMs(midnightMs - before, before, timeZone) * MILLISECOND_NS;
  return wallNs => wallNs + (wallNs < changeNs ? beforeNs : afterNs);
}

/** Milliseconds of wall time after local midnight at which the zone's offset changes that day. */
function changeMs(startMs: number, before: number, timeZone: string): number {
  let low = 0;
  let high = DAY_MS / MINUTE_MS;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (zoneOffsetMs(timeZone, startMs + middle * MINUTE_MS) === before) low = middle;
    else high = middle;
  }
  return high * MINUTE_MS;
}
