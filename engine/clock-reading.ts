/** A clock carried from one thread to another: each thread counts its time from its own start. */
import { type Clock, clockFrom, machineNs } from './clock.ts';
import type { Nanoseconds } from './nanoseconds.ts';

/** What a clock showed at an instant of the machine's: enough for another thread to carry it on. */
export type ClockReading = { machineNs: number; nowNs: Nanoseconds };

export function readClock(clock: Clock): ClockReading {
  return { machineNs: machineNs(), nowNs: clock.nowNs() };
}

/** The clock that was read, in this thread; they part by less than a microsecond. */
export function clockFromReading(reading: ClockReading): Clock {
  return clockFrom(reading.nowNs + machineNs() - reading.machineNs);
}
