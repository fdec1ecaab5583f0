/**
 * Venues that take, fill, refuse and lose children in any order, before the planner, for tests.
 *
 * Each venue has one queue of requests and one of reports, as a FIX session has. The tally counts
 * at the venues' end, by what was sent and what the venues did, and asks the planner nothing.
 */
import type { Side } from '../order/terms.ts';
import type { Child } from './child.ts';
import { createFillHistory, type FillHistory, noteReject } from './fill-history.ts';
import { createInstrumentMarket, type InstrumentMarket, takeQuote, touchAt } from './market.ts';
import { noteRejected } from './parent.ts';
import type { ChildTarget } from './plan-children.ts';
import { planWork } from './plan-work.ts';
import type { ExecutionPolicy } from './policy.ts';
import type { RouterVenue } from './route.ts';
import { requireWithinParent } from './within-parent.ts';
import { createExecutionWork, type ExecutionWork, type ParentNews } from './work.ts';

type WorkingChild = Child & {
  id: number;
  key: number;
  timeInForce: ChildTarget['timeInForce'];
  postOnly: boolean;
};
type Request = { child: number; kind: 'new' | 'replace' | 'cancel'; lots: number };
type Report =
  | { child: number; kind: 'accepted' | 'replaced' | 'cancelled' | 'rejected' | 'cancel-rejected' }
  | { child: number; kind: 'filled'; lots: number };

/** An order as its venue has it. */
type Truth = {
  venue: number;
  parent: number;
  side: Side;
  isOpen: boolean;
  lots: number;
  filledLots: number;
};
type VenueEnd = { requests: Request[]; reports: Report[]; isUp: boolean; history: FillHistory };

export type ChildrenWorld = {
  readonly policy: ExecutionPolicy;
  nowNs: number;
  positionLots: number;
  readonly work: ExecutionWork;
  readonly news: ParentNews[];
  readonly market: InstrumentMarket;
  /** As the gateway believes them, and as they are. */
  readonly children: WorkingChild[];
  readonly truths: Truth[];
  readonly venues: VenueEnd[];
  parents: number;
  /** Faults, for the test of the test: what is sent in place of a target's lots, */
  fault: (lots: number) => number;
  /** and which of the children the planner sees. */
  seen: (children: readonly WorkingChild[]) => readonly WorkingChild[];
  /** Off, to see what the tally finds by itself. */
  checksRequests: boolean;
};

export function childrenWorld(
  policy: ExecutionPolicy,
  of: { venues: number; startNs: number },
): ChildrenWorld {
  const venue = (): VenueEnd => ({
    ...{ requests: [], reports: [], isUp: true, history: createFillHistory() },
  });
  return {
    ...{ policy, nowNs: of.startNs, positionLots: 0, work: createExecutionWork(), news: [] },
    ...{ market: createInstrumentMarket(), children: [], truths: [], parents: 0 },
    venues: Array.from({ length: of.venues }, venue),
    ...{ fault: lots => lots, seen: all => all, checksRequests: true },
  };
}

/** What the parent's children have filled or may still fill, whatever the venues do next. */
export function committedLots({ work, truths, venues }: ChildrenWorld): number {
  let sum = 0;
  for (const [id, { parent, isOpen, lots, filledLots, venue }] of truths.entries()) {
    if (parent !== work.parent?.id) continue;
    const asked = venues[venue]!.requests.filter(({ child, kind }) => {
      return child === id && kind !== 'cancel';
    });
    sum += Math.max(filledLots, isOpen ? lots : 0, ...asked.map(request => request.lots));
  }
  return sum;
}

export function quote(
  world: ChildrenWorld,
  venue: number,
  touch: { bid: number; ask: number; lots: number; traded: number },
): void {
  const { bid: bidIncrements, ask: askIncrements, lots, traded: tradedLots } = touch;
  takeQuote(world.market, {
    ...{ instrument: 0, venue, bidIncrements, askIncrements, bidLots: lots, askLots: lots },
    ...{ tradedLots, tickTimeNs: world.nowNs },
  });
  look(world);
}

/** The venue reads its next request, and takes or refuses it. */
export function readRequest(world: ChildrenWorld, at: number, isTaken: boolean): void {
  const venue = world.venues[at]!;
  const request = venue.isUp ? venue.requests.shift() : undefined;
  if (request === undefined) return;
  const kind = answer(world.truths[request.child]!, request, isTaken);
  venue.reports.push({ child: request.child, kind });
}

/** A venue fills part of one of the open orders. */
export function fillSome(world: ChildrenWorld, pick: number, most: number): void {
  const open = [...world.truths.entries()].filter(([, { isOpen }]) => isOpen);
  const [id, truth] = open[pick % Math.max(1, open.length)] ?? [];
  if (id === undefined || truth === undefined) return;
  const lots = Math.min(most, truth.lots - truth.filledLots);
  truth.filledLots += lots;
  truth.isOpen = truth.filledLots < truth.lots;
  world.venues[truth.venue]!.reports.push({ child: id, kind: 'filled', lots });
}

