/** The order rules of one instrument as docs/gateway.md has them: what a desk has to ask for. */
import type { FixMessage } from './read-fix.ts';
import type { Wish } from './read-log.ts';
import { type Units, wholeSteps } from './units.ts';

export type Side = 1 | -1;

/** What must leave: a new order (D), a replace (G) or a cancel (F). */
export type Request = {
  /** Offset of the log record that it answers. */
  record: number;
  type: 'D' | 'G' | 'F';
  clOrdId: string;
  origClOrdId: string;
  instrument: number;
  side: Side;
  lots: number;
  limitIncrements: number;
  postOnly: boolean;
};

type Pending = { type: Request['type']; clOrdId: string; lots: number; limitIncrements: number };

type Order = {
  clOrdId: string;
  side: Side;
  lots: number;
  filledLots: number;
  limitIncrements: number;
  postOnly: boolean;
  pending: Pending | undefined;
  /** Nothing new before the venue has said how it stands. */
  isUnknown: boolean;
};

export type DeskModel = {
  instrument: number;
  units: Units;
  wish: Wish | undefined;
  order: Order | undefined;
  /** By each ClOrdID that it had: what has ended may still be filled. */
  ended: Map<string, Order>;
  positionLots: number;
};

/** What the gateway as a whole allows a desk at this moment. */
export type Permission = {
  isLoggedOn: boolean;
  isStopping: boolean;
  isKilled: boolean;
  /** A new or replacing order of this wish passes the risk check. */
  isAllowed(wish: Wish): boolean;
  /** The next ClOrdID. */
  nextId(): string;
  ask(request: Omit<Request, 'record'>): void;
};

/** At most one request: what the wish lacks, or the cancel of what must not work. */
export function workDesk(desk: DeskModel, permission: Permission): void {
  const { order, wish, positionLots } = desk;
  if (!permission.isLoggedOn) return;
  if (permission.isStopping || (permission.isKilled && order !== undefined)) {
    if (order !== undefined && order.pending === undefined) cancel(desk, order, permission);
    return;
  }
  if (wish === undefined || order?.pending !== undefined || order?.isUnknown === true) return;
  const missing = wish.style === 'wait' ? 0 : wish.desiredLots - positionLots;
  const side: Side = missing > 0 ? 1 : -1;
  const lots = Math.abs(missing);
  const postOnly = wish.style === 'join';
  if (order === undefined) {
    if (lots === 0 || permission.isKilled || !permission.isAllowed(wish)) return;
    const { limitIncrements } = wish;
    const terms = { clOrdId: permission.nextId(), side, lots, limitIncrements };
    const pending: Pending = { type: 'D', ...terms };
    desk.order = { ...terms, postOnly, filledLots: 0, pending, isUnknown: false };
    ask(desk, { ...terms, type: 'D', origClOrdId: '', postOnly }, permission);
    return;
  }
  if (lots === 0 || side !== order.side || postOnly !== order.postOnly) {
    cancel(desk, order, permission);
    return;
  }
  const total = order.filledLots + lots;
  if (wish.limitIncrements === order.limitIncrements && total === order.lots) return;
  if (!permission.isAllowed(wish)) return;
  const { limitIncrements } = wish;
  const terms = { clOrdId: permission.nextId(), lots: total, limitIncrements };
  change(desk, { type: 'G', ...terms }, permission);
}

function cancel(desk: DeskModel, order: Order, permission: Permission): void {
  const { lots, limitIncrements } = order;
  const terms = { clOrdId: permission.nextId(), lots, limitIncrements };
  change(desk, { type: 'F', ...terms }, permission);
}

function change(desk: DeskModel, pending: Pending, permission: Permission): void {
  const order = desk.order!;
  order.pending = pending;
  const { side, postOnly, clOrdId: origClOrdId } = order;
  ask(desk, { ...pending, origClOrdId, side, postOnly }, permission);
}

