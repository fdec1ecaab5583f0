/** Questions to the venue as FIX messages, and its messages as executions. */
import type { ExecutionReport } from '../fix/execution-report.ts';
import type { ApplicationMessage } from '../fix/message.ts';
import type { OrderCancelReject } from '../fix/order-cancel-reject.ts';
import { ExecType, OrdStatus } from '../fix/order-status.ts';
import { Side as FixSide } from '../fix/order-terms.ts';
import { clientOrderIdText } from './client-order-id.ts';
import type { Execution } from './execution.ts';
import type { WireUnits } from './quantity.ts';
import type { WorkingOrder } from './working-order.ts';

/** Asks how an order stands that was sent before a restart. */
export function statusMessage(order: WorkingOrder, symbol: string): ApplicationMessage {
  return {
    msgType: 'H',
    clOrdId: clientOrderIdText(order.clientOrderId),
    side: order.side === 1 ? FixSide.buy : FixSide.sell,
    symbol,
  };
}

/** Undefined for a report that changes nothing (pending states), or without exact numbers. */
export function executionOf(report: ExecutionReport, units: WireUnits): Execution | undefined {
  switch (report.execType) {
    case ExecType.new:
      return { kind: 'accepted' };
    case ExecType.replaced:
      return { kind: 'replaced' };
    case ExecType.canceled:
      return { kind: 'cancelled' };
    case ExecType.expired:
    case ExecType.doneForDay:
      return { kind: 'expired' };
    case ExecType.suspended:
    case ExecType.stopped:
      return { kind: 'suspended' };
    case ExecType.rejected:
      return { kind: 'rejected', reason: report.text ?? '' };
    case ExecType.restated:
      return restatement(report, units);
    case ExecType.trade:
    case ExecType.tradeCorrect:
    case ExecType.tradeCancel:
      return tradeOf(report, units);
    case ExecType.orderStatus: {
      const filledLots = units.lots(report.cumQty);
      if (filledLots === undefined) return undefined;
      return { kind: 'status', filledLots, isOpen: isOpenStatus(report.ordStatus) };
    }
    default:
      return undefined;
  }
}

function restatement({ orderQty, price }: ExecutionReport, units: WireUnits): Execution {
  const lots = orderQty === undefined ? undefined : units.lots(orderQty);
  const limitIncrements = price === undefined ? undefined : units.increments(price);
  return { kind: 'restated', lots, limitIncrements };
}

/** A fill, its bust (H) or its correction (G). */
function tradeOf(report: ExecutionReport, units: WireUnits): Execution | undefined {
  const { execType, execId, execRefId: refersTo } = report;
  if (execType === ExecType.tradeCancel) {
    return refersTo === undefined ? undefined : { kind: 'busted', execId, refersTo };
  }
  const lots = units.lots(report.lastQty ?? '');
  const priceIncrements = units.increments(report.lastPx ?? '');
  if (lots === undefined || priceIncrements === undefined) return undefined;
  if (execType === ExecType.trade) {
    return { kind: 'filled', lots, priceIncrements, ...namesOf(report), valueDay: 0 };
  }
  if (refersTo === undefined) return undefined;
  return { kind: 'corrected', execId, refersTo, lots, priceIncrements };
}

const RESTED = 1;

const namesOf = ({ execId, orderId, lastLiquidityInd }: ExecutionReport) => ({
  ...{ execId, orderId, isMaker: lastLiquidityInd === RESTED },
});

export function cancelRejection(reject: OrderCancelReject): Execution {
  return { kind: 'cancel-rejected', reason: reject.text ?? '' };
}

/** Whether an order of this status may still be filled. */
export const isOpenStatus = (status: OrdStatus): boolean => OPEN.includes(status);

const OPEN: readonly OrdStatus[] = [
  ...[OrdStatus.new, OrdStatus.partiallyFilled, OrdStatus.replaced, OrdStatus.suspended],
  ...[OrdStatus.stopped, OrdStatus.pendingNew, OrdStatus.pendingCancel, OrdStatus.pendingReplace],
];
