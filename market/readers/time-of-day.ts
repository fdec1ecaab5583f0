/** Reads a time of day written in milliseconds, decimals allowed, as exact nanoseconds. */
import { DAY_NS, MILLISECOND_NS } from '#engine';
import { NO_STEPS } from '../decimal.ts';

const POINT = 46;
const MINUS = 45;
const ZERO = 48;
const DAY_MS = DAY_NS / MILLISECOND_NS;

/**
 * Nanoseconds since midnight in `bytes[start, end)`, below one day, or a code of NO_STEPS.
 * Digits finer than a nanosecond are cut off.
 */
export function parseTimeOfDay(bytes: Uint8Array, start: number, end: number): number {
  const from = bytes[start] === MINUS ? start + 1 : start;
  let milliseconds = 0;
  let at = from;
  for (; at < end && bytes[at] !== POINT; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9 || milliseconds >= DAY_MS) return NO_STEPS.malformed;
    milliseconds = milliseconds * 10 + digit;
  }
  if (at === from) return NO_STEPS.malformed;
  let nanoseconds = milliseconds * MILLISECOND_NS;
  let unit = MILLISECOND_NS / 10;
  for (at++; at < end; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) return NO_STEPS.malformed;
    if (unit >= 1) nanoseconds += digit * unit;
    unit /= 10;
  }
  if (from > start && nanoseconds > 0) return NO_STEPS.belowZero;
  return nanoseconds < DAY_NS ? nanoseconds : NO_STEPS.malformed;
}