/** The gateway reads the venue's next report. */
export function hear(world: ChildrenWorld, at: number): void {
  const venue = world.venues[at]!;
  const report = venue.isUp ? venue.reports.shift() : undefined;
  if (report === undefined) return;
  apply(world, report);
  look(world);
}

/** One look of the gateway: one request a child, and none for one that is unanswered. */
export function look(world: ChildrenWorld): void {
  const { work, children, venues, market, policy, positionLots, nowNs } = world;
  const view = {
    ...{ strategy: 0, instrument: 0, policy, positionLots, nowNs },
    children: world.seen(children),
    ...{ venues: venues.map((_, venue) => routerVenue(world, venue)), volume: market.volume },
    nextParentId: world.parents + 1,
  };
  const { targets } = planWork(work, view, world.news);
  world.parents = Math.max(world.parents, work.parent?.id ?? 0);
  for (const child of children.slice()) {
    const target = targets.find(({ key }) => key === child.key);
    if (child.pending !== undefined || !venues[child.venue]!.isUp) continue;
    if (target === undefined || target.lots === 0) send(world, child, { kind: 'cancel', lots: 0 });
    else replace(world, child, target);
  }
  for (const target of targets) {
    const isThere = children.some(({ key }) => key === target.key);
    if (venues[target.venue]!.isUp && !isThere) open(world, target);
  }
}

/** Of unlike abilities and fees, so that routes differ. */
function routerVenue({ market, venues }: ChildrenWorld, venue: number): RouterVenue {
  const { isUp: isOpen, history } = venues[venue]!;
  return {
    ...{ touch: touchAt(market, venue), isOpen, history, hasDay: true },
    ...{ hasIoc: venue % 2 === 0, hasPostOnly: venue !== 2 },
    ...{ makerPerMillion: 10 * venue, takerPerMillion: 30 - 10 * venue },
  };
}

function open(world: ChildrenWorld, target: ChildTarget): void {
  const { key, venue, side, limitIncrements, timeInForce, postOnly } = target;
  const lots = world.fault(target.lots);
  const id = world.truths.length;
  const terms = { key, venue, side, limitIncrements, timeInForce, postOnly };
  const child: WorkingChild = { ...terms, id, lots, filledLots: 0, pending: undefined };
  const parent = world.work.parent!.id;
  world.truths.push({ venue, parent, side, isOpen: false, lots: 0, filledLots: 0 });
  if (world.checksRequests) {
    requireWithinParent(world.work.parent!, world.children, { child: undefined, lots });
  }
  world.children.push(child);
  send(world, child, { kind: 'new', lots });
}

function replace(world: ChildrenWorld, child: WorkingChild, target: ChildTarget): void {
  const total = child.filledLots + target.lots;
  if (total === child.lots && target.limitIncrements === child.limitIncrements) return;
  const lots = child.filledLots + world.fault(target.lots);
  if (world.checksRequests) {
    requireWithinParent(world.work.parent!, world.children, { child, lots });
  }
  send(world, child, { kind: 'replace', lots });
}

function send(
  world: ChildrenWorld,
  child: WorkingChild,
  { kind, lots }: Omit<Request, 'child'>,
): void {
  if (kind !== 'cancel') world.work.changedNs.set(child.venue, world.nowNs);
  child.pending = { kind, lots };
  world.venues[child.venue]!.requests.push({ child: child.id, kind, lots });
}

function answer(truth: Truth, { kind, lots }: Request, isTaken: boolean) {
  switch (kind) {
    case 'new':
      truth.isOpen = isTaken;
      truth.lots = isTaken ? lots : 0;
      return isTaken ? 'accepted' : 'rejected';
    case 'replace':
      if (!isTaken || !truth.isOpen) return 'cancel-rejected';
      truth.lots = Math.max(lots, truth.filledLots);
      truth.isOpen = truth.filledLots < truth.lots;
      return 'replaced';
    case 'cancel':
      if (!isTaken || !truth.isOpen) return 'cancel-rejected';
      truth.isOpen = false;
      return 'cancelled';
  }
}

function apply(world: ChildrenWorld, report: Report): void {
  const { children, truths, work, venues, policy, nowNs } = world;
  const { side, venue } = truths[report.child]!;
  if (report.kind === 'filled') world.positionLots += side * report.lots;
  const child = children.find(({ id }) => id === report.child);
  if (child === undefined) return;
  if (report.kind === 'filled') child.filledLots += report.lots;
  else {
    if (report.kind === 'replaced') child.lots = child.pending!.lots;
    child.pending = undefined;
  }
  if (report.kind === 'rejected') {
    const { halfLifeNs } = policy.router;
    noteReject(venues[venue]!.history, { nowNs, halfLifeNs });
    if (work.parent !== undefined) noteRejected(work.parent, nowNs);
  }
  const isOver = report.kind === 'rejected' || report.kind === 'cancelled';
  const isFilled = child.pending === undefined && child.filledLots >= child.lots;
  if (isOver || isFilled) children.splice(children.indexOf(child), 1);
}
