/** What is kept of one strategy in one instrument beside its orders: plain data, by step alone. */
import type { Nanoseconds } from '#engine';
import type { Signal } from '../signal.ts';
import { changeParent, type Parent } from './parent.ts';

export type ExecutionWork = {
  /** The latest wish; none once its time is over or its edge is lost. */
  signal: Signal | undefined;
  parent: Parent | undefined;
  /** The venue that a resting child is at, while there is one. */
  restingVenue: number | undefined;
  /** Where a joining child was posted: it stays there until the next slice, signal or reject. */
  joinIncrements: number | undefined;
  /** By venue: when a child there last added risk or tried to. */
  changedNs: Map<number, Nanoseconds>;
  /** By the key of a new child that is unanswered: when it was sent. */
  askedNs: Map<number, Nanoseconds>;
};

/** What happened to a parent, for reports. */
export type ParentNews = {
  kind: 'began' | 'slice' | 'changed' | 'ended';
  timeNs: Nanoseconds;
  /** Lots that a slice let out beyond those before; else 0. */
  sliceLots: number;
  parent: Readonly<Parent>;
};

export const createExecutionWork = (): ExecutionWork => ({
  ...{ signal: undefined, parent: undefined, restingVenue: undefined, joinIncrements: undefined },
  ...{ changedNs: new Map(), askedNs: new Map() },
});

/** A newer wish changes the parent at work; without one the next plan begins one. */
export function takeSignal(
  work: ExecutionWork,
  signal: Signal,
  { nowNs, news }: { nowNs: Nanoseconds; news: ParentNews[] },
): void {
  const { parent } = work;
  const isSame =
    work.signal?.desiredLots === signal.desiredLots && work.signal.style === signal.style;
  work.signal = signal;
  work.joinIncrements = undefined;
  if (parent === undefined) return;
  changeParent(parent, signal, nowNs);
  if (!isSame) news.push({ kind: 'changed', timeNs: nowNs, sliceLots: 0, parent: { ...parent } });
}

/** Nobody wishes for anything any more: what works is cancelled and nothing opens. */
export function dropWish(work: ExecutionWork): void {
  work.signal = undefined;
  if (work.parent !== undefined) work.parent.isEnding = true;
}
