/** How many lots of a parent may be out by now: all, an even schedule, or a share of the volume. */
import type { Nanoseconds } from '#engine';
import type { Volume } from './market.ts';
import { NEVER_NS, type Parent } from './parent.ts';
import type { PovSlicing, Slicing, TwapSlicing } from './policy.ts';
import { sliceDelayNs } from './slice-delay.ts';
import { wholeQuotient } from './whole-quotient.ts';

export type Schedule = {
  /** Done and working together, at most the total; never less than before. */
  releasedLots: number;
  /** What is done lags so far that it crosses the spread. */
  isBehind: boolean;
  /** When either changes by time alone; `NEVER_NS` if it does not. */
  dueNs: Nanoseconds;
};

/** Steps of the even schedule below participation. */
const FLOOR_STEPS = 1000;
const MILLION = 1_000_000;

export function scheduleAt(
  parent: Parent,
  slicing: Slicing | undefined,
  now: { nowNs: Nanoseconds; volume: Volume },
): Schedule {
  const schedule = sliced(parent, slicing, now);
  const releasedLots = Math.min(parent.totalLots, schedule.releasedLots);
  return { ...schedule, releasedLots: Math.max(parent.releasedLots, releasedLots) };
}

function sliced(
  parent: Parent,
  slicing: Slicing | undefined,
  now: { nowNs: Nanoseconds; volume: Volume },
): Schedule {
  switch (slicing?.kind) {
    case undefined:
      return { releasedLots: parent.totalLots, isBehind: false, dueNs: NEVER_NS };
    case 'twap':
      return twap(parent, slicing, now.nowNs);
    case 'pov':
      return participation(parent, slicing, now);
  }
}

/**
 * floor(total * k / slices) from the start of slice k = 1, 2, ... on; the last has the rest. Until
 * a late slice starts the one before goes on, and crosses for what it lacks.
 */
function twap(parent: Parent, slicing: TwapSlicing, nowNs: Nanoseconds): Schedule {
  const { slices, durationNs, catchUpPercent } = slicing;
  const sliceNs = wholeQuotient(durationNs, slices);
  const elapsedNs = nowNs - parent.startNs;
  const slice = Math.min(slices - 1, wholeQuotient(elapsedNs, sliceNs));
  const delayNs = sliceDelayNs(slicing, { parent: parent.id, slice, sliceNs });
  const startNs = slice * sliceNs + delayNs;
  if (elapsedNs < startNs) {
    const releasedLots = wholeQuotient(parent.totalLots * slice, slices);
    const isBehind = catchUpPercent < 100 && parent.doneLots < releasedLots;
    return { releasedLots, isBehind, dueNs: parent.startNs + startNs };
  }
  const releasedLots = wholeQuotient(parent.totalLots * (slice + 1), slices);
  const catchUpNs = slice * sliceNs + wholeQuotient(sliceNs, 100) * catchUpPercent;
  const nextNs = slice + 1 < slices ? (slice + 1) * sliceNs : durationNs;
  const isLate = catchUpPercent < 100 && elapsedNs >= catchUpNs;
  return {
    releasedLots,
    isBehind: isLate && parent.doneLots < releasedLots,
    dueNs: parent.startNs + (catchUpPercent < 100 && !isLate ? catchUpNs : nextNs),
  };
}

/**
 * floor(volume since the start * participation / 10^6), at least the floor's share of an even
 * schedule, at most `capLots` beyond what is done.
 */
function participation(
  parent: Parent,
  slicing: PovSlicing,
  { nowNs, volume }: { nowNs: Nanoseconds; volume: Volume },
): Schedule {
  const { durationNs, participationPerMillion, floorPercent, capLots } = slicing;
  const marketLots = volumeSince(parent, slicing, volume);
  const share = shareOf(marketLots, participationPerMillion);
  const stepNs = wholeQuotient(durationNs, FLOOR_STEPS);
  const step = Math.min(FLOOR_STEPS, wholeQuotient(nowNs - parent.startNs, stepNs));
  const floorLots = wholeQuotient(parent.totalLots * step * floorPercent, FLOOR_STEPS * 100);
  const isFloored = floorPercent > 0 && step < FLOOR_STEPS;
  return {
    releasedLots: Math.min(Math.max(share, floorLots), parent.doneLots + capLots),
    isBehind: parent.doneLots < floorLots,
    dueNs: isFloored ? parent.startNs + (step + 1) * stepNs : parent.endNs,
  };
}

/** Exact beyond 2^53 too: whole millions and the rest apart. */
function shareOf(lots: number, perMillion: number): number {
  const millions = wholeQuotient(lots, MILLION);
  return millions * perMillion + wholeQuotient((lots % MILLION) * perMillion, MILLION);
}

/** A buy takes from the ask. */
function volumeSince({ side, startVolume }: Parent, slicing: PovSlicing, volume: Volume): number {
  if (slicing.volume === 'traded') return volume.tradedLots - startVolume.tradedLots;
  return side === 1 ? volume.askLots - startVolume.askLots : volume.bidLots - startVolume.bidLots;
}
