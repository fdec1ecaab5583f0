/** Time as a port: a clock to read and timers to wait on, never the machine's own directly. */
import { MILLISECOND_NS, type Nanoseconds } from './nanoseconds.ts';

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
  const startWallNs = BigInt(Date.now()) * 1_000_000n - originNs;
  const offsetNs = Number(startWallNs) - monotonicNs();
  let last = 0;
  return {
    nowNs() {
      const now = monotonicNs() + offsetNs;
      if (now > last) last = now;
      return last;
    },
  };
}

/** Real time from a start of one's own: a recorded day relived begins at its first tick. */
export function clockFrom(startNs: Nanoseconds): Clock {
  const offsetNs = startNs - monotonicNs();
  return { nowNs: () => monotonicNs() + offsetNs };
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
