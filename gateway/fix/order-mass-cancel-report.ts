/** OrderMassCancelReport (r): whether a mass cancel was taken; each order has its own report. */
import type { FieldReader } from './field-reader.ts';
import type { FieldWriter } from './field-writer.ts';
import { MASS_CANCEL_TYPES, type MassCancelType } from './order-mass-cancel-request.ts';
import { Tag } from './tag.ts';

/** MassCancelResponse (531): rejected, or what it was taken as. */
const RESPONSES = ['0', ...MASS_CANCEL_TYPES] as const;
export type MassCancelResponse = (typeof RESPONSES)[number];
export const MASS_CANCEL_REJECTED = '0';

/** MassCancelRejectReason (532). */
export const MassCancelRejectReason = { notSupported: 0, unknownSecurity: 1 } as const;

export type OrderMassCancelReport = {
  msgType: 'r';
  /** Absent only where nobody asked. */
  clOrdId?: string | undefined;
  orderId: string;
  symbol?: string | undefined;
  text?: string | undefined;
  transactTime?: string | undefined;
  type: MassCancelType;
  response: MassCancelResponse;
  rejectReason?: number | undefined;
  totalAffectedOrders?: number | undefined;
};

/** `[11]|37|[55]|[58]|[60]|530|531|[532]|[533]` */
export function encodeOrderMassCancelReport(
  writer: FieldWriter,
  report: OrderMassCancelReport,
): void {
  writer.optionalText(Tag.clOrdId, report.clOrdId);
  writer.text(Tag.orderId, report.orderId);
  writer.optionalText(Tag.symbol, report.symbol);
  writer.optionalText(Tag.text, report.text);
  writer.optionalTimestamp(Tag.transactTime, report.transactTime);
  writer.text(Tag.massCancelRequestType, report.type);
  writer.text(Tag.massCancelResponse, report.response);
  writer.optionalInteger(Tag.massCancelRejectReason, report.rejectReason);
  writer.optionalInteger(Tag.totalAffectedOrders, report.totalAffectedOrders);
}

export function decodeOrderMassCancelReport(reader: FieldReader): OrderMassCancelReport {
  return {
    msgType: 'r',
    clOrdId: reader.optionalText(Tag.clOrdId),
    orderId: reader.text(Tag.orderId),
    symbol: reader.optionalText(Tag.symbol),
    text: reader.optionalText(Tag.text),
    transactTime: reader.optionalTimestamp(Tag.transactTime),
    type: reader.code(Tag.massCancelRequestType, MASS_CANCEL_TYPES),
    response: reader.code(Tag.massCancelResponse, RESPONSES),
    rejectReason: reader.optionalInteger(Tag.massCancelRejectReason),
    totalAffectedOrders: reader.optionalInteger(Tag.totalAffectedOrders),
  };
}
