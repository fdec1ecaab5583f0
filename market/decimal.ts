/** Exact decimal text to whole steps of an increment and back: no float ever holds a price. */
import { OutriderError } from '#engine';

/** A step of a price or a quantity: mantissa / 10^decimals, so `0.25` is 25 and 2. */
export type Increment = { mantissa: number; decimals: number };

/** Reads plain decimal text in `bytes[start, end)`: steps, or a code of NO_STEPS. */
export type StepsParser = (bytes: Uint8Array, start: number, end: number) => number;

/** What a parser answers instead of steps: below zero as steps never are, the worst the lowest. */
export const NO_STEPS = { offIncrement: -1, belowZero: -2, malformed: -3 } as const;

/** Digits a number may have: more do not fit 2^53. */
const DIGITS_MAX = 15;
/** Bound of the steps, so that the sum of a bid and an ask is still exact. */
const STEPS_MAX = 2 ** 52;
const INCREMENT_DECIMALS_MAX = 12;
const POWERS = Array.from({ length: 31 }, (_, exponent) => 10 ** exponent);

const POINT = 46;
const MINUS = 45;
const ZERO = 48;

/** The increment `text` names, such as `0.00001` or `1000`; `field` names it in the error. */
export function incrementOf(text: string, field = 'increment'): Increment {
  const match = /^(\d{1,12})(?:\.(\d{1,12}))?$/.exec(text);
  const fraction = match?.[2] ?? '';
  const mantissa = match ? Number(match[1] + fraction) : 0;
  if (mantissa === 0 || fraction.length > INCREMENT_DECIMALS_MAX || mantissa >= 10 ** DIGITS_MAX) {
    throw new OutriderError(
      'bad-config',
      `${field} '${text}' is no positive plain decimal: write it as '0.00001' or '1000'.`,
    );
  }
  return { mantissa, decimals: fraction.length };
}

/**
 * A parser of numbers written in units of 10^-shift (4 where prices are written times 10,000).
 * `malformed` is anything but at most 15 digits with one point and a minus sign, `belowZero` a
 * negative number, `offIncrement` one that is no whole number of steps.
 */
export function stepsParser(increment: Increment, shift = 0): StepsParser {
  const { mantissa: step, decimals } = increment;
  return (bytes, start, end) => {
    const negative = bytes[start] === MINUS;
    let mantissa = 0;
    let digits = 0;
    let fraction = 0;
    let pointSeen = false;
    for (let at = negative ? start + 1 : start; at < end; at++) {
      const digit = bytes[at]! - ZERO;
      if (digit >= 0 && digit <= 9) {
        mantissa = mantissa * 10 + digit;
        digits++;
      } else if (digit === POINT - ZERO && !pointSeen) {
        fraction = end - at - 1;
        pointSeen = true;
      } else {
        return NO_STEPS.malformed;
      }
    }
    if (digits === 0 || digits > DIGITS_MAX) return NO_STEPS.malformed;
    if (negative && mantissa > 0) return NO_STEPS.belowZero;
    return stepsOf(mantissa, decimals - shift - fraction, step);
  };
}

/** Of `mantissa * 10^exponent` in units of the step. */
function stepsOf(mantissa: number, exponent: number, step: number): number {
  const dividend = exponent > 0 ? mantissa * POWERS[exponent]! : mantissa;
  const divisor = exponent < 0 ? step * POWERS[-exponent]! : step;
  if (dividend > STEPS_MAX) return NO_STEPS.malformed;
  if (divisor === 1) return dividend;
  return dividend % divisor === 0 ? dividend / divisor : NO_STEPS.offIncrement;
}

/** Of decimal text: longer is no number that fits. */
const TEXT_MAX = 32;

/**
 * As `stepsParser`, of text, for readers that have no bytes at hand. Zeros that say nothing, before
 * the first digit and after the last of a fraction, do not count towards the 15 digits.
 */
export function textStepsParser({ mantissa: step, decimals }: Increment): (text: string) => number {
  return text => {
    const isNegative = text.charCodeAt(0) === MINUS;
    const start = isNegative ? 1 : 0;
    const point = text.indexOf('.', start);
    let end = text.length;
    if (end > TEXT_MAX || end === start || (point >= 0 && end === start + 1)) {
      return NO_STEPS.malformed;
    }
    if (point >= 0) while (end > point + 1 && text.charCodeAt(end - 1) === ZERO) end--;
    let mantissa = 0;
    let digits = 0;
    for (let at = start; at < end; at++) {
      if (at === point) continue;
      const digit = text.charCodeAt(at) - ZERO;
      if (!(digit >= 0 && digit <= 9)) return NO_STEPS.malformed;
      mantissa = mantissa * 10 + digit;
      if (mantissa > 0) digits++;
    }
    if (digits > DIGITS_MAX) return NO_STEPS.malformed;
    if (isNegative && mantissa > 0) return NO_STEPS.belowZero;
    const fraction = point < 0 ? 0 : end - point - 1;
    return stepsOf(mantissa, decimals - fraction, step);
  };
}

/** The whole steps in decimal text, or a code of NO_STEPS. */
export function parseSteps(text: string, increment: Increment): number {
  const bytes = Buffer.from(text, 'latin1');
  return stepsParser(increment)(bytes, 0, bytes.length);
}

/** The exact decimal text of a whole, possibly negative, number of steps: `138626` is `1.38626`. */
export function formatSteps(steps: number, { mantissa, decimals }: Increment): string {
  const product = steps * mantissa;
  const exact = Number.isSafeInteger(product) ? product : BigInt(steps) * BigInt(mantissa);
  const sign = steps < 0 ? '-' : '';
  const digits = String(exact).slice(sign.length);
  if (decimals === 0) return sign + digits;
  const padded = digits.padStart(decimals + 1, '0');
  return `${sign}${padded.slice(0, -decimals)}.${padded.slice(-decimals)}`;
}
