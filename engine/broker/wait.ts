/** Waiting between tries, on the clock of the wall: brokers of others keep no other time. */

import { clockFrom, wallTimers } from '../clock.ts';
import { MILLISECOND_NS } from '../nanoseconds.ts';

const clock = clockFrom(0);
const timers = wallTimers(clock);

export type Alarm = { cancel(): void };

/** Milliseconds of a clock that only goes forward. */
export function nowMs(): number {
  return clock.nowNs() / MILLISECOND_NS;
}

export function afterMs(delayMs: number, callback: () => void): Alarm {
  return timers.at(clock.nowNs() + delayMs * MILLISECOND_NS, callback);
}

/** Until it is done, but no longer. An alarm that is left over would keep a process from ending. */
export async function orAfterMs(delayMs: number, work: Promise<void>): Promise<void> {
  const over = Promise.withResolvers<void>();
  const alarm = afterMs(delayMs, over.resolve);
  try {
    await Promise.race([work, over.promise]);
  } finally {
    alarm.cancel();
  }
}

export function waitMs(delayMs: number): Promise<void> {
  return new Promise(resolve => void afterMs(delayMs, resolve));
}
