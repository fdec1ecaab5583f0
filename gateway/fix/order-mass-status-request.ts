/** OrderMassStatusRequest (AF): asks for a report on every open order. */
import type { FieldReader } from './field-reader.ts';
import type { FieldWriter } from './field-writer.ts';
import { Tag } from './tag.ts';

export type OrderMassStatusRequest = { msgType: 'AF'; massStatusReqId: string };

const ALL_ORDERS = ['7'] as const;

/** `584|585=7` */
export function encodeOrderMassStatusRequest(
  writer: FieldWriter,
  request: OrderMassStatusRequest,
): void {
  writer.text(Tag.massStatusReqId, request.massStatusReqId);
  writer.text(Tag.massStatusReqType, '7');
}

export function decodeOrderMassStatusRequest(reader: FieldReader): OrderMassStatusRequest {
  reader.code(Tag.massStatusReqType, ALL_ORDERS);
  return { msgType: 'AF', massStatusReqId: reader.text(Tag.massStatusReqId) };
}
