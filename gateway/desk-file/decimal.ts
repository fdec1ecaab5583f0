/** Decimals of a desk file as whole numbers of 10^-9. */
import { z } from 'zod';
import { billionths } from '../account/holding.ts';

const DECIMAL = /^-?\d{1,9}(\.\d{1,9})?$/;

/** Up to 9,000,000 units either way. */
export const nanosSchema = z
  .string()
  .regex(DECIMAL, {
    error: "give a decimal such as '0.35', nine places at most",
    abort: true,
  })
  .refine(text => Number.isSafeInteger(nanosOfText(text)), 'give at most 9000000 either way');

/** `-0.35` is -350,000,000. */
export function nanosOfText(text: string): number {
  const isBelow = text.startsWith('-');
  const size = Number(billionths(isBelow ? text.slice(1) : text));
  return isBelow ? -size : size;
}
