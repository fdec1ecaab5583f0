/** A parent order: a change of position that its children work, and what it has released so far. */
import { type Nanoseconds, SECOND_NS } from '#engine';
import type { Side } from '../order/terms.ts';
import type { Signal, Style } from '../signal.ts';
import type { Volume } from './market.ts';
import type { Slicing } from './policy.ts';

export type Parent = {
  /** From 1 on, over all strategies of the gateway. */
  id: number;
  strategy: number;
  instrument: number;
  side: Side;
  /** What the strategy held when it began: what is done is the change since. */
  startLots: number;
  totalLots: number;
  doneLots: number;
  /** Open at venues, each child at the worse of what it is and what was asked of it. */
  workingLots: number;
  /** What the schedule has let out: `doneLots` and `workingLots` together follow it. */
  releasedLots: number;
  startNs: Nanoseconds;
  /** Nothing is released from then on; without slicing it never comes. */
  endNs: Nanoseconds;
  /** Of the market when it began. */
  startVolume: Volume;
  style: Style;
  /** No child trades beyond it. */
  limitIncrements: number;
  /** How old the forecast was when the latest signal came: a child's is as old. */
  forecastAgeNs: Nanoseconds;
  /** Answers in a row that were rejects. */
  rejects: number;
  /** It adds no risk before: see `noteRejected`. */
  heldUntilNs: Nanoseconds;
  /** Its children are being cancelled; no other begins before they are gone. */
  isEnding: boolean;
};

/** From so many rejects in a row on, the parent waits. */
export const REJECTS_MAX = 3;
const HOLDS_MAX = 6;
/** Later than any record. */
export const NEVER_NS = Number.MAX_SAFE_INTEGER;

export type ParentStart = Pick<
  Parent,
  'id' | 'strategy' | 'instrument' | 'startVolume' | 'startNs'
> & {
  signal: Signal;
  positionLots: number;
  slicing: Slicing | undefined;
};

/** Towards the signal's position, which is not the present one. */
export function beginParent({ signal, positionLots, slicing, ...start }: ParentStart): Parent {
  const missing = signal.desiredLots - positionLots;
  const endNs = slicing === undefined ? NEVER_NS : start.startNs + slicing.durationNs;
  return {
    ...start,
    ...{ side: missing > 0 ? 1 : -1, startLots: positionLots, totalLots: Math.abs(missing) },
    ...{ doneLots: 0, workingLots: 0, releasedLots: 0, endNs },
    ...termsOf(signal, start.startNs),
    ...{ rejects: 0, heldUntilNs: 0, isEnding: false },
  };
}

/**
 * A newer wish: another total on the same side keeps the schedule; where nothing is left to do on
 * it, the parent ends.
 */
export function changeParent(parent: Parent, signal: Signal, nowNs: Nanoseconds): void {
  Object.assign(parent, termsOf(signal, nowNs));
  const totalLots = parent.side * (signal.desiredLots - parent.startLots);
  if (totalLots <= parent.doneLots) parent.isEnding = true;
  if (parent.isEnding) return;
  parent.totalLots = totalLots;
  parent.releasedLots = Math.min(parent.releasedLots, totalLots);
}

/** Brings what is done and what works up to date, and ends what is complete or out of time. */
export function updateParent(
  parent: Parent,
  now: { positionLots: number; workingLots: number; nowNs: Nanoseconds },
): void {
  parent.doneLots = parent.side * (now.positionLots - parent.startLots);
  parent.workingLots = now.workingLots;
  if (parent.doneLots >= parent.totalLots || now.nowNs >= parent.endNs) parent.isEnding = true;
}

/** A second from the third reject in a row on, twice as long each further one, a minute at most. */
export function noteRejected(parent: Parent, nowNs: Nanoseconds): void {
  parent.rejects++;
  if (parent.rejects < REJECTS_MAX) return;
  const seconds = Math.min(60, 2 ** Math.min(HOLDS_MAX, parent.rejects - REJECTS_MAX));
  parent.heldUntilNs = nowNs + seconds * SECOND_NS;
}

function termsOf(signal: Signal, nowNs: Nanoseconds) {
  const { style, limitIncrements } = signal;
  return { style, limitIncrements, forecastAgeNs: Math.max(0, nowNs - signal.forecastTimeNs) };
}
