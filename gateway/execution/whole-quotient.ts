/** Division of whole numbers that is exact up to 2^53, where a rounded quotient may be one off. */

/** floor(dividend / divisor) for a dividend of 0 or more and a divisor above 0. */
export const wholeQuotient = (dividend: number, divisor: number): number =>
  (dividend - (dividend % divisor)) / divisor;
