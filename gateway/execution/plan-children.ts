/**
 * From a parent to the children that should stand now.
 *
 *     to work   = released - done                     (schedule.ts)
 *     routed    = to work, split over venues          (route.ts)
 *     budget    = to work - what the children may still fill in their worse case
 *
 * Fewer lots at a venue are asked for at once, more only out of the budget: what moves from one
 * venue to another is added there once it is gone here. So no request lifts done and worst case
 * above the released part of the parent.
 */
import type { Nanoseconds } from '#engine';
import { CHILDREN_MAX } from '../order/desk.ts';
import type { Side, TimeInForce } from '../order/terms.ts';
import type { Style } from '../signal.ts';
import { type Child, openLots } from './child.ts';
import { NEVER_NS, type Parent } from './parent.ts';
import type { ExecutionPolicy } from './policy.ts';
import { farTouch, nearTouch, pegPrice, within } from './price.ts';
import { type RouterVenue, routeResting, routeTaking } from './route.ts';
import { settleChange } from './settle-change.ts';
import type { ExecutionWork } from './work.ts';

/** A child as it should be. */
export type ChildTarget = {
  /** Of the child that works for it; unique among those of a desk. */
  key: number;
  venue: number;
  side: Side;
  /** Not filled yet. */
  lots: number;
  limitIncrements: number;
  timeInForce: TimeInForce;
  postOnly: boolean;
};

/** At each venue one child that rests, and beside it one that takes. */
const restingKey = (venue: number): number => 2 * venue;
const takingKey = (venue: number): number => 2 * venue + 1;

export type PlanQuestion = {
  parent: Parent;
  work: ExecutionWork;
  policy: ExecutionPolicy;
  venues: readonly RouterVenue[];
  children: readonly (Child & Pick<ChildTarget, 'key' | 'timeInForce'>)[];
  isBehind: boolean;
  nowNs: Nanoseconds;
};

export type ChildrenPlan = {
  targets: ChildTarget[];
  /** When something that is held off may go; `NEVER_NS` if nothing is. */
  dueNs: Nanoseconds;
};

type Draft = ChildrenPlan & {
  budgetLots: number;
  /** All that may be added is enough for the minimum, or nothing is at work yet. */
  isWorthwhile: boolean;
  places: number;
};

export function planChildren(question: PlanQuestion): ChildrenPlan {
  const { parent, children } = question;
  const toWorkLots = parent.isEnding ? 0 : Math.max(0, parent.releasedLots - parent.doneLots);
  const budgetLots = toWorkLots - parent.workingLots;
  const places = CHILDREN_MAX - children.length;
  const isWorthwhile = budgetLots >= question.policy.minimumChangeLots || budgetLots === toWorkLots;
  const draft: Draft = { targets: [], dueNs: NEVER_NS, budgetLots, isWorthwhile, places };
  const wanted = toWorkLots === 0 ? [] : wantedChildren(question, toWorkLots);
  for (const target of wanted) {
    const child = children.find(({ key }) => key === target.key);
    if (child === undefined) addChild(draft, target, question);
    else changeChild(draft, { child, target }, question);
  }
  return { targets: draft.targets, dueNs: draft.dueNs };
}

function addChild(draft: Draft, target: ChildTarget, question: PlanQuestion): void {
  const lots = Math.min(target.lots, draft.budgetLots);
  if (lots <= 0 || !draft.isWorthwhile || draft.places === 0) return;
  const readyNs = readyAt(question, target.venue, question.policy.holdOffNs);
  if (question.nowNs < readyNs) {
    draft.dueNs = Math.min(draft.dueNs, readyNs);
    return;
  }
  draft.targets.push({ ...target, lots });
  draft.budgetLots -= lots;
  draft.places--;
}

