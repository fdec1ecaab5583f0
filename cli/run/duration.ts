/** Lengths of time as options give them. */
import { MILLISECOND_NS, SECOND_NS } from '#engine';

const UNITS_NS = { ms: MILLISECOND_NS, s: SECOND_NS, m: 60 * SECOND_NS, h: 3600 * SECOND_NS };

/** `20s`, `500ms`, `2m`, `1h` in nanoseconds; the schema has checked the form. */
export function durationNs(text: string): number {
  const [, number, unit] = /^([\d.]+)(ms|s|m|h)$/.exec(text)!;
  return Math.round(Number(number) * UNITS_NS[unit as keyof typeof UNITS_NS]);
}
