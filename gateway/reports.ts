/** What the venue says, brought to the desk it speaks of. */

import { askAfter } from './ask-after.ts';
import type { AtVenue } from './at-venue.ts';
import { noteAnswer } from './execution/note-order.ts';
import {
  type Found,
  type FoundFinished,
  findFinished,
  findOrder,
  isPending,
} from './find-order.ts';
import type { ExecutionReport } from './fix/execution-report.ts';
import type { ApplicationMessage } from './fix/message.ts';
import { CxlRejReason, type OrderCancelReject } from './fix/order-cancel-reject.ts';
import { ExecType } from './fix/order-status.ts';
import { applyMassCancelReport, refuseMassCancels } from './mass-cancel.ts';
import { findMassCancel } from './mass-cancel-state.ts';
import { isListed } from './mass-status.ts';
import { applyExecution, applyToFinished } from './order/apply-execution.ts';
import { clientOrderIdText } from './order/client-order-id.ts';
import type { Desk } from './order/desk.ts';
import type { Execution } from './order/execution.ts';
import { finishOrder } from './order/finish-order.ts';
import type { OrderOutcome } from './order/life-cycle.ts';
import { cancelRejection, executionOf, isOpenStatus } from './order/messages.ts';
import { noteExecution } from './order/seen-executions.ts';
import type { WorkingOrder } from './order/working-order.ts';
import { countNews, newsOf } from './order-news.ts';
import { watchAnswer } from './risk/watch.ts';
import { stepRules } from './step-version.ts';
import { applyStranger, cancelOnce } from './strangers.ts';
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
  switch (message.msgType) {
    case 'j':
      at.effects.problems.push(
        `the venue could not process a message: ${message.text ?? 'no text'}`,
      );
      if (message.refMsgType === 'q') refuseMassCancels(at, message.text ?? 'no text');
      return undefined;
    case '8':
      return applyExecutionReport(at, message, isRepeated);
    case '9':
      return applyCancelReject(at, message);
    case 'r':
      applyMassCancelReport(at, message);
      return undefined;
    default:
      return undefined;
  }
}

function applyCancelReject(at: AtVenue, message: OrderCancelReject): Desk | undefined {
  const found = findOrder(at, message);
  // The order was filled while its change was under way: a reject, but of nothing open.
  if (found === undefined || !isPending(found.order, message.clOrdId)) {
    at.state.counts.rejected++;
    return undefined;
  }
  const wasCancel = found.order.pending?.kind === 'cancel';
  apply(at, found, { execution: cancelRejection(message), report: undefined });
  if (message.cxlRejReason === CxlRejReason.unknownOrder) askAfterDenied(at, found);
  // A refused cancel waits for the next signal or command, or both sides would repeat themselves.
  return wasCancel ? undefined : found.desk;
}

/** The venue says that it has no such order: how it stands is asked before that is believed. */
function askAfterDenied(at: AtVenue, found: Found): void {
  if (!stepRules(at.state.stepVersion).asksAfterUnknownOrder || !at.venue.isLoggedOn) return;
  found.order.isDenied = true;
  askAfter(at, found);
}

/** An order that the venue both denies and has: to ask again at once would never end. */
function isContradiction({ venue, effects }: AtVenue, order: WorkingOrder): boolean {
  if (!order.isDenied || order.isUnknown) return false;
  order.isDenied = false;
  const name = clientOrderIdText(order.clientOrderId);
  effects.problems.push(
    `${venue.terms.name}: order ${name} is unknown to it by its reject, and open by its status: ` +
      'have it cancelled by telephone, or give a command to try again',
  );
  return true;
}

function applyExecutionReport(
  at: AtVenue,
  report: ExecutionReport,
  isRepeated: boolean,
): Desk | undefined {
  // Each logon asks anew how an order stands: an answer to an earlier question is too old.
  const isAnswer = report.execType === ExecType.orderStatus;
  if (isRepeated && isAnswer && !isListed(at, report)) return undefined;
  // Some venues report on what a mass cancel ended by its name: OrderID says which order it is.
  const isOfMany = findMassCancel(at.venue.massCancels, report.clOrdId) !== undefined;
  const names = isOfMany ? { ...report, clOrdId: undefined } : report;
  const found = findOrder(at, names);
  const finished = found === undefined ? findFinished(at, names) : undefined;
  const owner = found ?? finished;
  if (owner === undefined) {
    // An answer that an order of before the log stands no more says nothing.
    if (report.execType !== ExecType.orderStatus) outOfStep(at, report);
    applyStranger(at, report);
    return undefined;
  }
  if (report.execType === ExecType.replaced && found && !isPending(found.order, report.clOrdId)) {
    outOfStep(at, report);
    return undefined;
  }
  const execution = executionOf(report, at.state.units[owner.desk.instrument]!);
  if (execution === undefined) {
    if (COUNTING.includes(report.execType)) outOfStep(at, report);
    return undefined;
  }
  if (isSeen(at, report)) return undefined;
  if (execution.kind === 'filled') {
    execution.valueDay = valueDayOf(at.state, owner.desk.instrument, report);
  }
  if (found !== undefined) {
    const { isEnded } = apply(at, found, { execution, report });
    return !isEnded && isContradiction(at, found.order) ? undefined : found.desk;
  }
  return applyLate(at, finished!, { execution, report }) ? owner.desk : undefined;
}

