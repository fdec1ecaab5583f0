/** One direction of a forwarded connection: chunks leave in their order, a fixed time later. */

import type { Clock, TimerHandle, Timers } from '../clock.ts';
import type { Nanoseconds } from '../nanoseconds.ts';

/** Bytes, or the end of the stream or of the connection, which are delayed like them. */
export type Parcel = Uint8Array | 'end' | 'cut';

export type DelayLineOptions = {
  delayNs: number;
  clock: Clock;
  timers: Timers;
  deliver(parcel: Parcel, latenessNs: number): void;
};

export type DelayLine = {
  push(parcel: Parcel): void;
  /** Holds everything back until `timeNs`; what is due by then leaves at once, still in order. */
  stallUntil(timeNs: Nanoseconds): void;
  /** Forgets what waits. */
  close(): void;
  readonly waitingBytes: number;
};

type Waiting = { dueNs: Nanoseconds; parcel: Parcel };

const sizeOf = (parcel: Parcel) => (typeof parcel === 'string' ? 0 : parcel.length);

/** The line itself is unbounded: whoever pushes stops reading its source on `waitingBytes`. */
export function createDelayLine({ delayNs, clock, timers, deliver }: DelayLineOptions): DelayLine {
  let waiting: Waiting[] = [];
  let next = 0;
  let waitingBytes = 0;
  let stalledUntilNs = 0;
  let timer: TimerHandle | undefined;

  const arm = () => {
    timer?.cancel();
    timer = undefined;
    const head = waiting[next];
    if (head) timer = timers.at(Math.max(head.dueNs, stalledUntilNs), release);
  };

  const release = () => {
    const nowNs = clock.nowNs();
    for (let head = waiting[next]; head; head = waiting[next]) {
      if (head.dueNs > nowNs || stalledUntilNs > nowNs) break;
      next++;
      waitingBytes -= sizeOf(head.parcel);
      deliver(head.parcel, nowNs - Math.max(head.dueNs, stalledUntilNs));
    }
    waiting = waiting.slice(next);
    next = 0;
    arm();
  };

  return {
    push(parcel) {
      waiting.push({ dueNs: clock.nowNs() + delayNs, parcel });
      waitingBytes += sizeOf(parcel);
      if (timer === undefined) arm();
    },
    stallUntil(timeNs) {
      stalledUntilNs = timeNs;
      arm();
    },
    close() {
      timer?.cancel();
      timer = undefined;
      waiting = [];
      next = 0;
      waitingBytes = 0;
    },
    get waitingBytes() {
      return waitingBytes;
    },
  };
}
