/** Trading sessions of a calendar: a new one opens an epoch, silence does not (docs/law.md, 1). */
import { type Nanoseconds, SECOND_NS } from '#engine';
import type { Instrument } from './instrument.ts';

const HOUR_NS = 3600 * SECOND_NS;

/** When the sessions of each calendar begin, in hours since 1970, and how long they are. */
const SESSION_HOURS: Record<Instrument['calendar'], { begin: number; length: number }> = {
  // Weeks part on Saturday 12:00 UTC, 60 hours after the Thursday that Unix time begins with.
  'fx-week': { begin: 60, length: 168 },
  // Extended US hours end at 00:00 or 01:00 UTC and begin at 08:00 or 09:00.
  'us-equity': { begin: 8, length: 24 },
  // Globex rests from 21:00 or 22:00 UTC for an hour.
  'cme-globex': { begin: -2, length: 24 },
  always: { begin: 0, length: 0 },
};

/** In hours of the run: sessions part where (hour + phase) / period is whole; never for 0. */
export type Sessions = { readonly periodHours: number; readonly phaseHours: number };

export function sessionsOf(calendar: Instrument['calendar'], originNs: bigint): Sessions {
  const { begin, length } = SESSION_HOURS[calendar];
  const phaseHours = length === 0 ? 0 : (Number(originNs / BigInt(HOUR_NS)) - begin) % length;
  return { periodHours: length, phaseHours };
}

/** A number that changes from one session to the next, so that two times can be told apart. */
export function sessionNumber({ periodHours, phaseHours }: Sessions, timeNs: Nanoseconds): number {
  if (periodHours === 0) return 0;
  return Math.floor((Math.floor(timeNs / HOUR_NS) + phaseHours) / periodHours);
}
