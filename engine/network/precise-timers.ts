/** Timers that fire within a turn of the event loop of their time: setTimeout is off by more. */

import type { Clock, TimerHandle, Timers } from '../clock.ts';
import { MILLISECOND_NS } from '../nanoseconds.ts';

export type PreciseTimersPorts = {
  clock: Clock;
  timers: Timers;
  /** Runs a callback in the next turn of the event loop, sockets read before it. */
  nextTurn: (callback: () => void) => void;
};

/** setTimeout counts whole milliseconds and may be one late: the coarse wait ends so much early. */
const FINE_WAIT_NS = 2 * MILLISECOND_NS;

/** Waits coarsely and turns the event loop for the last 2 ms: that much of a core a timer. */
export function preciseTimers({ clock, timers, nextTurn }: PreciseTimersPorts): Timers {
  return {
    at(timeNs, callback) {
      let cancelled = false;
      let coarse: TimerHandle | undefined;
      const turn = () => {
        if (cancelled) return;
        if (clock.nowNs() >= timeNs) callback();
        else nextTurn(turn);
      };
      if (clock.nowNs() < timeNs - FINE_WAIT_NS) coarse = timers.at(timeNs - FINE_WAIT_NS, turn);
      else nextTurn(turn);
      return {
        cancel() {
          cancelled = true;
          coarse?.cancel();
        },
      };
    },
  };
}
