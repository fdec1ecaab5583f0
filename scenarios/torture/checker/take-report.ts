/** What a venue says of an order, brought to the model of its desk. */
import { type DeskModel, type Order, ownOrder } from './desk-model.ts';
import type { FixMessage } from './read-fix.ts';
import { wholeSteps } from './units.ts';

/** The venue says something of this desk's order; true where the desk is to be worked again. */
export function takeReport(desk: DeskModel, order: Order, report: FixMessage): boolean {
  const { pending } = order;
  const isAnswer = pending?.clOrdId === report.get(11);
  if (report.type === '9') {
    if (!isAnswer) return false;
    order.pending = undefined;
    forgetWish(desk);
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
      if (pending?.type !== 'F') forgetWish(desk);
      endOrder(desk, order);
      return true;
    case '8':
      endOrder(desk, order);
      forgetWish(desk);
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
const isOpenStatus = (report: FixMessage): boolean =>
  ['0', '1', '5', '6', '7', '9', 'A', 'E'].includes(report.get(39));

function endOrder(desk: DeskModel, order: Order): void {
  desk.ended.set(order.clOrdId, order);
  if (order.pending !== undefined) desk.ended.set(order.pending.clOrdId, order);
  desk.orders = desk.orders.filter(each => each !== order);
}

/** A policy goes on with its wish; without one it waits for the next signal. */
function forgetWish(desk: DeskModel): void {
  if (!desk.isPolicy) desk.wish = undefined;
}

/** The venue never had this request and will not get it. */
export function takeWithheld(desk: DeskModel, clOrdId: string): void {
  const order = ownOrder(desk, [clOrdId]);
  if (order === undefined) return;
  if (order.clOrdId === clOrdId) endOrder(desk, order);
  else order.pending = undefined;
}
