/** Trading sessions of a calendar: a new one opens an epoch, silence does not (docs/law.md, 1). */
import { type Nanoseconds, SECOND_NS } from '#engine';
import type { Instrument } from './instrument.ts';

const HOUR_NS = 3600 * SECOND_NS;

/** A number that changes from one session to the next, so that two times can be told apart. */
export function sessionNumber(
  calendar: Instrument['calendar'],
  originNs: bigint,
  timeNs: Nanoseconds,
): number {
  const hour = Number(originNs / BigInt(HOUR_NS)) + Math.floor(timeNs / HOUR_NS);
  switch (calendar) {
    // Weeks part on Saturday 12:00 UTC, 60 hours after the Thursday that Unix time begins with.
    case 'fx-week':
      return Math.floor((hour - 60) / 168);
    // Extended US hours end at 00:00 or 01:00 UTC and begin at 08:00 or 09:00.
    case 'us-equity':
      return Math.floor((hour - 8) / 24);
    // Globex rests from 21:00 or 22:00 UTC for an hour.
    case 'cme-globex':
      return Math.floor((hour + 2) / 24);
    case 'always':
      return 0;
  }
}
