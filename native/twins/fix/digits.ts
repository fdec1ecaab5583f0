/** Numbers as digits in place, at a known width: the twin of `crates/core/src/fix/digits`. */

import { patch, type Template } from './template.ts';

const ZERO = 48;
const POINT = 46;
const MINUS = 45;
const SMALL_MAX = 0x7fff_ffff;

/** Digits of a number from 0 to 2^53 - 1; 0 has one. */
export function digitCount(value: number): number {
  let count = 1;
  for (let bound = 10; value >= bound; bound *= 10) count++;
  return count;
}

/** Bytes of a decimal: a sign, at least one digit, and a point before decimals. */
export function decimalWidth(value: number, decimals: number): number {
  const digits = Math.max(digitCount(Math.abs(value)), decimals + 1);
  return digits + (value < 0 ? 1 : 0) + (decimals > 0 ? 1 : 0);
}

/** Writes an integer, in units of 10^-decimals of its slot, over all of the slot. */
export function writeNumber(template: Template, slot: number, value: number): void {
  const at = template.at[slot]!;
  if (at === 0) return;
  const first = value < 0 ? at + 1 : at;
  if (value < 0) patch(template, at, MINUS);
  const decimals = template.decimals[slot]!;
  let end = at + template.widths[slot]!;
  const point = decimals === 0 ? 0 : end - decimals - 1;
  let rest = Math.abs(value);
  while (end > first && rest > SMALL_MAX) {
    if (--end === point) {
      patch(template, end, POINT);
      continue;
    }
    const next = Math.floor(rest / 10);
    patch(template, end, ZERO + (rest - next * 10));
    rest = next;
  }
  // The same in small integers, which is where nearly all numbers are.
  let small = rest | 0;
  while (end > first) {
    if (--end === point) {
      patch(template, end, POINT);
      continue;
    }
    const next = (small / 10) | 0;
    patch(template, end, ZERO + (small - next * 10));
    small = next;
  }
}
