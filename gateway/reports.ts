/** What the venue says, brought to the desk it speaks of. */
import type { GatewayEffects } from './effects.ts';
import type { ExecutionReport } from './fix/execution-report.ts';
import type { ApplicationMessage } from './fix/message.ts';
import { ExecType } from './fix/order-status.ts';
import { type ClientOrderId, clientOrderIdText } from './order/client-order-id.ts';
import type { WorkingOrder } from './order/desk.ts';
import { applyExecution, type Execution, type ExecutionNews } from './order/execution.ts';
import { cancelRejection, executionOf } from './order/messages.ts';
import type { GatewayState } from './state.ts';

/** Applies a report and returns the instrument whose desk is to be worked again, if any. */
export function applyReport(
  state: GatewayState,
  message: ApplicationMessage,
  effects: GatewayEffects,
): number | undefined {
  if (message.msgType === 'j') {
    effects.problems.push(`the venue could not process a message: ${message.text ?? 'no text'}`);
    return undefined;
  }
  if (message.msgType !== '8' && message.msgType !== '9') return undefined;
  const instrument = ownerOf(state, [message.clOrdId, message.origClOrdId]);
  if (instrument === undefined) {
    // The order was filled while its change was under way: a reject, but of nothing open.
    if (message.msgType === '9') state.counts.rejected++;
    // An answer after the order's end says nothing new.
    else if (message.execType !== ExecType.orderStatus) outOfStep(state, message, effects);
    return undefined;
  }
  if (message.msgType === '9') {
    const wasCancel = state.desks[instrument]!.order!.pending?.kind === 'cancel';
    apply(state, { instrument, execution: cancelRejection(message) }, effects);
    // A refused cancel waits for the next signal or command, or both sides would repeat themselves.
    return wasCancel ? undefined : instrument;
  }
  const execution = executionOf(message, state.units[instrument]!);
  if (execution === undefined) {
    if (COUNTING.includes(message.execType)) outOfStep(state, message, effects);
    return undefined;
  }
  apply(state, { instrument, execution }, effects);
  return instrument;
}

/** Reports that say a quantity, which must be a whole number of our lots. */
const COUNTING: readonly ExecType[] = [ExecType.trade, ExecType.orderStatus];

function outOfStep(
  { counts }: GatewayState,
  report: ExecutionReport,
  { problems }: GatewayEffects,
) {
  counts.outOfStep++;
  const { clOrdId, execType, lastQty, lastPx, cumQty } = report;
  const fill = lastQty === undefined ? '' : `, fill ${lastQty} at ${lastPx}`;
  problems.push(`report ${execType} of order ${clOrdId}${fill}, filled ${cumQty}: none of ours`);
}

function apply(
  state: GatewayState,
  { instrument, execution }: { instrument: number; execution: Execution },
  effects: GatewayEffects,
): void {
  const desk = state.desks[instrument]!;
  const news = applyExecution(desk, desk.order!, execution);
  count(state, news);
  effects.news.push({ instrument, news, execution });
  if (execution.kind === 'filled') {
    effects.positions.push({ instrument, positionLots: desk.holding.positionLots });
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
export function applyWithheld(state: GatewayState, message: ApplicationMessage): void {
  if (message.msgType !== 'D' && message.msgType !== 'G' && message.msgType !== 'F') return;
  const instrument = ownerOf(state, [message.clOrdId]);
  if (instrument === undefined) return;
  const desk = state.desks[instrument]!;
  state.counts.notSent++;
  if (message.msgType === 'D') desk.order = undefined;
  else desk.order!.pending = undefined;
}

function ownerOf(state: GatewayState, names: (string | undefined)[]): number | undefined {
  const index = state.desks.findIndex(
    ({ order }) =>
      order !== undefined && namesOf(order).some(id => names.includes(clientOrderIdText(id))),
  );
  return index < 0 ? undefined : index;
}

function namesOf({ clientOrderId, pending }: WorkingOrder): ClientOrderId[] {
  return pending === undefined || pending.kind === 'new'
    ? [clientOrderId]
    : [clientOrderId, pending.clientOrderId];
}
