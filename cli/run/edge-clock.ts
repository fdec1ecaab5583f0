/** How far the clock of the brokers, by which ticks arrive, is from the one of this machine. */
import {
  type Clock,
  createClockCheck,
  MILLISECOND_NS,
  type Nanoseconds,
  SECOND_NS,
  type Timers,
} from '#engine';
import type { ProcessorStatus } from '#engine/runtime';
import { createExchangeClock } from '#market';

export type EdgeClockOptions = {
  /** Of the edge; what counts is `nowMs`. */
  readonly clock: Clock;
  readonly timers: Timers;
  /** Of this machine, milliseconds since 1970: ages of ticks are judged by it. */
  nowMs(): number;
  /** Of the processor; undefined before there is one. */
  status(): Pick<ProcessorStatus, 'phase' | 'tasks'> | undefined;
  onProblem(text: string): void;
};

export type EdgeClock = {
  /** How far theirs is ahead of ours, nanoseconds; undefined while nobody knows. */
  readonly aheadNs: Nanoseconds | undefined;
  /** Of one turn: how many, and when the last arrived at the brokers, by their clock. */
  onTicks(count: number, arrivedMs: number): void;
  /** Other instruments are this edge's: what waited for them may be old. */
  onAssigned(): void;
  close(): void;
};

/**
 * Looks once a second. A tick from the future tells of a wrong clock; an old one only where the
 * edge had caught up before it came, since a backlog is as old as it is under a right clock.
 */
export function watchEdgeClock(options: EdgeClockOptions): EdgeClock {
  const { clock, timers, nowMs, status, onProblem } = options;
  const brokers = createExchangeClock();
  const check = createClockCheck('the broker', onProblem);
  let seen = nothing();
  let hadCaughtUp = false;
  const aheadNs = () => (brokers.quickestNs === undefined ? undefined : -brokers.quickestNs);
  const look = () => {
    const { ticks, aheadMs } = seen;
    seen = nothing();
    const isUpToDate = hasCaughtUp(status(), ticks);
    const isKnown = ticks > 0 && (aheadMs > 0 || (hadCaughtUp && isUpToDate));
    hadCaughtUp = isUpToDate;
    timer = timers.at(clock.nowNs() + SECOND_NS, look);
    if (!isKnown) return;
    brokers.note(clock.nowNs() + aheadMs * MILLISECOND_NS, clock.nowNs());
    check.note(aheadNs());
  };
  let timer = timers.at(clock.nowNs() + SECOND_NS, look);
  return {
    get aheadNs() {
      return aheadNs();
    },
    onTicks(count, arrivedMs) {
      seen.ticks += count;
      seen.aheadMs = Math.max(seen.aheadMs, arrivedMs - nowMs());
    },
    onAssigned() {
      hadCaughtUp = false;
    },
    close: () => timer.cancel(),
  };
}

const nothing = () => ({ ticks: 0, aheadMs: Number.NEGATIVE_INFINITY });

/** No more waits than came since the last look. */
function hasCaughtUp(status: ReturnType<EdgeClockOptions['status']>, ticks: number): boolean {
  if (status?.phase !== 'running') return false;
  let lag = 0;
  for (const { phase, lagRecords } of status.tasks) {
    if (phase !== 'running') return false;
    lag += lagRecords;
  }
  return lag <= ticks;
}
