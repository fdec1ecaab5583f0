/** UTCTimestamp fields (52, 60, 122): `YYYYMMDD-HH:MM:SS.sss`, from a run's origin and time. */
import { OutriderError } from '#engine';

const MS_PER_DAY = 86_400_000;
/** 9999-12-31T23:59:59.999Z: the last time four digits of a year can say. */
const UNIX_MS_MAX = 253_402_300_799_999;

/** The latest origin, day and millisecond: nearly every timestamp shares them with the last. */
const cached = {
  originNs: 0n,
  originSeconds: 0,
  originRestNs: 0,
  unixMs: Number.NaN,
  text: '',
  day: Number.NaN,
  dayText: '',
};
/** The latest text that was read, and the one that was found to be a time. */
const read = { text: '', originNs: 0n, timeNs: undefined as number | undefined };
let validText = '';
/** Of a unit in the last of 3, 6 or 9 decimals. */
const DECIMAL_NS = [0, 0, 0, 1_000_000, 0, 0, 1_000, 0, 0, 1];

/**
 * `YYYYMMDD-HH:MM:SS.sss` of the millisecond that holds `originNs + timeNs`.
 * Throws `bad-data` for a time before 1970 or after 9999.
 */
export function formatUtcTimestamp(originNs: bigint, timeNs: number): string {
  splitOrigin(originNs);
  const sinceSecondNs = cached.originRestNs + timeNs;
  const unixMs = cached.originSeconds * 1_000 + floorDivide(sinceSecondNs, 1_000_000);
  if (unixMs === cached.unixMs) return cached.text;
  if (!(unixMs >= 0 && unixMs <= UNIX_MS_MAX)) {
    throw new OutriderError(
      'bad-data',
      `timestamp: ${timeNs} ns after origin ${originNs} is outside 1970-9999; check the origin`,
    );
  }
  const day = floorDivide(unixMs, MS_PER_DAY);
  if (day !== cached.day) {
    cached.day = day;
    cached.dayText = formatDay(day);
  }
  const ms = unixMs - day * MS_PER_DAY;
  const seconds = floorDivide(ms, 1_000);
  const minutes = floorDivide(seconds, 60);
  const clock = `${pad2(floorDivide(minutes, 60))}:${pad2(minutes % 60)}:${pad2(seconds % 60)}`;
  cached.unixMs = unixMs;
  cached.text = `${cached.dayText}-${clock}.${pad3(ms % 1_000)}`;
  return cached.text;
}

/**
 * Nanoseconds since the origin of `YYYYMMDD-HH:MM:SS` with no, 3, 6 or 9 decimals; undefined when
 * the text is not such a time. A leap second (`:60`) counts as the second after it. Beyond the 104
 * days around the origin that a time can hold the result is plus or minus infinity.
 */
export function parseUtcTimestamp(text: string, originNs: bigint): number | undefined {
  if (text !== read.text || originNs !== read.originNs) {
    read.timeNs = timeOf(text, originNs);
    read.text = text;
    read.originNs = originNs;
  }
  return read.timeNs;
}

function timeOf(text: string, originNs: bigint): number | undefined {
  const unixSeconds = secondsOf(text);
  const fraction = fractionNs(text);
  if (Number.isNaN(unixSeconds) || Number.isNaN(fraction)) return undefined;
  splitOrigin(originNs);
  const seconds = unixSeconds - cached.originSeconds;
  const wholeNs = seconds * 1_000_000_000;
  const timeNs = wholeNs + (fraction - cached.originRestNs);
  const exact = Number.isSafeInteger(wholeNs) && Number.isSafeInteger(timeNs);
  return exact ? timeNs : wholeNs * Number.POSITIVE_INFINITY;
}

/** True for a text that `parseUtcTimestamp` takes. */
export function isUtcTimestamp(text: string): boolean {
  if (text === validText) return true;
  if (Number.isNaN(secondsOf(text)) || Number.isNaN(fractionNs(text))) return false;
  validText = text;
  return true;
}

function splitOrigin(originNs: bigint): void {
  if (originNs === cached.originNs) return;
  cached.originNs = originNs;
  cached.originSeconds = Number(originNs / 1_000_000_000n);
  cached.originRestNs = Number(originNs % 1_000_000_000n);
}

/** Whole Unix seconds of `YYYYMMDD-HH:MM:SS`, NaN when the text does not begin with such a time. */
function secondsOf(text: string): number {
  if (text.charCodeAt(8) !== 45 || text.charCodeAt(11) !== 58 || text.charCodeAt(14) !== 58) {
    return Number.NaN;
  }
  const hours = digits(text, 9, 11);
  const minutes = digits(text, 12, 14);
  const seconds = digits(text, 15, 17);
  if (!(hours <= 23 && minutes <= 59 && seconds <= 60)) return Number.NaN;
  return dayNumber(text) * 86_400 + (hours * 60 + minutes) * 60 + seconds;
}

/** Days since 1970 of the `YYYYMMDD` at the start of a text; NaN when there is no such day. */
function dayNumber(text: string): number {
  const year = digits(text, 0, 4);
  const month = digits(text, 4, 6);
  const day = digits(text, 6, 8);
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month))) return Number.NaN;
  return daysFromCivil(year, month, day);
}

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Nanoseconds of the decimals after the seconds; NaN when they are malformed. */
function fractionNs(text: string): number {
  if (text.length === 17) return 0;
  const decimals = text.length - 18;
  if (text[17] !== '.' || (decimals !== 3 && decimals !== 6 && decimals !== 9)) return Number.NaN;
  return digits(text, 18, text.length) * DECIMAL_NS[decimals]!;
}

/** The number that a stretch of digits spells; NaN for anything else. */
function digits(text: string, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** Days of the proleptic Gregorian calendar since 1970-01-01; years begin in March inside. */
function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = floorDivide(shifted, 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = floorDivide(153 * ((month + 9) % 12) + 2, 5) + day - 1;
  const leapDays = floorDivide(yearOfEra, 4) - floorDivide(yearOfEra, 100);
  return era * 146_097 + yearOfEra * 365 + leapDays + dayOfYear - 719_468;
}

function formatDay(day: number): string {
  const shifted = day + 719_468;
  const era = floorDivide(shifted, 146_097);
  const dayOfEra = shifted - era * 146_097;
  const leapDays =
    floorDivide(dayOfEra, 1_460) - floorDivide(dayOfEra, 36_524) + floorDivide(dayOfEra, 146_096);
  const yearOfEra = floorDivide(dayOfEra - leapDays, 365);
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + floorDivide(yearOfEra, 4) - floorDivide(yearOfEra, 100));
  const marchMonth = floorDivide(5 * dayOfYear + 2, 153);
  const dayOfMonth = dayOfYear - floorDivide(153 * marchMonth + 2, 5) + 1;
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${String(year).padStart(4, '0')}${pad2(month)}${pad2(dayOfMonth)}`;
}

/** Exact for safe integers, where a rounded quotient could reach the next integer. */
function floorDivide(value: number, divisor: number): number {
  const rest = value % divisor;
  return (value - (rest < 0 ? rest + divisor : rest)) / divisor;
}

const pad2 = (value: number) => (value < 10 ? `0${value}` : `${value}`);
const pad3 = (value: number) => (value < 100 ? `0${pad2(value)}` : `${value}`);