/** The venue says something of this desk's order; true where the desk is to be worked again. */
export function takeReport(desk: DeskModel, order: Order, report: FixMessage): boolean {
  const { pending } = order;
  const isAnswer = pending?.clOrdId === report.get(11);
  if (report.type === '9') {
    if (!isAnswer) return false;
    order.pending = undefined;
    desk.wish = undefined;
    return false;
  }
  switch (report.get(150)) {
    case '0':
      acknowledge(order);
      return true;
    case '5': {
      if (!isAnswer || pending?.type !== 'G') return false;
      const { clOrdId, lots, limitIncrements } = pending;
      Object.assign(order, { clOrdId, lots, limitIncrements, pending: undefined });
      if (order.filledLots >= lots) endOrder(desk, order);
      return true;
    }
    case '3':
    case '4':
    case 'C':
      // What nobody asked for is not asked for again at once.
      if (pending?.type !== 'F') desk.wish = undefined;
      endOrder(desk, order);
      return true;
    case '8':
      endOrder(desk, order);
      desk.wish = undefined;
      return true;
    case 'F':
      takeFill(desk, order, report);
      return true;
    case 'I':
      // Each logon asks anew; what an earlier connection lost is too old.
      return !report.isPossDup && takeStatus(desk, order, report);
    default:
      return false;
  }
}

/** The same of an order that has ended: only a fill is news. */
export function takeLateReport(desk: DeskModel, order: Order, report: FixMessage): boolean {
  if (report.type !== '8' || report.get(150) !== 'F') return false;
  takeFill(desk, order, report);
  return true;
}

function acknowledge(order: Order): void {
  if (order.pending?.type === 'D') order.pending = undefined;
}

function takeFill(desk: DeskModel, order: Order, report: FixMessage): void {
  const lots = wholeSteps(report.get(32), desk.units.lotSize);
  desk.positionLots += order.side * lots;
  acknowledge(order);
  order.filledLots += lots;
  if (order.filledLots >= order.lots) endOrder(desk, order);
}

function takeStatus(desk: DeskModel, order: Order, report: FixMessage): boolean {
  const filledLots = wholeSteps(report.get(14), desk.units.lotSize);
  const isOpen = isOpenStatus(report);
  const isForgotten = !isOpen && filledLots === 0;
  const isContradiction = filledLots !== order.filledLots && !isForgotten;
  if (isContradiction && !isOpen) endOrder(desk, order);
  if (isContradiction || !order.isUnknown) return true;
  order.isUnknown = false;
  order.pending = undefined;
  if (!isOpen) endOrder(desk, order);
  return true;
}

/** New, partially filled, pending one way or another, suspended: it may still be filled. */
export const isOpenStatus = (report: FixMessage): boolean =>
  ['0', '1', '5', '6', '7', '9', 'A', 'E'].includes(report.get(39));

function endOrder(desk: DeskModel, order: Order): void {
  desk.ended.set(order.clOrdId, order);
  if (order.pending !== undefined) desk.ended.set(order.pending.clOrdId, order);
  if (desk.order === order) desk.order = undefined;
}

/** The venue never had this request and will not get it. */
export function takeWithheld(desk: DeskModel, clOrdId: string): void {
  const { order } = desk;
  if (order === undefined) return;
  if (order.clOrdId === clOrdId) endOrder(desk, order);
  else if (order.pending?.clOrdId === clOrdId) order.pending = undefined;
}

/** True where one of these names the desk's order. */
export function isOwnOrder({ order }: DeskModel, names: readonly string[]): boolean {
  if (order === undefined) return false;
  return names.includes(order.clOrdId) || names.includes(order.pending?.clOrdId ?? order.clOrdId);
}

function ask(
  { instrument }: DeskModel,
  terms: Omit<Request, 'record' | 'instrument'>,
  permission: Permission,
): void {
  permission.ask({ ...terms, instrument });
}
