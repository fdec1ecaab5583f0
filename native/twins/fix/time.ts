/** UTCTimestamp text of Unix milliseconds: the twin of `crates/core/src/fix/time`. */

import { ORDER } from '../../order-layout.ts';

/** Bytes of `YYYYMMDD-HH:MM:SS.sss`. */
export const TIME_BYTES = 21;
/** 9999-12-31T23:59:59.999Z: the last time four digits of a year can say. */
export const UNIX_MS_MAX = 253_402_300_799_999;

const MS_PER_DAY = 86_400_000;
const ZERO = 48;

/** The text of the latest time; nearly every message shares its day with the last. */
export type TimeText = { readonly text: Uint8Array; day: number };

export const createTimeText = (): TimeText => ({
  text: Buffer.from('YYYYMMDD-HH:MM:SS.sss', 'latin1'),
  day: -1,
});

/** Makes it the text of an order's time; from the array, since a number would be an object. */
export function setTime(time: TimeText, order: Float64Array): void {
  const { text } = time;
  const unixMs = order[ORDER.unixMs]!;
  const day = Math.floor(unixMs / MS_PER_DAY);
  if (day !== time.day) {
    time.day = day;
    text.set(
      Buffer.from(new Date(day * MS_PER_DAY).toISOString().replaceAll('-', '')).subarray(0, 8),
    );
  }
  const ms = unixMs - day * MS_PER_DAY;
  const seconds = (ms / 1_000) | 0;
  const minutes = (seconds / 60) | 0;
  const hours = (minutes / 60) | 0;
  writePair(text, 9, hours);
  writePair(text, 12, minutes - hours * 60);
  writePair(text, 15, seconds - minutes * 60);
  const rest = ms - seconds * 1_000;
  const hundreds = (rest / 100) | 0;
  text[18] = ZERO + hundreds;
  writePair(text, 19, rest - hundreds * 100);
}

function writePair(text: Uint8Array, at: number, value: number): void {
  const tens = (value / 10) | 0;
  text[at] = ZERO + tens;
  text[at + 1] = ZERO + value - tens * 10;
}
