/** What the venue says, brought to the desk it speaks of. */
import type { AtVenue } from './at-venue.ts';
import { noteAnswer } from './execution/note-order.ts';
import type { ExecutionReport } from './fix/execution-report.ts';
import type { ApplicationMessage } from './fix/message.ts';
import { ExecType } from './fix/order-status.ts';
import { type ClientOrderId, clientOrderIdText } from './order/client-order-id.ts';
import { type Desk, endOrder } from './order/desk.ts';
import { applyExecution, type Execution, type ExecutionNews } from './order/execution.ts';
import { cancelRejection, executionOf } from './order/messages.ts';
import type { WorkingOrder } from './order/working-order.ts';
import type { GatewayState } from './state.ts';
import { revalue, valueDayOf } from './value-accounts.ts';

/**
 * Applies a report and returns the desk that is to be worked again, if any; `isRepeated`: it was
 * meant for an earlier connection (PossDupFlag).
 */
export function applyReport(
  at: AtVenue,
  message: ApplicationMessage,
  isRepeated = false,
): Desk | undefined {
  const { state, effects } = at;
  if (message.msgType === 'j') {
    effects.problems.push(`the venue could not process a message: ${message.text ?? 'no text'}`);
    return undefined;
  }
  if (message.msgType !== '8' && message.msgType !== '9') return undefined;
  const found = ownerOf(at, [message.clOrdId, message.origClOrdId]);
  if (found === undefined) {
    // The order was filled while its change was under way: a reject, but of nothing open.
    if (message.msgType === '9') state.counts.rejected++;
    // An answer after the order's end says nothing new.
    else if (message.execType !== ExecType.orderStatus) outOfStep(at, message);
    return undefined;
  }
  if (message.msgType === '9') {
    if (!isPending(found.order, message.clOrdId)) {
      state.counts.rejected++;
      return undefined;
    }
    const wasCancel = found.order.pending?.kind === 'cancel';
    apply(at, found, cancelRejection(message));
    // A refused cancel waits for the next signal or command, or both sides would repeat themselves.
    return wasCancel ? undefined : found.desk;
  }
  // Each logon asks anew how an order stands: an answer to an earlier question is too old.
  if (isRepeated && message.execType === ExecType.orderStatus) return undefined;
  if (message.execType === ExecType.replaced && !isPending(found.order, message.clOrdId)) {
    outOfStep(at, message);
    return undefined;
  }
  const execution = executionOf(message, state.units[found.desk.instrument]!);
  if (execution === undefined) {
    if (COUNTING.includes(message.execType)) outOfStep(at, message);
    return undefined;
  }
  if (execution.kind === 'filled') {
    execution.valueDay = valueDayOf(state, found.desk.instrument, message);
  }
  apply(at, found, execution);
  return found.desk;
}

/** Reports that say a quantity, which must be a whole number of our lots. */
const COUNTING: readonly ExecType[] = [ExecType.trade, ExecType.orderStatus];

function outOfStep({ state, effects }: AtVenue, report: ExecutionReport) {
  state.counts.outOfStep++;
  const { clOrdId, execType, lastQty, lastPx, cumQty } = report;
  const fill = lastQty === undefined ? '' : `, fill ${lastQty} at ${lastPx}`;
  effects.problems.push(
    `report ${execType} of order ${clOrdId}${fill}, filled ${cumQty}: none of ours`,
  );
}

type Found = { desk: Desk; order: WorkingOrder };

function apply(
  { state, venue, effects }: AtVenue,
  { desk, order }: Found,
  execution: Execution,
): void {
  const { strategy, instrument } = desk;
  const news = applyExecution(desk, order, execution);
  count(state, news);
  noteAnswer(state, { desk, order }, news);
  effects.news.push({ venue: venue.index, strategy, instrument, news, execution });
  if (execution.kind === 'filled') {
    revalue(state, desk.account);
    effects.positions.push({ strategy, instrument, positionLots: desk.holding.positionLots });
  }
}

function count({ counts }: GatewayState, news: ExecutionNews): void {
  switch (news) {
    case 'acked':
      counts.acked++;
      break;
    case 'filled':
      counts.filled++;
      break;
    case 'partially-filled':
      counts.partiallyFilled++;
      break;
    case 'replaced':
      counts.replaced++;
      break;
    case 'cancelled':
      counts.cancelled++;
      break;
    case 'rejected':
      counts.rejected++;
      break;
    case 'known':
      break;
    case 'out-of-step':
      counts.outOfStep++;
      break;
  }
}

/** A message the venue never had and will not get: a new order is gone, a change did not happen. */
export function applyWithheld(at: AtVenue, message: ApplicationMessage): void {
  if (message.msgType !== 'D' && message.msgType !== 'G' && message.msgType !== 'F') return;
  const found = ownerOf(at, [message.clOrdId]);
  if (found === undefined) return;
  at.state.counts.notSent++;
  if (message.msgType === 'D') endOrder(found.desk, found.order);
  else found.order.pending = undefined;
}

function ownerOf({ state, venue }: AtVenue, names: (string | undefined)[]): Found | undefined {
  for (const desk of state.desks) {
    for (const order of desk.orders) {
      if (order.venue !== venue.index) continue;
      if (namesOf(order).some(id => names.includes(clientOrderIdText(id)))) return { desk, order };
    }
  }
  return undefined;
}

/** Whether this names the change that the order waits for, and not one before it. */
const isPending = ({ pending }: WorkingOrder, name: string | undefined) =>
  pending !== undefined && clientOrderIdText(pending.clientOrderId) === name;

function namesOf({ clientOrderId, pending }: WorkingOrder): ClientOrderId[] {
  return pending === undefined || pending.kind === 'new'
    ? [clientOrderId]
    : [clientOrderId, pending.clientOrderId];
}
