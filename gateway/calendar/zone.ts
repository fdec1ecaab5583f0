/** Time zones as tables: what a log was decided by must not depend on a machine's zone data. */
import { OutriderError, zoneOffsetMs } from '#engine';

/**
 * A zone without a table is looked up in the zone data of this Node, which may differ from that of
 * the next. What a gateway decides by is tabulated once and kept in its log's first record.
 */
export type Zone = {
  /** IANA name such as `America/New_York`. */
  timeZone: string;
  /** From when on, in Unix milliseconds, it is how far ahead of UTC; the first holds before too. */
  offsets?: readonly ZoneOffset[] | undefined;
};

export type ZoneOffset = { fromMs: number; offsetMs: number };

/** Unix milliseconds; a log holds 104 days, and days at its edges look a week further. */
export type Span = { fromMs: number; untilMs: number };

/** How far the zone's clock is ahead of UTC at an instant. */
export function offsetAt({ timeZone, offsets }: Zone, unixMs: number): number {
  if (offsets === undefined) return zoneOffsetMs(timeZone, unixMs);
  let at = 0;
  while (at + 1 < offsets.length && offsets[at + 1]!.fromMs <= unixMs) at++;
  return offsets[at]!.offsetMs;
}

/** Throws `bad-config` naming the setting for a zone that nobody knows. */
export function checkZone(setting: string, timeZone: string): void {
  try {
    zoneOffsetMs(timeZone, 0);
  } catch (error) {
    const remedy = 'give an IANA name such as America/New_York, or a fixed offset such as -05:00';
    const message = `${setting}: ${JSON.stringify(timeZone)}; ${remedy}`;
    throw new OutriderError('bad-config', message, { cause: error });
  }
}

/** No zone has changed its clock twice in so short a time. */
const STEP_MS = 6 * 3_600_000;

/** Throws `bad-usage` for a zone that nobody knows. */
export function tabulateZone(timeZone: string, { fromMs, untilMs }: Span): Required<Zone> {
  const offsets: ZoneOffset[] = [{ fromMs, offsetMs: zoneOffsetMs(timeZone, fromMs) }];
  for (let earlier = fromMs; earlier < untilMs; earlier += STEP_MS) {
    const later = Math.min(earlier + STEP_MS, untilMs);
    const offsetMs = zoneOffsetMs(timeZone, later);
    if (offsetMs === offsets.at(-1)!.offsetMs) continue;
    offsets.push({ fromMs: changeBetween(timeZone, earlier, later), offsetMs });
  }
  return { timeZone, offsets };
}

/** The first millisecond with the later offset. */
function changeBetween(timeZone: string, earlier: number, later: number): number {
  const before = zoneOffsetMs(timeZone, earlier);
  let [low, high] = [earlier, later];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (zoneOffsetMs(timeZone, middle) === before) low = middle;
    else high = middle;
  }
  return high;
}
