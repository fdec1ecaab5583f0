/** Time as the runtime needs it: milliseconds since 1970, and waits that others may end. */

import type { Clock, Timers } from '../clock.ts';
import type { Disk } from '../disk.ts';
import { MILLISECOND_NS } from '../nanoseconds.ts';

export type RuntimePorts = {
  readonly clock: Clock;
  readonly timers: Timers;
  /** UTC midnight that the clock counts from, nanoseconds since 1970. */
  readonly originNs: bigint;
  /** Done in the next turn of the event loop: sockets are read and heartbeats sent before. */
  nextTurn(): Promise<void>;
  readonly disk: Disk;
};

export type RuntimeTime = {
  /** Milliseconds since 1970. */
  nowMs(): number;
  sleep(ms: number): Promise<void>;
  createWaker(): Waker;
};

/** One waits, anybody wakes: a wake that comes before the wait ends it at once. */
export type Waker = {
  wake(): void;
  /** Done at that time at the latest, or when woken; without a time only then. */
  until(timeMs?: number): Promise<void>;
};

export function runtimeTime({ clock, timers, originNs }: RuntimePorts): RuntimeTime {
  const originMs = Number(originNs / BigInt(MILLISECOND_NS));
  const nowMs = () => originMs + clock.nowNs() / MILLISECOND_NS;
  const at = (timeMs: number, callback: () => void) =>
    timers.at(Math.max(0, Math.ceil((timeMs - originMs) * MILLISECOND_NS)), callback);
  return {
    nowMs,
    sleep: ms => new Promise(resolve => at(nowMs() + ms, resolve)),
    createWaker() {
      let isAwake = false;
      let wakeUp: (() => void) | undefined;
      return {
        wake() {
          isAwake = true;
          wakeUp?.();
        },
        async until(timeMs) {
          if (!isAwake) {
            const { promise, resolve } = Promise.withResolvers<void>();
            wakeUp = resolve;
            const timer = timeMs === undefined ? undefined : at(timeMs, resolve);
            await promise;
            timer?.cancel();
            wakeUp = undefined;
          }
          isAwake = false;
        },
      };
    },
  };
}

/** Runs actions one after the other, in the order they were asked for. */
export function createTurns(): <Result>(action: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return action => {
    const turn = last.then(action, action);
    last = turn.catch(() => {});
    return turn;
  };
}
