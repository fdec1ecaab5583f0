/** Exact decimals of FIX prices and quantities: integers inside the program, text on the wire. */
import { OutriderError } from '#engine';

const DECIMALS_MAX = 15;

/** `value` in units of 10^-decimals: 138700 with 5 decimals is `1.38700`, always all its digits. */
export function formatDecimal(value: number, decimals: number): string {
  if (!Number.isSafeInteger(value) || !(decimals >= 0 && decimals <= DECIMALS_MAX)) {
    throw new OutriderError(
      'bad-data',
      `decimal: ${value} with ${decimals} decimals; give a safe integer and 0 to 15 decimals`,
    );
  }
  if (decimals === 0) return String(value);
  const negative = value < 0;
  const digits = String(negative ? -value : value).padStart(decimals + 1, '0');
  const point = digits.length - decimals;
  return `${negative ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/**
 * The integer number of 10^-decimals that a text says exactly: `1.387` with 5 decimals is 138700.
 * Undefined when the text is no decimal, is finer than `decimals` (zeros aside) or overflows.
 */
export function parseDecimal(text: string, decimals: number): number | undefined {
  const negative = text.charCodeAt(0) === 45;
  let value = 0;
  let places = -1;
  let digits = 0;
  for (let at = negative ? 1 : 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit === -2 && places < 0) {
      places = 0;
      continue;
    }
    if (!(digit >= 0 && digit <= 9)) return undefined;
    digits++;
    if (places >= decimals) {
      if (digit !== 0) return undefined;
      continue;
    }
    value = value * 10 + digit;
    if (places >= 0) places++;
  }
  if (digits === 0) return undefined;
  for (let place = Math.max(places, 0); place < decimals; place++) value *= 10;
  if (!Number.isSafeInteger(value)) return undefined;
  return negative && value !== 0 ? -value : value;
}

/** True for an optional minus, digits and at most one point: what FIX calls a float. */
export function isDecimal(text: string): boolean {
  let digits = 0;
  let points = 0;
  for (let at = text.charCodeAt(0) === 45 ? 1 : 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 46) points++;
    else if (code >= 48 && code <= 57) digits++;
    else return false;
  }
  return digits > 0 && points <= 1;
}
