/** Says when a clock beside ours shows another time: one of the two is set wrong. */
import { type Nanoseconds, SECOND_NS } from './nanoseconds.ts';

export type ClockCheck = {
  /** How far theirs is ahead of ours now; undefined while nobody knows. */
  note(aheadNs: Nanoseconds | undefined): void;
};

/** More than messages are ever late by, less than what breaks a FIX session (2 min). */
const WRONG_NS = 5 * SECOND_NS;
const MINUTE_S = 60;
const HOUR_S = 3_600;

/** `whose`: as a line says it, such as `Coinbase`. A line for each change, not for each note. */
export function createClockCheck(whose: string, onProblem: (text: string) => void): ClockCheck {
  let toldNs = 0;
  return {
    note(aheadNs) {
      if (aheadNs === undefined || Math.abs(aheadNs - toldNs) <= WRONG_NS) return;
      const isRight = Math.abs(aheadNs) <= WRONG_NS;
      if (isRight && toldNs === 0) return;
      toldNs = isRight ? 0 : aheadNs;
      onProblem(isRight ? `clock: ${whose}’s agrees with ours again` : wrong(whose, aheadNs));
    },
  };
}

function wrong(whose: string, aheadNs: Nanoseconds): string {
  return `clock: ${whose}’s is ${clocksApart(aheadNs)}`;
}

/** `3 h 1 min ahead of ours: ` and what to do. */
export function clocksApart(aheadNs: Nanoseconds): string {
  const where = aheadNs > 0 ? 'ahead of' : 'behind';
  const remedy = 'set the clock of this machine, such as by NTP, and start again; or theirs';
  return `${spanText(aheadNs)} ${where} ours: ${remedy}`;
}

/** `2 h 5 min`, `3 min 20 s`, `7 s`. */
function spanText(spanNs: Nanoseconds): string {
  const seconds = Math.round(Math.abs(spanNs) / SECOND_NS);
  const [hours, minutes] = [Math.floor(seconds / HOUR_S), Math.floor(seconds / MINUTE_S)];
  if (hours > 0) return `${hours} h ${minutes % MINUTE_S} min`;
  return minutes > 0 ? `${minutes} min ${seconds % MINUTE_S} s` : `${seconds} s`;
}
