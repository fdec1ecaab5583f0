/** Times of venues to integers without a float between: ISO text and decimal seconds. */
import { MILLISECOND_NS, type Nanoseconds, SECOND_NS } from '#engine';

/** Reads a time of a venue; undefined for text that is none. */
export type TimeReader = (text: string) => Nanoseconds | undefined;

const DATE_CHARACTERS = 10;
const DIGITS_MAX = 9;
const ZERO = 48;

/** Of `2021-04-17T16:43:37.077621Z`, to 9 decimals; a day's date is worked out once. */
export function isoTimeReader(originNs: bigint): TimeReader {
  const originMs = Number(originNs / BigInt(MILLISECOND_NS));
  let date = '';
  let dateNs = 0;
  return text => {
    if (text.charCodeAt(10) !== 84 || text.charCodeAt(text.length - 1) !== 90) return undefined;
    if (!text.startsWith(date) || date === '') {
      const midnightMs = Date.parse(`${text.slice(0, DATE_CHARACTERS)}T00:00:00Z`);
      if (Number.isNaN(midnightMs)) return undefined;
      date = text.slice(0, DATE_CHARACTERS);
      dateNs = (midnightMs - originMs) * MILLISECOND_NS;
    }
    const hours = digitsOf(text, 11, 13);
    const minutes = digitsOf(text, 14, 16);
    const seconds = digitsOf(text, 17, 19);
    const isWhole = text.length === 20;
    const fraction = isWhole ? 0 : fractionNs(text, 20, text.length - 1);
    const sum = hours * 3600 + minutes * 60 + seconds;
    const timeNs = dateNs + sum * SECOND_NS + fraction;
    return Number.isNaN(timeNs) ? undefined : timeNs;
  };
}

/** Of `1618678123.481570`. */
export function secondsReader(originNs: bigint): TimeReader {
  const originSeconds = Number(originNs / BigInt(SECOND_NS));
  return text => {
    const point = text.indexOf('.');
    const whole = digitsOf(text, 0, point < 0 ? text.length : point);
    const fraction = point < 0 ? 0 : fractionNs(text, point + 1, text.length);
    const timeNs = (whole - originSeconds) * SECOND_NS + fraction;
    return Number.isNaN(timeNs) ? undefined : timeNs;
  };
}

/** Of whole milliseconds since 1970, a number or its text. */
export function millisecondsReader(originNs: bigint): (given: unknown) => Nanoseconds | undefined {
  const originMs = Number(originNs / BigInt(MILLISECOND_NS));
  return given => {
    const unixMs = typeof given === 'string' ? digitsOf(given, 0, given.length) : given;
    if (!Number.isSafeInteger(unixMs)) return undefined;
    return ((unixMs as number) - originMs) * MILLISECOND_NS;
  };
}

/** NaN where there is anything else, or nothing. */
function digitsOf(text: string, start: number, end: number): number {
  if (end <= start || end > text.length || end - start > 15) return Number.NaN;
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

function fractionNs(text: string, start: number, end: number): number {
  const length = end - start;
  if (length > DIGITS_MAX) return Number.NaN;
  return digitsOf(text, start, end) * 10 ** (DIGITS_MAX - length);
}
