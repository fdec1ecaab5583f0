/** Parent orders of one instrument: what their fills cost against the mid over their life. */
import type { Parent } from '#edge';
import type { Nanoseconds } from '#engine';
import { createRunningMean, type MeanInterval } from './interval.ts';
import { createThinnedSample } from './thinned-sample.ts';

/** A parent whose time is over; prices in half price increments. */
export type FinishedParent = {
  number: number;
  side: 1 | -1;
  startNs: Nanoseconds;
  filledLots: number;
  averageFill: number;
  /** Time-weighted average mid over the parent's life. */
  twap: number;
  /** Positive: worse than TWAP. */
  slippage: number;
};

export type ParentSlippage = {
  onMid(timeNs: Nanoseconds, midHalfIncrements: number): void;
  onParent(parent: Parent): void;
  /** `lots` is signed: bought or sold. */
  onFill(fill: { lots: number; priceIncrements: number }): void;
  /** The run is over: counts the parents whose time was, too. */
  finish(timeNs: Nanoseconds): void;
  /** Over the parents counted so far, in half price increments. */
  read(): SlippageReading;
};

export type SlippageReading = {
  /** Undefined before the first finished parent with a fill. */
  slippage: MeanInterval | undefined;
  /** Finished parents that got no fill at all. */
  unfilled: number;
  /** An even sample of the finished ones. */
  parents: readonly FinishedParent[];
};

type Life = {
  parent: Parent;
  /** The first mid of its life, and the time integral of what later ones differ from it. */
  firstMid: number;
  deviation: number;
  sinceNs: Nanoseconds;
  filledLots: number;
  /** Sum of lots times price in half increments. */
  paid: number;
};

const PARENTS_MAX = 500;

/** A parent is counted so long after its end, when no late fill of its last order can come. */
const LATE_FILL_NS = 5_000_000_000;

export function createParentSlippage(durationNs: number): ParentSlippage {
  const mean = createRunningMean();
  const sample = createThinnedSample<FinishedParent>(PARENTS_MAX);
  let unfilled = 0;
  let mid: number | undefined;
  let current: Life | undefined;
  /** Its time is over, but an order of it may still be filled. */
  let previous: Life | undefined;

  const advance = (life: Life | undefined, timeNs: Nanoseconds) => {
    if (life === undefined || mid === undefined) return;
    const untilNs = Math.min(timeNs, life.parent.startNs + durationNs);
    if (untilNs <= life.sinceNs) return;
    life.deviation += (mid - life.firstMid) * (untilNs - life.sinceNs);
    life.sinceNs = untilNs;
  };
  const closePrevious = () => {
    if (previous === undefined) return;
    const finished = finishedOf(previous, durationNs);
    previous = undefined;
    if (finished === undefined) {
      unfilled++;
      return;
    }
    mean.add(finished.slippage);
    sample.offer(() => finished);
  };
  const endNs = ({ parent }: Life) => parent.startNs + durationNs;

  return {
    onMid(timeNs, midHalfIncrements) {
      advance(current, timeNs);
      mid = midHalfIncrements;
      if (previous !== undefined && timeNs > endNs(previous) + LATE_FILL_NS) closePrevious();
    },
    onParent(parent) {
      advance(current, parent.startNs);
      closePrevious();
      previous = current;
      current = newLife(parent, mid ?? 0);
    },
    onFill({ lots, priceIncrements }) {
      const side = Math.sign(lots);
      const life = [current, previous].find(one => one?.parent.side === side);
      if (life === undefined) return;
      life.filledLots += Math.abs(lots);
      life.paid += Math.abs(lots) * 2 * priceIncrements;
    },
    finish(timeNs) {
      advance(current, timeNs);
      closePrevious();
      if (current === undefined || timeNs < endNs(current)) return;
      previous = current;
      current = undefined;
      closePrevious();
    },
    read: () => ({ slippage: mean.read(), unfilled, parents: sample.items }),
  };
}

function newLife(parent: Parent, firstMid: number): Life {
  return { parent, firstMid, deviation: 0, sinceNs: parent.startNs, filledLots: 0, paid: 0 };
}

function finishedOf(life: Life, durationNs: number): FinishedParent | undefined {
  const { parent, filledLots, paid } = life;
  if (filledLots === 0) return undefined;
  const { number, side, startNs } = parent;
  const averageFill = paid / filledLots;
  const twap = life.firstMid + life.deviation / durationNs;
  const slippage = side * (averageFill - twap);
  return { number, side, startNs, filledLots, averageFill, twap, slippage };
}