function changeChild(
  draft: Draft,
  { child, target }: { child: PlanQuestion['children'][number]; target: ChildTarget },
  question: PlanQuestion,
): void {
  const { policy, nowNs } = question;
  if (child.timeInForce === 'ioc') {
    // It is gone before a change would reach it.
    const { limitIncrements, lots: total, filledLots } = child;
    draft.targets.push({ ...target, limitIncrements, lots: total - filledLots });
    return;
  }
  const isPeg = question.parent.style === 'peg' && !question.isBehind;
  const readyNs = readyAt(question, target.venue, isPeg ? policy.peg.intervalNs : policy.holdOffNs);
  const open = openLots(child);
  const lots = Math.min(target.lots, open + Math.max(0, draft.budgetLots));
  const wanted = { lots, limitIncrements: target.limitIncrements };
  const rule = {
    minimumChangeLots: policy.minimumChangeLots,
    minimumChangeIncrements: isPeg ? policy.peg.stepIncrements : policy.minimumChangeIncrements,
    ...{ readyNs, nowNs },
  };
  const terms = settleChange(child, wanted, rule);
  const isHeldOff = nowNs < readyNs && (terms.lots < lots || !isAt(terms, wanted));
  if (isHeldOff) draft.dueNs = Math.min(draft.dueNs, readyNs);
  if (terms.lots > 0) draft.targets.push({ ...target, ...terms });
  draft.budgetLots -= Math.max(0, terms.lots - open);
}

const isAt = (terms: { limitIncrements: number }, wanted: { limitIncrements: number }) =>
  terms.limitIncrements === wanted.limitIncrements;

/** A time after the latest addition of risk at the venue, and after what rejects hold up. */
function readyAt({ work, parent }: PlanQuestion, venue: number, afterNs: Nanoseconds): Nanoseconds {
  const changedNs = work.changedNs.get(venue);
  return Math.max(parent.heldUntilNs, changedNs === undefined ? 0 : changedNs + afterNs);
}

/** Of the style, or crossing where the parent is behind its schedule. */
function wantedChildren(question: PlanQuestion, toWork: number): ChildTarget[] {
  const { parent, isBehind } = question;
  const style: Style = isBehind && parent.style !== 'wait' ? 'cross' : parent.style;
  switch (style) {
    case 'wait':
      return [];
    case 'cross':
      return takingChildren(question, toWork);
    case 'join':
    case 'peg':
      return restingChild(question, toWork, style);
  }
}

function takingChildren(question: PlanQuestion, lots: number): ChildTarget[] {
  const { parent, venues, policy, nowNs } = question;
  const { side, limitIncrements } = parent;
  return routeTaking({ side, lots, limitIncrements, venues, policy: policy.router, nowNs }).map(
    ({ venue, lots: routed }) => {
      const { touch, hasIoc } = venues[venue]!;
      return {
        ...{ key: takingKey(venue), venue, side, lots: routed, postOnly: false },
        limitIncrements: farTouch(touch!, side),
        timeInForce: hasIoc ? 'ioc' : 'day',
      };
    },
  );
}

function restingChild(question: PlanQuestion, lots: number, style: 'join' | 'peg'): ChildTarget[] {
  const { parent, work, venues, policy, nowNs } = question;
  const { side, limitIncrements } = parent;
  const routed = { side, lots, limitIncrements, venues, policy: policy.router, nowNs };
  const venue = routeResting(routed, work.restingVenue);
  if (venue === undefined) return [];
  if (venue !== work.restingVenue) work.joinIncrements = undefined;
  work.restingVenue = venue;
  const { touch, hasPostOnly: postOnly } = venues[venue]!;
  let price = pegPrice(touch!, side, policy.peg.offsetIncrements);
  if (style === 'join') {
    work.joinIncrements ??= nearTouch(touch!, side);
    price = work.joinIncrements;
  }
  return [
    {
      ...{ key: restingKey(venue), venue, side, lots, timeInForce: 'day', postOnly },
      limitIncrements: within(price, limitIncrements, side),
    },
  ];
}
