/** One look at a strategy's work: its parent's life, the schedule, the children to have. */
import type { Nanoseconds } from '#engine';
import { workingLots } from './child.ts';
import type { Volume } from './market.ts';
import { beginParent, NEVER_NS, updateParent } from './parent.ts';
import { type ChildrenPlan, type PlanQuestion, planChildren } from './plan-children.ts';
import type { ExecutionPolicy } from './policy.ts';
import type { RouterVenue } from './route.ts';
import { scheduleAt } from './schedule.ts';
import type { ExecutionWork, ParentNews } from './work.ts';

export type WorkView = {
  strategy: number;
  instrument: number;
  policy: ExecutionPolicy;
  positionLots: number;
  children: PlanQuestion['children'];
  venues: readonly RouterVenue[];
  volume: Volume;
  nowNs: Nanoseconds;
  /** Of the next parent, which the plan may begin. */
  nextParentId: number;
};

/** Targets of the children; all others are to be cancelled. */
export function planWork(work: ExecutionWork, view: WorkView, news: ParentNews[]): ChildrenPlan {
  const { nowNs, policy, positionLots, children } = view;
  endParent(work, view, news);
  const parent = work.parent ?? begin(work, view, news);
  if (parent === undefined) return { targets: [], dueNs: NEVER_NS };
  updateParent(parent, {
    ...{ positionLots, nowNs },
    workingLots: workingLots(children, parent.side),
  });
  if (parent.isEnding) return { targets: [], dueNs: NEVER_NS };
  const { slicing } = policy;
  const { releasedLots, isBehind, dueNs } = scheduleAt(parent, slicing, {
    ...{ nowNs, volume: view.volume },
  });
  const sliceLots = releasedLots - parent.releasedLots;
  if (sliceLots > 0) {
    parent.releasedLots = releasedLots;
    work.joinIncrements = undefined;
    news.push({ kind: 'slice', timeNs: nowNs, sliceLots, parent: { ...parent } });
  }
  const plan = planChildren({
    ...{ parent, work, policy, venues: view.venues, children, isBehind, nowNs },
  });
  return { targets: plan.targets, dueNs: Math.min(plan.dueNs, dueNs) };
}

/** A parent is over once nothing of it can be filled any more. */
function endParent(
  work: ExecutionWork,
  { positionLots, children, nowNs }: WorkView,
  news: ParentNews[],
): void {
  const { parent } = work;
  if (parent === undefined) return;
  updateParent(parent, { positionLots, nowNs, workingLots: workingLots(children, parent.side) });
  if (!parent.isEnding || children.length > 0) return;
  if (nowNs >= parent.endNs) work.signal = undefined;
  work.parent = undefined;
  work.restingVenue = undefined;
  work.joinIncrements = undefined;
  news.push({ kind: 'ended', timeNs: nowNs, sliceLots: 0, parent: { ...parent } });
}

function begin(work: ExecutionWork, view: WorkView, news: ParentNews[]) {
  const { signal } = work;
  const { positionLots, children, strategy, instrument, volume, nowNs } = view;
  if (signal === undefined || children.length > 0) return undefined;
  if (signal.desiredLots === positionLots) return undefined;
  work.parent = beginParent({
    ...{ id: view.nextParentId, strategy, instrument, startNs: nowNs, signal, positionLots },
    ...{ startVolume: { ...volume }, slicing: view.policy.slicing },
  });
  news.push({ kind: 'began', timeNs: nowNs, sliceLots: 0, parent: { ...work.parent } });
  return work.parent;
}
