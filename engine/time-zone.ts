/** Where a time zone stands against UTC, by the calendar data of the pinned Node. */
import { OutriderError } from './error.ts';

/** How far local time is ahead of UTC at an instant. */
export function zoneOffsetMs(timeZone: string, unixMs: number): number {
  const parts = zoneFormat(timeZone).formatToParts(unixMs);
  const name = parts.find(part => part.type === 'timeZoneName')?.value ?? '';
  const match = /^GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(name);
  if (match === null) throw unknownZone(timeZone);
  const [, sign, hours = 0, minutes = 0, seconds = 0] = match;
  const size = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
  return sign === '-' ? -size : size;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function zoneFormat(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
    formats.set(timeZone, format);
    return format;
  } catch {
    throw unknownZone(timeZone);
  }
}

function unknownZone(timeZone: string): OutriderError {
  return new OutriderError(
    'bad-usage',
    `time zone '${timeZone}' is not known: use an IANA name such as America/New_York, ` +
      'or a fixed offset such as -05:00.',
  );
}
