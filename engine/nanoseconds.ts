/** Times as numbers: nanoseconds since the run's origin, and the lengths they are counted in. */

/** Integer nanoseconds since the run's origin (a UTC midnight); exact up to 2^53 ns, 104 days. */
export type Nanoseconds = number;

export const MICROSECOND_NS = 1_000;
export const MILLISECOND_NS = 1_000_000;
export const SECOND_NS = 1_000_000_000;
export const DAY_NS = 86_400 * SECOND_NS;

/** The UTC midnight at or before a Unix time in nanoseconds. */
export function midnightBefore(unixNs: bigint): bigint {
  return unixNs - (unixNs % BigInt(DAY_NS));
}
