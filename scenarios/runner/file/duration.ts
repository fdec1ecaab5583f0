/** Lengths of time as scenario files write them: `300us`, `20ms`, `1.5s`, `2m`. */
import { MICROSECOND_NS, MILLISECOND_NS, type Nanoseconds, SECOND_NS } from '#engine';

const UNITS_NS: Readonly<Record<string, number>> = {
  us: MICROSECOND_NS,
  ms: MILLISECOND_NS,
  s: SECOND_NS,
  m: 60 * SECOND_NS,
};

const FORM = /^(\d{1,9}(?:\.\d{1,6})?)(us|ms|s|m)$/;

/** Nanoseconds, or undefined where the text is no length of time. */
export function parseDuration(text: string): Nanoseconds | undefined {
  const [, number, unit] = FORM.exec(text) ?? [];
  return unit === undefined ? undefined : Math.round(Number(number) * UNITS_NS[unit]!);
}
