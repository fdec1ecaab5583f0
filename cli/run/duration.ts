/** Lengths of time as options give them. */
import { MILLISECOND_NS, SECOND_NS } from '#engine';

const UNITS_NS = { ms: MILLISECOND_NS, s: SECOND_NS, m: 60 * SECOND_NS, h: 3600 * SECOND_NS };

const FORM = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/;

export const isDuration = (text: string): boolean => FORM.test(text);

/** `20s`, `500ms`, `2m`, `1h` in nanoseconds; `isDuration` has checked the form. */
export function durationNs(text: string): number {
  const [, number, unit] = FORM.exec(text)!;
  return Math.round(Number(number) * UNITS_NS[unit as keyof typeof UNITS_NS]);
}
