/** How long to wait before the next try: longer each time, and never all at the same moment. */
import { MILLISECOND_NS, type Nanoseconds, type Random, SECOND_NS } from '#engine';

const FIRST_NS = 500 * MILLISECOND_NS;
export const BACK_OFF_MAX_NS = 30 * SECOND_NS;

/** Between half and all of 0.5 s, 1 s, 2 s ... 30 s, after `failures` in a row, at least 1. */
export function backOffNs(failures: number, random: Random): Nanoseconds {
  const wholeNs = Math.min(BACK_OFF_MAX_NS, FIRST_NS * 2 ** Math.min(failures - 1, 16));
  return Math.round((wholeNs * (1 + random.nextFloat())) / 2);
}
