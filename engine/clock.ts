/** Time as a port: a clock to read and timers to wait on, never the machine's own directly. */
import { MILLISECOND_NS, type Nanoseconds, SECOND_NS } from './nanoseconds.ts';

export type Clock = {
  /** Now; never decreases. */
  nowNs(): Nanoseconds;
};

export type TimerHandle = { cancel(): void };

/** Runs a callback once the clock has reached a time; a past time fires at the next turn. */
export type Timers = {
  at(timeNs: Nanoseconds, callback: () => void): TimerHandle;
};

/** The wall clock of this machine, monotonic from its start, as nanoseconds since `originNs`. */
export function wallClock(originNs: bigint): Clock {
  const offsetNs = wallOffsetNs(originNs);
  let last = 0;
  return {
    nowNs() {
      const now = monotonicNs() + offsetNs;
      if (now > last) last = now;
      return last;
    },
  };
}

const OFFSET_TRIES = 20;

/**
 * What to add to the monotonic clock. A process that loses its core between the two readings would
 * be off by that time for good, and processes would disagree: the quickest of some pairs counts.
 */
function wallOffsetNs(originNs: bigint): number {
  let quickestNs = Number.POSITIVE_INFINITY;
  let offsetNs = 0;
  for (let tries = 0; tries < OFFSET_TRIES; tries++) {
    const beforeNs = monotonicNs();
    const wallNs = Number(BigInt(Date.now()) * BigInt(MILLISECOND_NS) - originNs);
    const tookNs = monotonicNs() - beforeNs;
    if (tookNs >= quickestNs) continue;
    quickestNs = tookNs;
    offsetNs = wallNs - beforeNs;
  }
  return offsetNs;
}

/** Real time from a start of one's own: a recorded day relived begins at its first tick. */
export function clockFrom(startNs: Nanoseconds): Clock {
  const offsetNs = startNs - monotonicNs();
  return { nowNs: () => monotonicNs() + offsetNs };
}

/** Since the machine began; the same in all its threads. */
export function machineNs(): Nanoseconds {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * SECOND_NS + nanoseconds;
}

/** Since this thread began. Unlike `process.hrtime` it allocates nothing, and is as fine. */
function monotonicNs(): Nanoseconds {
  return Math.round(performance.now() * MILLISECOND_NS);
}

/** Timers on the event loop of this process, for a wall clock. */
export function wallTimers(clock: Clock): Timers {
  return {
    at(timeNs, callback) {
      const delayMs = Math.max(0, Math.ceil((timeNs - clock.nowNs()) / MILLISECOND_NS));
      const handle = setTimeout(callback, Math.min(delayMs, 2 ** 31 - 1));
      return { cancel: () => clearTimeout(handle) };
    },
  };
}