/** Reports that say a quantity, which must be a whole number of our lots. */
const COUNTING: readonly ExecType[] = [
  ...[ExecType.trade, ExecType.orderStatus, ExecType.tradeCorrect, ExecType.tradeCancel],
];

const BOOKED: readonly ExecType[] = [ExecType.trade, ExecType.tradeCorrect, ExecType.tradeCancel];

/** A fill told twice is one fill; ClOrdIDs keep apart what a venue that lost its ids says twice. */
function isSeen({ state, venue }: AtVenue, { execType, execId, clOrdId }: ExecutionReport) {
  if (!BOOKED.includes(execType)) return false;
  if (noteExecution(state.seenExecutions, `${venue.index} ${clOrdId ?? ''} ${execId}`))
    return false;
  state.unusual.duplicates++;
  return true;
}

function outOfStep({ state, effects }: AtVenue, report: ExecutionReport) {
  state.counts.outOfStep++;
  const { clOrdId, execType, lastQty, lastPx, cumQty } = report;
  const fill = lastQty === undefined ? '' : `, fill ${lastQty} at ${lastPx}`;
  effects.problems.push(
    `report ${execType} of order ${clOrdId}${fill}, filled ${cumQty}: none of ours`,
  );
}

type Told = { execution: Execution; report: ExecutionReport | undefined };

function apply(at: AtVenue, { desk, order }: Found, { execution, report }: Told): OrderOutcome {
  const { state, effects } = at;
  if (report !== undefined) order.orderId = report.orderId;
  const outcome = applyExecution(desk, order, execution);
  const { news, isEnded, isRefusal } = outcome;
  settleMissing(at, { desk, order }, report);
  countNews(state, news);
  noteAnswer(state, { desk, order }, { news, problems: effects.problems });
  effects.news.push(newsOf(at, { desk, order, report }, { news, execution }));
  if (news === 'over-filled') desk.isInDoubt = true;
  if (isRefusal) desk.signal = undefined;
  if (isEnded) finishOrder(state.finished, desk, order);
  afterBooking(at, desk, execution);
  watchAnswer(at, { desk, order }, execution);
  return outcome;
}

/** Reports after which an order that had ended may stand again. */
const REVIVING: readonly ExecType[] = [
  ...[ExecType.tradeCancel, ExecType.tradeCorrect, ExecType.restated, ExecType.orderStatus],
];

/**
 * What an order that has ended is told: fills are booked all the same, the rest is no news; false
 * for that. One that a bust brings back to life is cancelled: its desk is past it.
 */
function applyLate(
  at: AtVenue,
  { desk, order }: FoundFinished,
  { execution, report }: { execution: Execution; report: ExecutionReport },
): boolean {
  const { state, effects } = at;
  const news = applyToFinished(desk, order, execution);
  settleMissing(at, { desk, order }, report);
  if (REVIVING.includes(report.execType) && isOpenStatus(report.ordStatus)) cancelOnce(at, report);
  if (news === undefined) return false;
  countNews(state, news);
  effects.news.push(newsOf(at, { desk, order, report }, { news, execution }));
  if (news === 'over-filled') desk.isInDoubt = true;
  afterBooking(at, desk, execution);
  watchAnswer(at, { desk, order }, execution);
  return true;
}

/** CumQty above what the fills add up to: the desk is in doubt until the rest has been told. */
function settleMissing(
  { state }: AtVenue,
  { desk, order }: { desk: Desk; order: { filledLots: number; missingLots: number } },
  report: ExecutionReport | undefined,
): void {
  const cumLots = report && state.units[desk.instrument]!.lots(report.cumQty);
  if (cumLots === undefined) return;
  const missingLots = Math.max(0, cumLots - order.filledLots);
  desk.missingOrders += (missingLots > 0 ? 1 : 0) - (order.missingLots > 0 ? 1 : 0);
  order.missingLots = missingLots;
}

function afterBooking({ state, effects }: AtVenue, desk: Desk, { kind }: Execution): void {
  if (kind !== 'filled' && kind !== 'busted' && kind !== 'corrected') return;
  const { strategy, instrument, holding } = desk;
  revalue(state, desk.account);
  effects.positions.push({ strategy, instrument, positionLots: holding.positionLots });
}

/** A message the venue never had and will not get: a new order is gone, a change did not happen. */
export function applyWithheld(at: AtVenue, message: ApplicationMessage): void {
  if (message.msgType !== 'D' && message.msgType !== 'G' && message.msgType !== 'F') return;
  const found = findOrder(at, { clOrdId: message.clOrdId });
  if (found === undefined) return;
  at.state.counts.notSent++;
  if (message.msgType === 'D') finishOrder(at.state.finished, found.desk, found.order);
  else found.order.pending = undefined;
}
