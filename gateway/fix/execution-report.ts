/** ExecutionReport (8): what became of an order. */
import type { FieldReader } from './field-reader.ts';
import type { FieldWriter } from './field-writer.ts';
import { EXEC_TYPES, type ExecType, ORD_STATUSES, type OrdStatus } from './order-status.ts';
import { SIDES, type Side } from './order-terms.ts';
import { type OrdType, saidOrdType, saidTimeInForce, type TimeInForce } from './order-type.ts';
import { Tag } from './tag.ts';

/** Quantities and prices are exact decimals. */
export type ExecutionReport = {
  msgType: '8';
  avgPx: string;
  /** Absent only in reports on orders the venue made up itself. */
  clOrdId?: string | undefined;
  cumQty: string;
  execId: string;
  /** How the order is to be worked, in codes with spaces between them: 6 where it only rests. */
  execInst?: string | undefined;
  /** On busts and corrections: the ExecID of what they take back or change. */
  execRefId?: string | undefined;
  /** With `lastQty`, on fills. */
  lastPx?: string | undefined;
  lastQty?: string | undefined;
  orderId: string;
  orderQty?: string | undefined;
  ordStatus: OrdStatus;
  /** Of an order that is no limit order, or not for the day; and the price of a stop. */
  ordType?: OrdType | undefined;
  timeInForce?: TimeInForce | undefined;
  stopPx?: string | undefined;
  /** The order replaced or cancelled. */
  origClOrdId?: string | undefined;
  price?: string | undefined;
  side: Side;
  symbol: string;
  /** Why it was rejected, in words. */
  text?: string | undefined;
  /** UTCTimestamp. */
  transactTime?: string | undefined;
  /** `YYYYMMDD`: when a fill is delivered. */
  settlDate?: string | undefined;
  ordRejReason?: number | undefined;
  execType: ExecType;
  leavesQty: string;
  /** The three of an answer to an OrderMassStatusRequest. */
  massStatusReqId?: string | undefined;
  /** 1: the fill took no one's price, 2: it did, 3: the venue sent the order on. */
  lastLiquidityInd?: number | undefined;
  totNumReports?: number | undefined;
  lastRptRequested?: boolean | undefined;
};

/**
 * `6|[11]|14|17|[18]|[19]|[31|32]|37|[38]|39|[40]|[41]|[44]|54|55|[58]|[59]|[60]|[64]|[99]|[103]
 * |150|151|[584]|[851]|[911]|[912]`
 */
export function encodeExecutionReport(writer: FieldWriter, report: ExecutionReport): void {
  writer.decimal(Tag.avgPx, report.avgPx);
  writer.optionalText(Tag.clOrdId, report.clOrdId);
  writer.decimal(Tag.cumQty, report.cumQty);
  writer.text(Tag.execId, report.execId);
  writer.optionalText(Tag.execInst, report.execInst);
  writer.optionalText(Tag.execRefId, report.execRefId);
  writer.optionalDecimal(Tag.lastPx, report.lastPx);
  writer.optionalDecimal(Tag.lastQty, report.lastQty);
  writer.text(Tag.orderId, report.orderId);
  writer.optionalDecimal(Tag.orderQty, report.orderQty);
  writer.text(Tag.ordStatus, report.ordStatus);
  writer.optionalText(Tag.ordType, report.ordType);
  writer.optionalText(Tag.origClOrdId, report.origClOrdId);
  writer.optionalDecimal(Tag.price, report.price);
  writer.text(Tag.side, report.side);
  writer.text(Tag.symbol, report.symbol);
  writer.optionalText(Tag.text, report.text);
  writer.optionalText(Tag.timeInForce, report.timeInForce);
  writer.optionalTimestamp(Tag.transactTime, report.transactTime);
  writer.optionalText(Tag.settlDate, report.settlDate);
  writer.optionalDecimal(Tag.stopPx, report.stopPx);
  writer.optionalInteger(Tag.ordRejReason, report.ordRejReason);
  writer.text(Tag.execType, report.execType);
  writer.decimal(Tag.leavesQty, report.leavesQty);
  writer.optionalText(Tag.massStatusReqId, report.massStatusReqId);
  writer.optionalInteger(Tag.lastLiquidityInd, report.lastLiquidityInd);
  writer.optionalInteger(Tag.totNumReports, report.totNumReports);
  if (report.lastRptRequested !== undefined) {
    writer.flag(Tag.lastRptRequested, report.lastRptRequested);
  }
}

export function decodeExecutionReport(reader: FieldReader): ExecutionReport {
  return {
    msgType: '8',
    avgPx: reader.decimal(Tag.avgPx),
    clOrdId: reader.optionalText(Tag.clOrdId),
    cumQty: reader.decimal(Tag.cumQty),
    execId: reader.text(Tag.execId),
    execInst: reader.optionalText(Tag.execInst),
    execRefId: reader.optionalText(Tag.execRefId),
    lastPx: reader.optionalDecimal(Tag.lastPx),
    lastQty: reader.optionalDecimal(Tag.lastQty),
    orderId: reader.text(Tag.orderId),
    orderQty: reader.optionalDecimal(Tag.orderQty),
    ordStatus: reader.code(Tag.ordStatus, ORD_STATUSES),
    ordType: saidOrdType(reader),
    timeInForce: saidTimeInForce(reader),
    stopPx: reader.optionalDecimal(Tag.stopPx),
    origClOrdId: reader.optionalText(Tag.origClOrdId),
    price: reader.optionalDecimal(Tag.price),
    side: reader.code(Tag.side, SIDES),
    symbol: reader.text(Tag.symbol),
    text: reader.optionalText(Tag.text),
    transactTime: reader.optionalTimestamp(Tag.transactTime),
    settlDate: reader.optionalText(Tag.settlDate),
    ordRejReason: reader.optionalInteger(Tag.ordRejReason),
    execType: reader.code(Tag.execType, EXEC_TYPES),
    leavesQty: reader.decimal(Tag.leavesQty),
    massStatusReqId: reader.optionalText(Tag.massStatusReqId),
    lastLiquidityInd: reader.optionalInteger(Tag.lastLiquidityInd),
    totNumReports: reader.optionalInteger(Tag.totNumReports),
    lastRptRequested: reader.optionalFlag(Tag.lastRptRequested),
  };
}
