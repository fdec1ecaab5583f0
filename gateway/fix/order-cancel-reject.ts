/** OrderCancelReject (9): a cancel or replace was not possible. */
import type { FieldReader } from './field-reader.ts';
import type { FieldWriter } from './field-writer.ts';
import { ORD_STATUSES, type OrdStatus } from './order-status.ts';
import { Tag } from './tag.ts';

/** CxlRejResponseTo (434): which request was refused. */
export const CxlRejResponseTo = { cancel: '1', replace: '2' } as const;
export type CxlRejResponseTo = (typeof CxlRejResponseTo)[keyof typeof CxlRejResponseTo];

/** CxlRejReason (102); 99 is any other. */
export const CxlRejReason = { tooLate: 0, unknownOrder: 1, duplicateId: 6 } as const;

export type OrderCancelReject = {
  msgType: '9';
  /** The refused request. */
  clOrdId: string;
  orderId: string;
  /** State of the order that stays as it was. */
  ordStatus: OrdStatus;
  origClOrdId: string;
  text?: string | undefined;
  cxlRejReason?: number | undefined;
  cxlRejResponseTo: CxlRejResponseTo;
};

const RESPONSES = [CxlRejResponseTo.cancel, CxlRejResponseTo.replace] as const;

/** `11|37|39|41|[58]|[102]|434` */
export function encodeOrderCancelReject(writer: FieldWriter, reject: OrderCancelReject): void {
  writer.text(Tag.clOrdId, reject.clOrdId);
  writer.text(Tag.orderId, reject.orderId);
  writer.text(Tag.ordStatus, reject.ordStatus);
  writer.text(Tag.origClOrdId, reject.origClOrdId);
  writer.optionalText(Tag.text, reject.text);
  writer.optionalInteger(Tag.cxlRejReason, reject.cxlRejReason);
  writer.text(Tag.cxlRejResponseTo, reject.cxlRejResponseTo);
}

export function decodeOrderCancelReject(reader: FieldReader): OrderCancelReject {
  return {
    msgType: '9',
    clOrdId: reader.text(Tag.clOrdId),
    orderId: reader.text(Tag.orderId),
    ordStatus: reader.code(Tag.ordStatus, ORD_STATUSES),
    origClOrdId: reader.text(Tag.origClOrdId),
    text: reader.optionalText(Tag.text),
    cxlRejReason: reader.optionalInteger(Tag.cxlRejReason),
    cxlRejResponseTo: reader.code(Tag.cxlRejResponseTo, RESPONSES),
  };
}
