/** What a venue says of its orders: reports and rejects, in FIX terms. */
import { formatDecimal } from '../fix/decimal.ts';
import type { ExecutionReport } from '../fix/execution-report.ts';
import type { ApplicationMessage } from '../fix/message.ts';
import type { NewOrderSingle } from '../fix/new-order-single.ts';
import { CxlRejReason, CxlRejResponseTo } from '../fix/order-cancel-reject.ts';
import { ExecType, OrdStatus } from '../fix/order-status.ts';
import type { WireUnits } from '../order/quantity.ts';
import type { Listed } from './listed.ts';
import type { RejectReason, VenueMarket } from './market.ts';
import { isStop } from './place-order.ts';
import { isDone, type VenueOrderRecord, type VenueOrders } from './venue-orders.ts';

/** A market, what is listed there, and the orders. */
export type VenueState = {
  market: VenueMarket;
  listed: Listed[];
  /** Index into `listed` by symbol. */
  bySymbol: Map<string, number>;
  orders: VenueOrders;
  /** Its desk refuses each cancel: see telephone.ts. */
  refusesCancels: boolean;
  overfillsNext: boolean;
};

export type ReportCause = {
  execType: ExecType;
  transactTime: string;
  fill?: { lots: number; priceIncrements: number };
  origClOrdId?: string;
  clOrdId?: string | undefined;
  text?: string;
};

export function executionReport(
  state: VenueState,
  record: VenueOrderRecord,
  cause: ReportCause,
): ExecutionReport {
  const { units, venueSymbol: symbol, priceDecimals } = state.listed[record.instrument]!;
  const { fill, execType, transactTime, origClOrdId, text } = cause;
  const leaves = isDone(record) ? 0 : record.orderLots - record.filledLots;
  const rejected = execType === ExecType.rejected;
  return {
    msgType: '8',
    avgPx: averagePrice(record, priceDecimals, units),
    clOrdId: cause.clOrdId ?? record.clOrdId,
    cumQty: units.quantity(record.filledLots),
    execId: String(++state.orders.executions),
    execInst: record.postOnly ? '6' : undefined,
    lastPx: fill === undefined ? undefined : units.price(fill.priceIncrements),
    lastQty: fill === undefined ? undefined : units.quantity(fill.lots),
    orderId: String(record.orderId),
    orderQty: units.quantity(record.orderLots),
    ordStatus: record.status,
    origClOrdId,
    ordType: record.ordType,
    timeInForce: record.timeInForce,
    price: record.ordType === undefined ? units.price(record.limitIncrements) : undefined,
    stopPx: isStop(record) ? units.price(record.stopIncrements) : undefined,
    side: record.side,
    symbol,
    text,
    transactTime,
    ordRejReason: rejected ? 99 : undefined,
    execType,
    leavesQty: units.quantity(leaves),
  };
}

/** Rounded to the nearest increment: an average need not be one. */
function averagePrice(
  { filledLots, filledValue }: VenueOrderRecord,
  decimals: number,
  units: WireUnits,
): string {
  if (filledLots === 0) return formatDecimal(0, decimals);
  return units.price(Math.round(filledValue / filledLots));
}

/** An order the venue cannot even read: reported in the words of the request. */
export function refusedReport(
  state: VenueState,
  order: NewOrderSingle,
  ...[orderId, text, transactTime]: [number, string, string]
): ApplicationMessage {
  return {
    msgType: '8',
    avgPx: '0',
    clOrdId: order.clOrdId,
    cumQty: '0',
    execId: String(++state.orders.executions),
    orderId: String(orderId),
    orderQty: order.orderQty,
    ordStatus: OrdStatus.rejected,
    price: order.price,
    side: order.side,
    symbol: order.symbol,
    text,
    transactTime,
    ordRejReason: 99,
    execType: ExecType.rejected,
    leavesQty: '0',
  };
}

/** Answers a question about an order or orders that the venue does not have. */
export function nothingReport(
  { orders }: VenueState,
  said: Pick<ExecutionReport, 'clOrdId' | 'side' | 'symbol' | 'text' | 'transactTime'>,
): ExecutionReport {
  return {
    ...{ msgType: '8', avgPx: '0', cumQty: '0', execId: String(++orders.executions), ...said },
    ...{ orderId: 'NONE', ordStatus: OrdStatus.rejected },
    ...{ execType: ExecType.orderStatus, leavesQty: '0' },
  };
}

const CXL_REJ_REASONS: Partial<Record<RejectReason, number>> = {
  'too-late': CxlRejReason.tooLate,
  'unknown-order': CxlRejReason.unknownOrder,
  'duplicate-id': CxlRejReason.duplicateId,
};

export function cancelReject(at: {
  clOrdId: string;
  origClOrdId: string;
  kind: 'cancel' | 'replace';
  record: VenueOrderRecord | undefined;
  reason: RejectReason;
}): ApplicationMessage {
  return {
    msgType: '9',
    clOrdId: at.clOrdId,
    orderId: at.record === undefined ? 'NONE' : String(at.record.orderId),
    ordStatus: at.record?.status ?? OrdStatus.rejected,
    origClOrdId: at.origClOrdId,
    text: at.reason,
    cxlRejReason: CXL_REJ_REASONS[at.reason] ?? 99,
    cxlRejResponseTo: at.kind === 'cancel' ? CxlRejResponseTo.cancel : CxlRejResponseTo.replace,
  };
}
